import type { GateResult } from '../../../lib/traffic/gates';
import type { JournalLine, ShiftEvent } from '../../../lib/traffic/shift-events';
import { allOn, weightsFor } from '../../../lib/traffic/weights';

export const BEGIN = Date.parse('2026-11-21T20:30:00.000Z');
const STAGES = [
  { share: 0.05, bakeSeconds: 600 },
  { share: 0.25, bakeSeconds: 600 },
  { share: 0.5, bakeSeconds: 600, approval: true },
  { share: 1, bakeSeconds: 1800 },
];
const at = (stage: number) => weightsFor(STAGES[stage]!.share, 'green');

export const gate = (name: string, verdict: GateResult['verdict'], reason: string, more = {}): GateResult => ({
  gate: name,
  verdict,
  reason,
  ...more,
});
export const GATES: readonly GateResult[] = [
  gate('alarms', 'PASS', '3 alarms OK'),
  gate('errors', 'INCONCLUSIVE', 'errors: 3 of 2185 on green, 9 of 6627 on blue: needs ~3 min', { needsSeconds: 180 }),
  gate('slow', 'PASS', 'slower than 1 s: none of 2185 on green', { use: 'watch' }),
];

/** Events by seconds since the start; `reading` holds what nobody may see. */
export const journal = (...events: readonly (readonly [seconds: number, event: ShiftEvent])[]): JournalLine[] =>
  [
    [
      0,
      {
        type: 'started',
        run: '20261121T203000Z-4711',
        system: 'kong',
        from: 'blue',
        to: 'green',
        stages: STAGES,
        minRequests: 100,
        maxExtensionSeconds: 1800,
        alarms: ['kong-green-5xx'],
        account: '111122223333',
        region: 'eu-central-1',
        stackIds: {},
        weightsBefore: allOn('blue'),
        reading: { clientSecret: 'hush' },
      },
    ] as const,
    ...events,
  ].map(([seconds, event], index) => ({
    n: index + 1,
    at: new Date(BEGIN + seconds * 1000).toISOString(),
    ...event,
  }));

type Timed = readonly [number, ShiftEvent];
export const raised = (stage: number, seconds: number): Timed[] => [
  [seconds - 1, { type: 'raising', stage, weights: at(stage) }],
  [seconds, { type: 'raised', stage, weights: at(stage) }],
];
export const passed = (stage: number, seconds: number, blue: number, green: number): Timed => [
  seconds,
  { type: 'passed', stage, counts: { blue, green }, gates: [gate('errors', 'PASS', 'errors: none of 488 on green')] },
];
export const looked = (stage: number, seconds: number, blue: number, green: number, errors = 0): Timed => [
  seconds,
  {
    type: 'looked',
    stage,
    verdict: 'INCONCLUSIVE',
    gates: GATES,
    counts: { blue, green },
    errors: { blue: 2, green: errors },
  },
];

const first = [...raised(0, 5), passed(0, 605, 9512, 488)];
export const BAKING = journal(...first, ...raised(1, 610), looked(1, 960, 6627, 2185, 3));
export const WAITING = journal(...first, ...raised(1, 610), looked(1, 1230, 6627, 2185, 3));
export const APPROVAL = journal(...first, ...raised(1, 610), passed(1, 1220, 7500, 2500), [
  1221,
  { type: 'held', by: 'approval', why: 'the plan asks for an approval before 50 % on green' },
]);
export const HELD = journal(...first, ...raised(1, 610), looked(1, 960, 6627, 2185, 3), [
  3010,
  {
    type: 'held',
    by: 'gates',
    why: 'no verdict after 2400 s: <script>alert(1)</script>',
    counts: { blue: 7, green: 2 },
  },
]);
export const ROLLED_BACK = journal(
  ...first,
  ...raised(1, 610),
  looked(1, 960, 6627, 2185, 90),
  [
    961,
    { type: 'rolling back', why: 'errors: 90 of 2185 on green: not by chance', counts: { blue: 6627, green: 2185 } },
  ],
  [962, { type: 'rolled back', seconds: 0.71, by: 'gates' }],
);
export const FAILED = journal(
  ...first,
  [700, { type: 'rolling back', why: 'x' }],
  [701, { type: 'rollback failed', why: 'AccessDenied' }],
);
export const CONFLICT = journal(...first, ...raised(1, 610), [
  700,
  { type: 'conflict', found: 'rule-1 has blue 50, green 50' },
]);
export const DONE = journal(
  ...first,
  ...raised(1, 610),
  passed(1, 1210, 7500, 2500),
  [1211, { type: 'held', by: 'approval', why: 'asked' }],
  [1300, { type: 'resumed', by: 'arn:anna' }],
  ...raised(2, 1305),
  passed(2, 1905, 5000, 5000),
  ...raised(3, 1910),
  [
    3710,
    {
      type: 'passed',
      stage: 3,
      counts: { blue: undefined, green: 30000 },
      gates: [gate('alarms', 'PASS', '3 alarms OK')],
    },
  ],
  [3711, { type: 'done' }],
);
export const ALL = { BAKING, WAITING, APPROVAL, HELD, ROLLED_BACK, FAILED, CONFLICT, DONE };
