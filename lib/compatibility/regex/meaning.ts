import type { ClassSet, Node, Span } from './ast';

/** Something that compiles in PCRE (Kong 2.x) and in Rust (Kong 3.x), and matches other requests. */
export interface Difference extends Span {
  readonly what: string;
}

/**
 * What of a pattern that compiles means something else than it did. `regex` is the regex of the path (without `~`);
 * `node` is what the pattern made of it, `^` and named groups included, was read as. Not told: `\d`, `\w` and `.`, which
 * match characters beyond ASCII as well, and `$`, which no longer matches before a last line feed.
 */
export function differences(regex: string, pattern: string, node: Node): readonly Difference[] {
  const found: Difference[] = [];
  visit(node, pattern, undefined, found);
  if (node.type === 'alternate') {
    const loose = node.nodes.slice(1).find((branch) => pattern[branch.at] !== '^');
    if (loose !== undefined) {
      const { at, end } = loose;
      const what = `${pattern.slice(at, end) || 'the empty alternative'} had to stand at the beginning of the path; now only what is left of the first | has to`;
      found.push({ what, at, end });
    }
  }
  const renamed = /[^(]\?</.exec(regex);
  if (renamed !== null) {
    const at = renamed.index + 1;
    found.push({ what: 'every ?< is made ?P<, also where it names no group', at, end: at + 2 });
  }
  return found;
}

function visit(node: Node, pattern: string, next: Node | undefined, found: Difference[]): void {
  const { at, end } = node;
  const text = pattern.slice(at, end);
  const tell = (what: string): void => void found.push({ what, at, end });
  switch (node.type) {
    case 'repeat':
      if (isPossessive(node, pattern)) {
        if (!meansTheSame(node, next, pattern)) {
          tell(
            `${text} gave back nothing that it had matched; now it is a repetition of a repetition and matches more`,
          );
        }
      } else if (node.node.type === 'literal' && BEYOND_ASCII.test(node.node.char)) {
        tell(`${text} repeated only the last byte of the character; now it repeats the character`);
      } else if (/\{\s|\{[^}]*\s/.test(pattern.slice(node.node.end, end))) {
        tell(`${text} was plain text because of the blank; now it is a repetition`);
      }
      visit(node.node, pattern, undefined, found);
      break;
    case 'class':
      if (isNested(node.set)) {
        tell(
          `${text} holds a [ or one of && -- ~~, which were characters; now they nest, intersect or subtract classes`,
        );
      }
      if (BEYOND_ASCII.test(text)) {
        tell(
          `${text} was a class of bytes, of which a character beyond ASCII has several; now it is one of characters`,
        );
      }
      break;
    case 'flags':
      if (/^\(\?[a-z-]*R/.test(text)) tell(`${text} was a recursion; now it is a flag`);
      break;
    case 'assertion':
      if (text === '\\<' || text === '\\>') tell(`${text} was the character; now it is the edge of a word`);
      break;
    case 'literal':
      if (text === '\\v') tell('\\v was any vertical white space; now it is the vertical tab alone');
      break;
    case 'group':
      visit(node.node, pattern, undefined, found);
      break;
    case 'concat':
      node.nodes.forEach((part, i) => visit(part, pattern, node.nodes[i + 1] ?? next, found));
      break;
    case 'alternate':
      for (const part of node.nodes) visit(part, pattern, undefined, found);
      break;
    default:
  }
}

const BEYOND_ASCII = /[^\0-\x7f]/;

type Repeat = Node & { readonly type: 'repeat' };

/** PCRE reads a `+` right behind a quantifier as possessive. */
const isPossessive = (node: Repeat, pattern: string): boolean =>
  node.node.type === 'repeat' &&
  pattern.slice(node.node.end, node.end) === '+' &&
  !pattern.slice(0, node.node.end).endsWith('??');

/** Where nothing follows, or nothing that could have been given back begins what follows: `\d++/end`. */
function meansTheSame(node: Repeat, next: Node | undefined, pattern: string): boolean {
  const inner = node.node;
  if (inner.type !== 'repeat' || Number.isFinite(inner.max)) return false;
  if (node.end === pattern.length) return true;
  if (next?.type !== 'literal') return false;
  const atom = pattern.slice(inner.node.at, inner.node.end);
  if (!/^(\\[dws]|[\w/]|\[\^?[\w/.-]+\])$/.test(atom)) return false;
  return !new RegExp(`^${atom}$`).test(next.char);
}

const isNested = (set: ClassSet): boolean =>
  set.type === 'bracketed' || set.type === 'operation' || (set.type === 'union' && set.items.some(isNested));
