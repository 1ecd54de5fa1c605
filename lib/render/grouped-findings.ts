import type { Category, CompatibilityFinding, Severity, When } from '../compatibility/finding';
import { CATEGORIES, SEVERITIES, WHENS } from '../compatibility/summary';

/** Findings of one id, which say the same of many places. */
export interface FindingGroup {
  readonly id: string;
  readonly severity: Severity;
  readonly findings: readonly CompatibilityFinding[];
}

export interface WhenGroup {
  readonly when: When;
  readonly count: number;
  readonly categories: readonly { readonly category: Category; readonly groups: readonly FindingGroup[] }[];
}

export const WHEN_TITLE: Readonly<Record<When, string>> = {
  before: 'Before green is deployed',
  during: 'While both clusters serve',
  after: 'After the teardown',
};

/** As Kong's guide heads its five tables of notices. */
export const CATEGORY_TITLE: Readonly<Record<Category, string>> = {
  'support-may-be-required': 'Support from Kong may be required',
  'removed-or-deprecated': 'Removed or deprecated',
  'changed-behaviour': 'Behaves differently',
  compatible: 'Compatible, worth knowing',
  'new-features': 'New features',
};

/** By what a person must do when, then by Kong's category, then by id: the most severe first, then as they were found. */
export function grouped(findings: readonly CompatibilityFinding[]): WhenGroup[] {
  const byWhen = partition(findings, ({ when }) => when);
  return WHENS.flatMap((when) => {
    const then = byWhen.get(when);
    if (then === undefined) return [];
    const byCategory = partition(then, ({ category }) => category);
    const categories = CATEGORIES.flatMap((category) => {
      const those = byCategory.get(category);
      return those === undefined ? [] : [{ category, groups: groupsOf(those) }];
    });
    return [{ when, count: then.length, categories }];
  });
}

function groupsOf(findings: readonly CompatibilityFinding[]): FindingGroup[] {
  const groups = [...partition(findings, ({ id, severity }) => `${severity} ${id}`).values()];
  return groups
    .map((those) => ({ id: those[0]!.id, severity: those[0]!.severity, findings: those }))
    .sort((a, b) => SEVERITIES.indexOf(a.severity) - SEVERITIES.indexOf(b.severity));
}

function partition<T>(items: readonly T[], keyOf: (item: T) => string): Map<string, T[]> {
  const parts = new Map<string, T[]>();
  for (const item of items) {
    const part = parts.get(keyOf(item));
    if (part === undefined) parts.set(keyOf(item), [item]);
    else part.push(item);
  }
  return parts;
}

/** How many places of one id are shown; all are in the JSON. */
export const PLACES_SHOWN = 5;

/** `kong.yaml:12`, or what was read where there are no lines. */
export const placeOf = ({ file, line }: CompatibilityFinding): string => (line === null ? file : `${file}:${line}`);

/** The one value of all, undefined when they differ. */
function shared(
  findings: readonly CompatibilityFinding[],
  valueOf: (finding: CompatibilityFinding) => string,
): string | undefined {
  const [first, ...rest] = findings;
  if (first === undefined) return undefined;
  const value = valueOf(first);
  return rest.every((finding) => valueOf(finding) === value) ? value : undefined;
}

/** `route "users", paths[0]`; of a file that is its own entity (kong.conf) the field alone. */
export function whereOf({ entity, field, file }: CompatibilityFinding): string {
  if (field === null) return entity;
  return file === entity || file.endsWith(`/${entity}`) ? field : `${entity}, ${field}`;
}

export const fixOf = ({ fix }: CompatibilityFinding): string =>
  `${fix.mode === 'auto' ? 'fix (--write does it)' : 'fix by hand'}: ${fix.how}`;

/** What all findings of an id have in common is said once; of their places the first ones are shown. */
export function told(findings: readonly CompatibilityFinding[]): {
  readonly message: string | undefined;
  readonly fix: string | undefined;
  readonly shown: readonly CompatibilityFinding[];
  readonly hidden: number;
} {
  const shown = findings.slice(0, PLACES_SHOWN);
  return {
    message: shared(findings, ({ message }) => message),
    fix: shared(findings, fixOf),
    shown,
    hidden: findings.length - shown.length,
  };
}

export const counted = (count: number, one: string, many = `${one}s`): string =>
  `${String(count).replace(/\B(?=(\d{3})+$)/g, ',')} ${count === 1 ? one : many}`;
