import type { Upgrade } from './changes';
import {
  needsAction,
  type Category,
  type CompatibilityFinding,
  type Result,
  type Severity,
  type When,
} from './finding';

/** What one rule said over everything that was looked at. */
export interface RuleResult {
  /** The id that its findings have. */
  readonly id: string;
  /** The worst of its entities: non-compliant before compliant before not-applicable. */
  readonly result: Result;
  /** How many entities it looked at. */
  readonly entities: number;
}

/** A finished check. */
export interface Checked {
  /** The file, URL or folder, as a person named it. */
  readonly target: string;
  readonly upgrade: Upgrade;
  readonly findings: readonly CompatibilityFinding[];
  /** Rules that were asked, those without a finding too (@default none are listed) */
  readonly rules?: readonly RuleResult[];
  /** Findings that the written file no longer has (@default 0). */
  readonly rewritten?: number;
  /** The file that was written with `--write`. */
  readonly wrote?: string;
}

/** The figures of a check, as `check --output json` prints them under `summary`. */
export interface Summary {
  readonly findings: number;
  readonly needAction: number;
  /** Only what occurs. */
  readonly bySeverity: Readonly<Partial<Record<Severity, number>>>;
  readonly byCategory: Readonly<Partial<Record<Category, number>>>;
  readonly byWhen: Readonly<Partial<Record<When, number>>>;
  readonly rules: readonly RuleResult[];
  readonly rewritten: number;
  readonly wrote: string | null;
}

export function summaryOf({ findings, rules = [], rewritten = 0, wrote }: Checked): Summary {
  return {
    findings: findings.length,
    needAction: findings.filter(needsAction).length,
    bySeverity: counts(findings, SEVERITIES, ({ severity }) => severity),
    byCategory: counts(findings, CATEGORIES, ({ category }) => category),
    byWhen: counts(findings, WHENS, ({ when }) => when),
    rules,
    rewritten,
    wrote: wrote ?? null,
  };
}

/** Most severe first. */
export const SEVERITIES: readonly Severity[] = [
  'breaking',
  'removed',
  'renamed',
  'behaviour',
  'default-changed',
  'tool-gap',
  'deprecated',
  'future',
  'info',
];
/** Those that are more likely to need work first. */
export const CATEGORIES: readonly Category[] = [
  'support-may-be-required',
  'removed-or-deprecated',
  'changed-behaviour',
  'compatible',
  'new-features',
];
export const WHENS: readonly When[] = ['before', 'during', 'after'];

function counts<K extends string>(
  findings: readonly CompatibilityFinding[],
  keys: readonly K[],
  keyOf: (finding: CompatibilityFinding) => K,
): Partial<Record<K, number>> {
  const found = new Map<K, number>();
  for (const finding of findings) found.set(keyOf(finding), (found.get(keyOf(finding)) ?? 0) + 1);
  return Object.fromEntries(keys.flatMap((key) => (found.has(key) ? [[key, found.get(key)]] : []))) as Partial<
    Record<K, number>
  >;
}
