import type {
  ClientSecond,
  ReportData,
  ShiftReport,
  SlotSecond,
  StageReport,
  StepSpan,
  WeightsSet,
} from '../../../../../local/demo/report/data';
import { deviation, withinSigma } from '../../../../../local/demo/stage-share';
import type { Slot } from '../../../../../lib/traffic/weights';

/** Data in the shape of a whole run, drawn by a generator with a fixed seed: invented, for looking at the page only. */
export function sampleReport(): ReportData {
  let seed = 20261121;
  const random = (): number => {
    seed = (seed * 1103515245 + 12345) % 2147483648;
    return seed / 2147483648;
  };
  const steps: StepSpan[] = [];
  let now = 0;
  const step = (round: number, short: string, name: string, seconds: number, note = ''): number => {
    steps.push({ name, short, at: now, seconds, note, round });
    now += seconds;
    return now - seconds;
  };
  step(0, 'world', 'start an AWS on this machine', 4.1, 'http://127.0.0.1:40123');
  step(0, 'bootstrap', 'cdk bootstrap', 3.6);
  step(1, 'edge + blue', 'deploy the edge and the blue cluster (Kong 2.8)', 30.2);
  const loadFrom = Math.ceil(step(1, 'configure', 'write a configuration into blue', 3.2, '72 Admin API writes') + 2);
  step(1, 'freeze', 'freeze config writes', 1.7, 'Admin API answers 423');
  step(1, 'snapshot', "take a snapshot of blue's database", 3.4, '88 rows');
  step(1, 'green', 'deploy the green cluster (Kong 3.4.1) from it', 21.4);
  step(1, 'compare', 'call green through the tester header and compare', 1.8, '75 answers alike');
  const first = step(1, 'rolled back', 'first shift: rolled back on purpose', 16.3, 'breach to 100/0 in 1.4 s');
  const second = step(1, 'shift', 'second shift: 5 → 25 → 50 → 100 %', 25.5, 'soaked 5 s');
  step(1, 'teardown', 'tear blue down', 13.2, 'final snapshot kong-blue-final-20261121');
  step(1, 'unfreeze', 'unfreeze config writes', 1.5);
  step(2, 'freeze', 'freeze config writes', 1.6);
  step(2, 'snapshot', "take a snapshot of green's database", 3.1, '89 rows');
  step(2, 'blue', 'deploy the blue cluster (Kong 3.4.2) from it', 20.7);
  step(2, 'compare', 'call blue through the tester header and compare', 1.6, '75 answers alike');
  const third = step(2, 'shift', 'shift: 5 → 25 → 50 → 100 %', 24.8, 'soaked 5 s');
  step(2, 'teardown', 'tear green down', 12.9, 'final snapshot kong-green-final-20261121');
  step(2, 'unfreeze', 'unfreeze config writes', 1.4);

  const weights: WeightsSet[] = [{ at: 30, green: 0 }];
  const climb = (from: number, to: Slot, shares: readonly number[]): void => {
    for (const [index, share] of shares.entries())
      weights.push({ at: from + 1.6 + index * 5.4, green: to === 'green' ? share : 1 - share });
  };
  climb(first, 'green', [0.05, 0.25]);
  weights.push({ at: first + 10.9, green: 0.5 }, { at: first + 14.2, green: 0 });
  climb(second, 'green', [0.05, 0.25, 0.5, 1]);
  climb(third, 'blue', [0.05, 0.25, 0.5, 1]);
  const greenAt = (at: number): number => weights.filter((change) => change.at <= at).at(-1)?.green ?? 0;

  const slotSeconds: SlotSecond[] = [];
  const clientSeconds: ClientSecond[] = [];
  for (let at = loadFrom; at < Math.floor(now) - 1; at++) {
    const busy = steps.some(
      ({ short, at: from, seconds }) => /green|blue|teardown/.test(short) && at >= from && at < from + seconds,
    );
    const requests = Math.round((busy ? 105 : 138) + random() * 14);
    let green = 0;
    for (let n = 0; n < requests; n++) if (random() < greenAt(at + 0.5)) green += 1;
    for (const [slot, got] of [
      ['blue', requests - green],
      ['green', green],
    ] as const) {
      if (got === 0) continue;
      const average = (busy ? 0.006 : 0.0035) * (0.8 + random() * 0.6);
      slotSeconds.push({
        at,
        slot,
        requests: got,
        errors: 0,
        p50: average,
        p99: average * (3 + random() * (busy ? 20 : 6)),
      });
    }
    const p50 = (busy ? 0.007 : 0.0045) * (0.8 + random() * 0.5);
    clientSeconds.push({ at, requests, failed: 0, p50, p99: p50 * (4 + random() * 6) });
  }

  const stage = (slot: Slot, shareSet: number, from: number, until: number, note?: string): StageReport => {
    const own = slotSeconds.filter(({ at }) => at > from && at + 1 < until);
    const requests = own.reduce((sum, second) => sum + second.requests, 0);
    const got = own.filter((second) => second.slot === slot).reduce((sum, second) => sum + second.requests, 0);
    const shareSeen = requests === 0 ? undefined : got / requests;
    const within = withinSigma(3, shareSet, shareSeen, requests);
    return { slot, shareSet, shareSeen, requests, bound: 3 * deviation(shareSet, requests), within, note };
  };
  const stagesOf = (from: number, slot: Slot, shares: readonly number[]): StageReport[] =>
    shares.map((share, index) => stage(slot, share, from + 1.6 + index * 5.4, from + 1.6 + (index + 1) * 5.4));
  const shifts: ShiftReport[] = [
    {
      title: 'Round one, first shift',
      to: 'green',
      from: first,
      until: second,
      outcome: 'rolled back on purpose: 100/0 verified 1.4 s after the breach',
      stages: [
        ...stagesOf(first, 'green', [0.05, 0.25]),
        stage('green', 0.5, first + 10.9, first + 14.2, 'breached half-way'),
      ],
    },
    {
      title: 'Round one, second shift',
      to: 'green',
      from: second,
      until: second + 25.5,
      outcome: 'done: green takes everything',
      tone: 'good',
      stages: stagesOf(second, 'green', [0.05, 0.25, 0.5, 1]),
    },
    {
      title: 'Round two',
      to: 'blue',
      from: third,
      until: third + 24.8,
      outcome: 'done: blue takes everything',
      tone: 'good',
      stages: stagesOf(third, 'blue', [0.05, 0.25, 0.5, 1]),
    },
  ];
  const stages = shifts.flatMap((shift) => shift.stages);
  const sent = clientSeconds.reduce((sum, { requests }) => sum + requests, 0);
  return {
    title: `0 of ${String(sent).replace(/\B(?=(\d{3})+$)/g, ',')} requests failed`,
    summary:
      'Kong 2.8 → 3.4.1 → 3.4.2 in two dual-cluster upgrades on a local model of AWS, with one shift rolled back on purpose in between.',
    startedAt: '2026-11-21T21:14:05.000Z',
    seconds: now,
    holds: true,
    figures: [
      { label: 'Requests', value: String(sent).replace(/\B(?=(\d{3})+$)/g, ','), detail: 'every answer checked' },
      { label: 'Failed', value: '0', tone: 'good', detail: 'from the first to the last second' },
      { label: 'Rolled back in', value: '1.4 s', detail: 'from the breach to verified 100/0' },
      {
        label: 'Stages within 3 σ',
        value: `${stages.filter(({ within }) => within).length} of ${stages.length}`,
        detail: 'share seen against share set',
      },
      { label: 'Whole run', value: '3 min 11 s', detail: 'two upgrades, two teardowns' },
    ],
    rounds: ['Round one: blue 2.8 → green 3.4.1', 'Round two: green 3.4.1 → blue 3.4.2'],
    steps,
    weights,
    slotSeconds,
    clientSeconds,
    errors: { blue: 0, green: 0, loadBalancer: 0, client: 0 },
    moments: [
      { at: first + 12.8, label: 'an alarm breaches', tone: 'bad' },
      { at: first + 14.2, label: 'back on blue, 1.4 s' },
    ],
    shifts,
    tables: [
      {
        title: 'Rows, round one',
        detail: 'Counted through the Admin API at the snapshot and on green.',
        head: ['collection', 'blue', 'green'],
        rows: [
          ['services', '8', '8'],
          ['routes', '32', '32'],
          ['consumers', '10', '10'],
          ['key-auths', '10', '10'],
        ],
      },
      {
        title: 'What answers',
        detail: 'The version that each slot’s own Admin API reports.',
        head: ['round', 'slot', 'settings', 'reported'],
        rows: [
          ['one', 'blue', '2.8', '2.8.5'],
          ['one', 'green', '3.4.1', '3.4.2'],
          ['two', 'blue', '3.4.2', '3.4.2'],
        ],
      },
    ],
    notes: [
      'The AWS of this run is a model on this machine. It shows that the commands and templates do what they say against that model; it is no evidence about AWS.',
      'Kong was played by the stand-in, which answers as 3.4.2 for every 3.4.',
    ],
  };
}
