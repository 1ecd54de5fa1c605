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

/** What was not reached has no line: a count of 0 would look like a finding. */
export function renderSummary(result: DemoResult): string {
  const lines = ['', ...(result.steps.length > 0 ? times(result) : [])];
  const { atSnapshot, green } = result.rows;
  if (total(atSnapshot) > 0)
    lines.push(
      `rows at the snapshot ${total(atSnapshot)}, on green ${total(green)}: ${Object.keys(atSnapshot)
        .map((name) => `${name} ${atSnapshot[name]}=${green[name] ?? '?'}`)
        .join(', ')}`,
    );
  const { compared, alike, different } = result.comparison;
  if (compared > 0) lines.push(`answers compared ${compared}, alike ${alike}`);
  for (const { name, blue, green: other } of different)
    lines.push(`  differs: ${name}\n    blue:  ${blue}\n    green: ${other}`);
  const { sent, failed } = result.requests;
  if (sent > 0) lines.push(`requests to blue meanwhile ${sent}, failed ${failed}`);
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

function times(result: DemoResult): string[] {
  const width = Math.max(...result.steps.map((step) => step.name.length), 10);
  return [
    'step'.padEnd(width) + '  seconds',
    ...result.steps.map((step) => `${step.name.padEnd(width)}  ${step.seconds.toFixed(1).padStart(7)}  ${step.note}`),
    `${'all'.padEnd(width)}  ${result.seconds.toFixed(1).padStart(7)}`,
    '',
  ];
}
