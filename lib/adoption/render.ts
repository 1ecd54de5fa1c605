import { stringify } from 'yaml';
import type { AdoptedRule, SettingsInput } from '../settings/schema';
import { describeConditions, type Takeover } from './takeover';

/** The settings file. */
export function renderSettings(settings: SettingsInput): string {
  return [
    "# Written by `kong-dual-cluster adopt`, which read it live. The owner's rules stay as they are beneath the weighted ones.",
    '# yaml-language-server: $schema=node_modules/kong-dual-cluster/schema/dual-cluster.schema.json',
    stringify(settings, { lineWidth: 0 }),
  ].join('\n');
}

/** Rule by rule: the owner's, and ours above it. */
export function renderTakeover({ rules }: Takeover, owners: (rule: AdoptedRule) => string): string[] {
  const header = ['port', 'your rule', 'conditions', 'before it forwards', 'our weighted rule', 'tester rules'];
  const rows = rules.map((rule) => [
    String(rule.listenerPort),
    owners(rule),
    describeConditions(rule.conditions),
    rule.actionsBefore.map((action) => String(action.Type)).join(', ') || '-',
    `${rule.priority}: blue 100, green 0`,
    rule.testerPriorities ? `${rule.testerPriorities.blue}, ${rule.testerPriorities.green}` : 'none',
  ]);
  return table([header, ...rows]);
}

function table(rows: readonly (readonly string[])[]): string[] {
  const widths = rows[0]!.map((_, column) => Math.max(...rows.map((row) => row[column]!.length)));
  return rows.map((row) =>
    row
      .map((cell, column) => cell.padEnd(widths[column]!))
      .join('  ')
      .trimEnd(),
  );
}
