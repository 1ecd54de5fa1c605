import type { Comparison } from './gateway';
import type { StepResult } from './steps';

/** What the demo found; `holds` is what its exit code says. */
export interface DemoResult {
  readonly journey: 'main' | 'adopt';
  readonly holds: boolean;
  readonly failure?: string;
  readonly steps: readonly StepResult[];
  readonly seconds: number;
  readonly rows: {
    readonly atSnapshot: Readonly<Record<string, number>>;
    readonly green: Readonly<Record<string, number>>;
  };
  readonly comparison: { readonly compared: number; readonly alike: number; readonly different: readonly Comparison[] };
  /** Requests sent through the load balancer from before the snapshot to after green was destroyed. */
  readonly requests: { readonly sent: number; readonly failed: number };
  readonly ejected?: { readonly rulesBefore: number; readonly rulesAfter: number; readonly alike: boolean };
}

const total = (counts: Readonly<Record<string, number>>): number =>
  Object.values(counts).reduce((sum, count) => sum + count, 0);

export function renderSummary(result: DemoResult): string {
  const width = Math.max(...result.steps.map((step) => step.name.length), 10);
  const lines = [
    '',
    'step'.padEnd(width) + '  seconds',
    ...result.steps.map((step) => `${step.name.padEnd(width)}  ${step.seconds.toFixed(1).padStart(7)}  ${step.note}`),
  ];
  lines.push(`${'all'.padEnd(width)}  ${result.seconds.toFixed(1).padStart(7)}`, '');
  const { atSnapshot, green } = result.rows;
  lines.push(
    `rows at the snapshot ${total(atSnapshot)}, on green ${total(green)}: ${Object.keys(atSnapshot)
      .map((name) => `${name} ${atSnapshot[name]}=${green[name] ?? '?'}`)
      .join(', ')}`,
  );
  lines.push(`answers compared ${result.comparison.compared}, alike ${result.comparison.alike}`);
  for (const { name, blue, green: other } of result.comparison.different)
    lines.push(`  differs: ${name}\n    blue:  ${blue}\n    green: ${other}`);
  lines.push(`requests to blue meanwhile ${result.requests.sent}, failed ${result.requests.failed}`);
  if (result.ejected)
    lines.push(
      `rules before adoption ${result.ejected.rulesBefore}, after eject ${result.ejected.rulesAfter}, ${result.ejected.alike ? 'alike' : 'NOT alike'}`,
    );
  lines.push(
    result.holds ? 'everything holds' : `NOT everything holds${result.failure ? `: ${result.failure}` : ''}`,
    '',
  );
  return lines.join('\n');
}
