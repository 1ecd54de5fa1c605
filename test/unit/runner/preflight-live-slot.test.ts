import { preflight, type BeforeShift } from '../../../lib/runner/preflight';
import { TrafficPlan } from '../../../lib/traffic/plan';
import { allOn, weightsFor, type Weights } from '../../../lib/traffic/weights';

const before = (weights: Weights, plan = TrafficPlan.standard()): BeforeShift => ({
  from: 'green',
  to: 'blue',
  isNamed: true,
  periodSeconds: 60,
  plan,
  smallestShare: 0.001,
  reading: {
    router: 'alb',
    places: [{ id: 'rule', weights, verbatim: [] }],
    followers: [{ id: 'admin', weights: allOn('blue'), verbatim: [] }],
    stickySeconds: 0,
  },
  alarms: [{ name: 'kong-5xx', state: 'OK' }],
  capacity: {
    rising: { slot: 'blue', healthy: 2, registered: 2, running: 2 },
    other: { slot: 'green', healthy: 2, registered: 2, running: 2 },
  },
  now: 0,
  configWrites: 'dualApply',
  maxExtensionSeconds: 0,
});
const mendOf = (given: BeforeShift): string | undefined =>
  preflight(given).find(({ ok, what }) => !ok && what === 'weights')?.mend;

describe('preflight of a shift to the slot that is live', () => {
  test('given all traffic is there already, the remedy is a shift to the other slot, never taking its traffic away', () => {
    expect(mendOf(before(allOn('blue')))).toBe(
      'there is nothing to shift; to move the traffic to green: kong-dual-cluster shift start --to green',
    );
  });

  test('given most of it is there, the remedy raises the rest and takes nothing away', () => {
    expect(mendOf(before(weightsFor(0.6, 'blue')))).toBe(
      'to give it the rest without stages: kong-dual-cluster shift set --to blue --share 100',
    );
  });
});

test('one rule is one rule', () => {
  const from = { ...before(allOn('green')), reading: { ...before(allOn('green')).reading, followers: [] } };
  expect(preflight(from).find(({ what }) => what === 'weights')?.found).toBe('100 % on green, in one rule');
});
