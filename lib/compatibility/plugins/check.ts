import { changes, meets, type Upgrade } from '../changes';
import type { CompatibilityFinding } from '../finding';
import type { RuleResult } from '../summary';
import type { SourceRule, SourceViolation } from './rule';
import { adminApiRules } from './rules/admin-api';
import { handlerRules } from './rules/handler';
import { luaPatterns } from './rules/lua-patterns';
import { platformRules } from './rules/platform';
import { polyglotRules } from './rules/polyglot';
import { schemaRules } from './rules/schemas';
import { FOLDER_ITSELF, readSources, type Source, type SourceText } from './source';

export const SOURCE_RULES: readonly SourceRule[] = [
  ...luaPatterns,
  ...handlerRules,
  ...schemaRules,
  ...polyglotRules,
  ...adminApiRules,
  ...platformRules,
];

/** Ids of the entries in `facts/changes/` that `check plugins` finds. */
export const SOURCE_CHANGES: readonly string[] = [...new Set(SOURCE_RULES.map(({ id }) => id))];

export interface SourceCheck {
  readonly findings: readonly CompatibilityFinding[];
  /** Every rule that the upgrade meets. */
  readonly rules: readonly RuleResult[];
  /** How many of the files were read by a rule. */
  readonly sources: number;
}

/**
 * Custom plugins, scripts and image definitions against what an upgrade changes; findings in the order of paths and lines.
 * @param names.nameOf how a file is called in a finding (@default its path)
 * @param names.root name of the folder, which is the plugin's where the folder is one (@default plugin)
 */
export function checkSources(
  texts: readonly SourceText[],
  upgrade: Upgrade,
  { nameOf = (path) => path, root = 'plugin' }: { nameOf?: (path: string) => string; root?: string } = {},
): SourceCheck {
  const sources = readSources([...texts].sort((a, b) => (a.path < b.path ? -1 : a.path > b.path ? 1 : 0)));
  const findings: CompatibilityFinding[] = [];
  const results = new Map<string, { entities: number; found: boolean }>();
  for (const rule of SOURCE_RULES) {
    const change = changes().get(rule.id);
    if (change === undefined) throw new Error(`no entry ${rule.id} in facts/changes`);
    if (!meets(upgrade, change) || (change.edition === 'enterprise' && upgrade.to.edition() === 'oss')) continue;
    const result = results.get(rule.id) ?? { entities: 0, found: false };
    results.set(rule.id, result);
    for (const source of sources) {
      const violations = rule.on.includes(source.language) ? rule.check(source) : undefined;
      if (violations === undefined) continue;
      result.entities++;
      for (const { line, field, message, how } of once(violations)) {
        result.found = true;
        findings.push({
          id: rule.id,
          result: 'non-compliant',
          severity: change.severity,
          category: change.category,
          when: change.when,
          entity: entityOf(source, root),
          field,
          file: nameOf(source.path),
          line,
          message: message ?? change.what,
          fix: { mode: 'manual', how: how ?? change.fix.how },
          sources: change.source,
        });
      }
    }
  }
  const rank = new Map(sources.map(({ path }, i) => [nameOf(path), i]));
  findings.sort((a, b) => (rank.get(a.file) ?? 0) - (rank.get(b.file) ?? 0) || (a.line ?? 0) - (b.line ?? 0));
  return {
    findings,
    rules: [...results].map(([id, { entities, found }]) => ({
      id,
      entities,
      result: found ? 'non-compliant' : entities > 0 ? 'compliant' : 'not-applicable',
    })),
    sources: sources.length,
  };
}

/** One finding a line and construct, however often it stands there. */
const once = (violations: readonly SourceViolation[]): readonly SourceViolation[] => [
  ...new Map(violations.map((violation) => [`${violation.line} ${violation.field}`, violation])).values(),
];

const entityOf = ({ plugin, path }: Source, root: string): string =>
  plugin === undefined
    ? `file "${path.slice(path.lastIndexOf('/') + 1)}"`
    : `plugin "${plugin === FOLDER_ITSELF ? root : plugin}"`;
