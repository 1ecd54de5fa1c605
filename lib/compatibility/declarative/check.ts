import { changes, meets, type Change, type Upgrade } from '../changes';
import type { CompatibilityFinding, Result } from '../finding';
import type { RuleResult } from '../summary';
import type { KongVersion } from '../../release/kong-version';
import type { DeclarativeDocument } from './document';
import type { DeclarativeRule, Edit, RuleContext, Violation } from './rule';
import { lineStarts, positionAt } from './lines';
import type { Place } from './tree';
import { described, entitiesOf, fieldText, References, type ReadEntity } from './walk';

export interface DeclarativeReport {
  /** In the order of the file. */
  readonly findings: readonly CompatibilityFinding[];
  /** One for each rule that the upgrade meets. */
  readonly rules: readonly RuleResult[];
  /** Findings that the tree's edits mend. */
  readonly mended: number;
}

/** A rule in a run. */
interface Running {
  readonly rule: DeclarativeRule;
  readonly change: Change;
  readonly order: number;
  readonly state: unknown;
  entities: number;
  result: Result;
}

interface Found {
  readonly finding: CompatibilityFinding;
  readonly offset: number;
  readonly order: number;
}

/**
 * Asks the rules of every entity. Their edits are made in the document's tree as they come, so that later rules see
 * them; a violation whose edits can not be made there (an anchor, a key inherited by `<<`) is one for a person.
 */
export function checkDeclarative(
  document: DeclarativeDocument,
  context: RuleContext,
  rules: readonly DeclarativeRule[],
): DeclarativeReport {
  return new Run(document, context, rules).run();
}

class Run {
  private readonly entities: readonly ReadEntity[];
  private readonly references: References;
  private readonly showWorkspace: boolean;
  private readonly running: readonly Running[];
  private readonly byKind = new Map<string, readonly Running[]>();
  private readonly found: Found[] = [];
  private readonly lines: readonly number[];
  private mended = 0;

  constructor(
    private readonly document: DeclarativeDocument,
    private readonly context: RuleContext,
    rules: readonly DeclarativeRule[],
  ) {
    this.entities = entitiesOf(document);
    this.references = new References(this.entities);
    this.showWorkspace = new Set(this.entities.map(({ workspace }) => workspace)).size > 1;
    this.running = rules.flatMap((rule, order) => {
      const change = changes().get(rule.id);
      if (change === undefined) throw new Error(`the rule ${rule.id} has no entry in facts/changes`);
      if ((!rule.always && !meets(context.upgrade, change)) || !isOfEdition(change, context.upgrade)) return [];
      const state = rule.begin?.(context);
      return [{ rule, change, order, state, entities: 0, result: 'not-applicable' }];
    });
    this.lines = document.tree.source ? lineStarts(document.tree.source.text) : [];
  }

  run(): DeclarativeReport {
    for (const entity of this.entities) this.askAll(entity);
    for (const running of this.running) {
      for (const { entity, violation } of running.rule.end?.(running.state, this.context) ?? []) {
        this.judge(running, entity as ReadEntity, [violation]);
      }
    }
    this.found.sort((a, b) => a.offset - b.offset || a.order - b.order);
    return {
      findings: this.found.map(({ finding }) => finding),
      rules: this.running.map(({ rule, result, entities }) => ({ id: rule.id, result, entities })),
      mended: this.mended,
    };
  }

  private askAll(entity: ReadEntity): void {
    const rules = this.rulesOf(entity);
    let seen = -1;
    // By index: an iterator makes an object for every rule of every entity, which was a tenth of all that is allocated.
    for (let index = 0; index < rules.length; index += 1) {
      const running = rules[index]!;
      // Looked at again only after something was taken out.
      const { size } = this.document.tree.gone;
      if (size !== seen && this.isGone(entity)) break;
      seen = size;
      running.entities += 1;
      const verdict = running.rule.check(entity, this.context, running.state);
      if (verdict === 'not-applicable') continue;
      if (typeof verdict !== 'string' && verdict.length > 0) this.judge(running, entity, verdict);
      else if (running.result === 'not-applicable') running.result = 'compliant';
    }
  }

  /** The rules for its kind, in their order. */
  private rulesOf({ kind, value }: ReadEntity): readonly Running[] {
    const key = kind === 'plugins' && typeof value.name === 'string' ? `plugins:${value.name}` : kind;
    let rules = this.byKind.get(key);
    if (rules === undefined) {
      rules = this.running.filter(({ rule }) => rule.on.includes(kind) || rule.on.includes(key));
      this.byKind.set(key, rules);
    }
    return rules;
  }

  private isGone(entity: ReadEntity): boolean {
    const { gone } = this.document.tree;
    if (gone.size === 0) return false;
    for (let at: ReadEntity | undefined = entity; at; at = at.parent) {
      if (gone.has(at.node) || (at.list && gone.has(at.list.node))) return true;
    }
    return false;
  }

  private judge(running: Running, entity: ReadEntity, verdict: readonly Violation[]): void {
    running.result = 'non-compliant';
    // Lines first: the paths are those of the entity before any edit.
    const offsets = verdict.map(({ path }) => this.offsetOf(entity, path));
    verdict.forEach((violation, index) => this.tell(running, entity, violation, offsets[index]!));
  }

  private tell({ change, order }: Running, entity: ReadEntity, violation: Violation, offset: number): void {
    const { path, message = change.what, edits = [], how = change.fix.how } = violation;
    const isMended = edits.length > 0 && this.mend(entity, edits);
    if (isMended) this.mended += 1;
    const { source } = this.document.tree;
    const finding: CompatibilityFinding = {
      id: change.id,
      result: 'non-compliant',
      severity: change.severity,
      category: change.category,
      when: change.when,
      entity: described(entity, this.references, this.showWorkspace),
      field: fieldText(path),
      file: this.document.file,
      line: source ? positionAt(this.lines, Math.max(offset, 0)).line : null,
      message,
      fix: { mode: isMended && source ? 'auto' : 'manual', how },
      sources: change.source,
    };
    this.found.push({ finding, offset, order });
  }

  private offsetOf(entity: ReadEntity, path: readonly (string | number)[]): number {
    const { tree } = this.document;
    const inside = placeOf(entity, path);
    const node = inside ? tree.nodeOf(inside.place, inside.path) : entity.node;
    return tree.source && node >= 0 ? tree.source.start[node]! : -1;
  }

  private mend(entity: ReadEntity, edits: readonly Edit[]): boolean {
    const { tree } = this.document;
    if (edits.length === 1 && edits[0]!.path.length === 0) return this.takeOut(entity, edits[0]!);
    const placed = edits.map((edit) => ({ edit, inside: placeOf(entity, edit.path) }));
    if (entity.shared?.isOfOne === false || placed.some(({ inside }) => inside === undefined)) return false;
    return tree.apply(
      placed[0]!.inside!.place,
      placed.map(({ edit, inside }) => ({ ...edit, path: inside!.path })),
    );
  }

  /** The whole entity. */
  private takeOut({ list, value, shared }: ReadEntity, { op }: Edit): boolean {
    const index = list && !shared && op === 'remove' ? (list.value as unknown[]).indexOf(value) : -1;
    return index >= 0 && this.document.tree.apply(list!, [{ op: 'remove', path: [index] }]);
  }
}

/** A path from where it can be followed: a shared config is only the `config` of its plugin. */
function placeOf(
  entity: ReadEntity,
  path: Edit['path'],
): { readonly place: Place; readonly path: Edit['path'] } | undefined {
  if (!entity.shared) return { place: entity, path };
  return path[0] === 'config' ? { place: entity.shared.place, path: path.slice(1) } : undefined;
}

/** `3.4.2` is the open-source edition and `3.4.3.12` Enterprise; a minor may be either. */
function isOfEdition({ edition }: Change, { from, to }: Upgrade): boolean {
  if (edition === 'all') return true;
  const other = edition === 'oss' ? 4 : 3;
  return ![from, to].some((version) => parts(version) === other);
}
const parts = (version: KongVersion): number => version.toString().split('-')[0]!.split('.').length;
