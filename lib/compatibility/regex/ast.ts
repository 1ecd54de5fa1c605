/** Offsets are in UTF-16 units of the pattern; `end` is the first one after. */
export interface Span {
  readonly at: number;
  readonly end: number;
}

/** What a pattern of the Rust regex crate consists of, as far as depth, size and meaning ask for it. */
export type Node = Span &
  (
    | { readonly type: 'empty' | 'flags' | 'assertion' | 'dot' }
    | { readonly type: 'literal'; readonly char: string }
    | { readonly type: 'perl'; readonly name: string }
    | { readonly type: 'unicode'; readonly name: string }
    | { readonly type: 'class'; readonly set: ClassSet; readonly negated: boolean }
    | { readonly type: 'repeat'; readonly node: Node; readonly min: number; readonly max: number }
    | { readonly type: 'group'; readonly node: Node }
    | { readonly type: 'concat' | 'alternate'; readonly nodes: readonly Node[] }
  );

/** What stands between the brackets of a class. */
export type ClassSet =
  | { readonly type: 'empty' | 'literal' | 'range' | 'posix' }
  | { readonly type: 'perl' | 'unicode'; readonly name: string }
  | { readonly type: 'bracketed'; readonly set: ClassSet; readonly negated: boolean }
  | { readonly type: 'union'; readonly items: readonly ClassSet[] }
  | { readonly type: 'operation'; readonly operator: string; readonly sides: readonly [ClassSet, ClassSet] };

/** Why the Rust regex crate refuses a pattern; the names are ours, one for each of its error texts. */
export type RefusalKind =
  | 'lookaround'
  | 'backreference'
  | 'escape-unknown'
  | 'escape-in-class'
  | 'escape-at-end'
  | 'hex'
  | 'unicode-property'
  | 'group-unclosed'
  | 'group-unopened'
  | 'group-name'
  | 'flag'
  | 'repetition-missing'
  | 'repetition-count'
  | 'class-unclosed'
  | 'class-range'
  | 'invalid-utf8'
  | 'nesting'
  | 'size';

export interface Refusal extends Span {
  readonly kind: RefusalKind;
  /** Who refuses it, in the words of a person: `look-ahead is not supported`. */
  readonly why: string;
  /** False where it depends on the exact version of the crate or on its memory limit. */
  readonly certain: boolean;
}

/** Thrown and caught inside this folder only. */
export class Refused extends Error {
  constructor(readonly refusal: Refusal) {
    super(refusal.why);
  }
}
