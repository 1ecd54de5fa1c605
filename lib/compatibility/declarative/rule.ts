import type { Upgrade } from '../changes';

/** Keys and indexes from an entity's own map down to a field: `['config', 'headers', 'X-Key', 0]`. */
export type Path = readonly (string | number)[];

/** One entity of a declarative file or of a live Admin API; nested ones are entities of their own. */
export interface Entity {
  /** Its table as declarative files spell it: `services`, `routes`, `plugins`, `keyauth_credentials`; `file` for the file itself. */
  readonly kind: string;
  /** Its name, else what else a person knows it by (username, prefix, target, id); never a secret. */
  readonly name: string;
  /** Its fields, nested entities included. The engine changes it as rules' edits are applied; rules only read it. */
  readonly value: Readonly<Record<string, unknown>>;
  /** The entity that it is nested in; undefined at the top of a file, and for the file itself. */
  readonly parent: Entity | undefined;
  readonly file: string;
  /** Undefined where the file names none. */
  readonly workspace: string | undefined;
  /** Of a plugin with `_config`: what it takes from `_plugin_configs` where its own config does not name the key. */
  readonly inherited?: unknown;
  /** Set where the config is one of `_plugin_configs` itself, which several plugins may take. */
  readonly shared?: object;
}

/** A change of the file. `set` makes a missing last key, at the end of its map. */
export type Edit =
  | { readonly op: 'set'; readonly path: Path; readonly value: unknown }
  | { readonly op: 'rename'; readonly path: Path; readonly to: string }
  | { readonly op: 'remove'; readonly path: Path };

export interface Violation {
  /** The field; empty for the entity as a whole. */
  readonly path: Path;
  /** What happens after the upgrade, with the value found (@default what the entry in the facts says). Never a secret. */
  readonly message?: string;
  /** What mends it, when that is safe; without edits a person has to decide. Applied before the next rule looks. */
  readonly edits?: readonly Edit[];
  /** What to do (@default what the entry in the facts says). */
  readonly how?: string;
}

export type Verdict = 'compliant' | 'not-applicable' | readonly Violation[];

/** What a rule may know besides the entity. */
export interface RuleContext {
  readonly upgrade: Upgrade;
  /** `_format_version` as it was in the file; for an Admin API what that version would export. */
  readonly formatVersion: string;
  /** kong.conf of the new nodes where it was given; undefined: not known, defaults of `to` are assumed. */
  readonly conf: Readonly<Record<string, string>> | undefined;
}

/**
 * One entry of the facts as code, a file each. Rules run in the order of `rules/index.ts`; each sees the edits of those
 * before it.
 */
export interface DeclarativeRule<State = unknown> {
  /** Id of the entry in `facts/changes/`. */
  readonly id: string;
  /** The kinds of entity it looks at; for plugins `plugins:NAME` or `plugins` for all of them. */
  readonly on: readonly string[];
  /** A law of two databases, not of a version: told for every upgrade, whether or not it meets the entry. */
  readonly always?: true;
  /** What it has to remember over a whole file, for laws over more than one entity. */
  begin?(context: RuleContext): State;
  check(entity: Entity, context: RuleContext, state: State): Verdict;
  /** What can only be said when everything was seen. */
  end?(state: State, context: RuleContext): readonly { readonly entity: Entity; readonly violation: Violation }[];
}
