import type { PlanDocument, ShiftWords } from '../../../lib/render/plan-document';
import type { RunbookStep } from '../../../lib/strategy/upgrade-plan';

/** A step with all that is not the test's concern filled in. */
export const step = (over: Partial<RunbookStep> & Pick<RunbookStep, 'id' | 'phase'>): RunbookStep => ({
  title: `do ${over.id}`,
  who: 'platform engineer',
  commands: [],
  expected: 'it is done',
  check: 'look at it',
  undo: 'do the opposite',
  pointOfNoReturn: false,
  sources: [],
  ...over,
});

/** Two hops, two warnings, five steps of which the fourth cannot be taken back. */
export const PLAN: PlanDocument = {
  from: '2.8',
  to: '3.10',
  asOf: '2026-11-21',
  hops: [
    {
      from: '2.8',
      to: '3.4',
      kind: 'lts-to-lts',
      version: '3.4.3.25',
      latestPatch: { enterprise: '3.4.3.25', oss: '3.4.2' },
      postgres: [11, 12, 13, 14, 15],
      note: 'each stop runs its own migrations',
      sources: ['https://developer.konghq.com/gateway/upgrade/'],
    },
    {
      from: '3.4',
      to: '3.10',
      kind: 'lts-to-lts',
      version: '3.10.0.9',
      latestPatch: { enterprise: '3.10.0.9' },
      postgres: [13, 14, 15, 16, 17],
      sources: ['https://developer.konghq.com/gateway/upgrade/'],
    },
  ],
  stops: [
    {
      version: '2.8',
      released: '2022-03-02',
      fullSupportUntil: '2025-03-26',
      sunsetUntil: '2026-03-26',
    },
    {
      version: '3.4',
      released: '2023-08-09',
      fullSupportUntil: '2026-08-31',
      sunsetUntil: '2027-08-31',
    },
    { version: '3.10', released: '2025-03-26', fullSupportUntil: '2028-03-31' },
  ],
  strategy: {
    name: 'dual-cluster',
    why: 'There is room for a second cluster, and no downtime is allowed: the old cluster stays as it is until the new one has proved itself.',
    others: [
      { name: 'in-place', whyNot: 'it needs a maintenance window' },
      { name: 'rolling', whyNot: 'two versions would share one database' },
    ],
  },
  warnings: [
    { code: 'FROM_END_OF_LIFE', message: 'Kong 2.8 has no support since 2026-03-26' },
    { code: 'ZERO_DOWNTIME_NOT_GUARANTEED', message: 'Zero downtime is possible, not guaranteed' },
  ],
  runbook: [
    step({
      id: 'backup',
      phase: 'before',
      title: 'Back the database up',
      why: 'A migration cannot be reversed.',
      commands: ['kong-dual-cluster freeze --for 8h', 'kong-dual-cluster snapshot --for green'],
      expected: 'a snapshot that is available, and its id in dual-cluster.lock.json',
      check: '`kong-dual-cluster doctor` names the snapshot',
      undo: 'kong-dual-cluster unfreeze',
      sources: ['https://developer.konghq.com/gateway/upgrade/backup-and-restore/', 'Kong/kong#9495'],
    }),
    step({
      id: 'deploy',
      phase: 'before',
      who: 'kong-dual-cluster',
      commands: ['npx cdk deploy kong-green --exclusively'],
      files: [{ name: 'values.yaml', content: 'image:\n  tag: "3.10"\n' }],
    }),
    step({ id: 'shift', phase: 'during', commands: ['kong-dual-cluster shift start --to green'] }),
    step({
      id: 'teardown',
      phase: 'after',
      pointOfNoReturn: true,
      commands: ['kong-dual-cluster teardown --slot blue'],
      undo: 'it cannot be undone; the final snapshot stays',
    }),
    step({ id: 'unfreeze', phase: 'after', pointOfNoReturn: true }),
  ],
};

export const WORDS: ShiftWords = {
  title: 'kong: blue (Kong 2.8) → green (Kong 3.10)',
  configWrites: 'frozen by ann',
  next: ['a shift would be refused; see NOT above'],
};

/** The same with a live shift that would be refused. */
export const LIVE: PlanDocument = {
  ...PLAN,
  shift: {
    from: 'blue',
    to: 'green',
    stages: [
      { stage: 1, share: 0.05, weights: { blue: 95, green: 5 }, bakeSeconds: 600, afterSeconds: 600 },
      { stage: 2, share: 1, weights: { blue: 0, green: 100 }, bakeSeconds: 1800, afterSeconds: 2400 },
    ],
    totalSeconds: 2400,
    maxExtensionSeconds: 300,
    alarms: ['kong-edge-Green5xx'],
    freeze: { mode: 'freeze', frozen: true },
    ready: false,
    findings: [
      { ok: true, what: 'alarms', found: 'all OK' },
      { ok: false, what: 'capacity of green', found: '1 of 2 nodes', mend: 'npx cdk deploy kong-green' },
    ],
    teardown: { slot: 'green', token: 'abc123' },
  },
};
