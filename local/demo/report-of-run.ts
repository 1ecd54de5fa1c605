import type { Load } from './load';
import type { Figure, Moment, ReportData, ShiftReport, SlotSecond, Table, WeightsSet } from './report/data';
import { count, duration, latency } from './report/words';
import type { DemoResult, RoundResult } from './summary';

export interface Seen {
  readonly result: DemoResult;
  /** Milliseconds. */
  readonly epoch: number;
  readonly metrics: { readonly seconds: readonly SlotSecond[]; readonly loadBalancerErrors: number };
  readonly client: Pick<Load, 'seconds' | 'percentile'> | undefined;
  readonly weights: readonly WeightsSet[];
  readonly moments: readonly Moment[];
  readonly shifts: readonly ShiftReport[];
}

/** The demo's findings in the words of the page. */
export function reportOf(seen: Seen): ReportData {
  const { result, epoch, metrics, client, weights, moments, shifts } = seen;
  const { requests, rounds = [], steps, seconds, holds, failure, standIn } = result;
  const errorsOf = (slot: string): number =>
    metrics.seconds.reduce((sum, second) => sum + (second.slot === slot ? second.errors : 0), 0);
  return {
    title: `${count(requests.failed)} of ${count(requests.sent)} requests failed`,
    summary:
      'Kong 2.8 → 3.4.1 → 3.4.2 in two dual-cluster upgrades under load, on a local model of AWS; one shift was rolled back on purpose.',
    startedAt: new Date(epoch).toISOString(),
    seconds,
    holds,
    ...(failure === undefined ? {} : { failure }),
    figures: figuresOf(seen),
    rounds: rounds.map(
      ({ from, to, versions }, index) =>
        `Round ${index === 0 ? 'one' : 'two'}: ${versions.map(({ slot, settings }) => `${slot} ${settings}`).join(' → ') || `${from} → ${to}`}`,
    ),
    steps,
    weights,
    slotSeconds: metrics.seconds,
    clientSeconds: client?.seconds() ?? [],
    errors: {
      blue: errorsOf('blue'),
      green: errorsOf('green'),
      loadBalancer: metrics.loadBalancerErrors,
      client: requests.failed,
    },
    moments,
    shifts,
    tables: [...rounds.map(rowsTable), versionsTable(rounds), answersTable(rounds), keptTable(rounds)].filter(
      ({ rows }) => rows.length > 0,
    ),
    notes: [
      'The AWS of this run is a model on this machine (local/MODEL.md). It shows that the commands and the templates do what they say against that model; it is no evidence about AWS, whose load balancer also publishes its counts by the minute, not by the second.',
      standIn
        ? 'Kong was played by the stand-in (local/kong), which answers as 2.8.5 for every 2.8 and as 3.4.2 for every 3.4: the second round changes the slot and the settings, not what answers.'
        : 'Kong was what the file given with --images names.',
      'The alarm that breached was set to ALARM by hand, by the demo; nothing was wrong with the new slot. The time to the rollback runs from the answer to that call until the load balancer’s rules, read from beside the command, showed all weight back on the old slot.',
      'A request failed when its answer was not the expected status, upstream path and consumer, when it took longer than 10 s, or when its connection broke. None was sent twice.',
    ],
  };
}

function figuresOf({ result, client }: Seen): Figure[] {
  const { requests, rounds = [], rollback, seconds } = result;
  const watched = rounds.flatMap(({ stages }) => stages).filter(({ withinThreeSigma }) => withinThreeSigma !== null);
  const within = watched.filter(({ withinThreeSigma }) => withinThreeSigma);
  const [p50, p99] = [client?.percentile(0.5), client?.percentile(0.99)];
  return [
    { label: 'Requests', value: count(requests.sent), detail: 'every answer checked, none sent twice' },
    {
      label: 'Failed',
      value: count(requests.failed),
      detail: 'from the first configuration to the end',
      tone: requests.failed === 0 ? 'good' : 'bad',
    },
    ...(rollback
      ? [
          {
            label: 'Rolled back in',
            value: duration(rollback.seconds),
            detail: 'from the alarm to 100/0 on every rule',
          },
        ]
      : []),
    ...(watched.length > 0
      ? [
          {
            label: 'Stages within 3 σ',
            value: `${within.length} of ${watched.length}`,
            detail: 'share seen against share set',
          },
        ]
      : []),
    ...(p50 !== undefined && p99 !== undefined
      ? [{ label: 'Latency, p50', value: latency(p50), detail: `p99 ${latency(p99)}, at the client` }]
      : []),
    { label: 'Whole run', value: duration(seconds), detail: 'two upgrades with their teardowns' },
  ];
}

const numbers = ['one', 'two'];

const rowsTable = ({ rows, from, to }: RoundResult, index: number): Table => ({
  title: `Rows, round ${numbers[index] ?? index + 1}`,
  detail: `Counted through the Admin API: on ${from} at the snapshot, on ${to} before the first request.`,
  head: ['collection', from, to],
  rows: Object.keys(rows.atSnapshot).map((name) => [
    name,
    String(rows.atSnapshot[name]),
    rows.green[name] === undefined ? '–' : String(rows.green[name]),
  ]),
});

const versionsTable = (rounds: readonly RoundResult[]): Table => ({
  title: 'What answers',
  detail: 'The version that each slot’s own Admin API reports.',
  head: ['round', 'slot', 'settings', 'reported'],
  rows: rounds.flatMap(({ versions }, index) =>
    versions.map(({ slot, settings, reported }) => [numbers[index] ?? '', slot, settings, reported]),
  ),
});

const answersTable = (rounds: readonly RoundResult[]): Table => ({
  title: 'Answers compared',
  detail: 'The same requests to both slots before the shift, refused ones included.',
  head: ['round', 'compared', 'alike'],
  rows: rounds
    .filter(({ comparison }) => comparison.compared > 0)
    .map(({ comparison }, index) => [numbers[index] ?? '', String(comparison.compared), String(comparison.alike)]),
});

const keptTable = (rounds: readonly RoundResult[]): Table => ({
  title: 'Kept after the teardown',
  head: ['slot', 'final snapshot'],
  rows: rounds.flatMap(({ teardown }) => (teardown ? [[teardown.slot, teardown.finalSnapshot]] : [])),
});
