import { planStages, trafficFor, trafficText } from '../../../lib/cli/plan-stages';
import { planText } from '../../../lib/render/plan-text';
import { TrafficPlan } from '../../../lib/traffic/plan';
import type { ShiftStart } from '../../../lib/traffic/shift-events';
import { LIVE, WORDS } from '../render/plan-fixture';
import { minutes, POLICY, reading } from '../traffic/readings';

const START: ShiftStart = {
  run: 'plan',
  system: 'kong',
  from: 'blue',
  to: 'green',
  stages: TrafficPlan.standard().stages,
  gates: POLICY,
  minRequests: 100,
  maxExtensionSeconds: 1800,
  alarms: [],
  account: '111122223333',
  region: 'eu-central-1',
  stackIds: {},
  weightsBefore: { blue: 100, green: 0 },
  reading: {},
};
const MEASURED = reading(minutes(0, 60, { requests: 6000, errors: 6 }));

describe('the traffic that a plan counts on', () => {
  test('is what the first source has counted on the live slot', () => {
    const empty = reading([], { source: "Kong's Prometheus" });
    const traffic = trafficFor([empty, MEASURED], 'blue', {});
    expect(trafficText(traffic, 'blue')).toBe('6000 requests/min on blue, 0.1 % of them bad (CloudWatch)');
  });
  test('what a person says wins, each for itself', () => {
    expect(trafficFor([MEASURED], 'blue', { traffic: 100 })).toEqual({ requestsPerMinute: 100, errorRate: 0.001 });
    expect(trafficFor([MEASURED], 'blue', { errorRate: 0.01 })).toMatchObject({
      requestsPerMinute: 6000,
      errorRate: 0.01,
    });
    expect(trafficText(trafficFor([], 'blue', { traffic: 100 }), 'blue')).toBe(
      '100 requests/min on blue, 0 % of them bad (as you say)',
    );
  });
  test('a rate that rounds to nothing is not told as none', () =>
    expect(trafficText({ requestsPerMinute: 1, errorRate: 0.00002 }, 'blue')).toContain('less than 0.01 %'));
  test('where nobody has counted any, how to say it', () =>
    expect(trafficText(trafficFor([], 'blue', { errorRate: 1 }), 'blue')).toContain('plan --traffic 6000'));
});

describe('the stages of the next shift', () => {
  test('each says what its verdict needs, the delay of the counts with it', () => {
    const [first, , , last] = planStages(START, trafficFor([MEASURED], 'blue', {}));
    expect(first).toMatchObject({ weights: { blue: 95, green: 5 }, afterSeconds: 600 });
    expect(first!.needs).toMatchObject({ minutes: 15, within: 'extension' });
    expect(last!.needs).toMatchObject({ within: 'bake' });
  });
  test('without traffic nothing is foretold', () =>
    expect(planStages(START, undefined)[0]).toEqual({
      stage: 1,
      share: 0.05,
      weights: { blue: 95, green: 5 },
      bakeSeconds: 600,
      afterSeconds: 600,
    }));
  test('weights as the router holds them', () => {
    const scale = { kind: 'total', totals: [256], max: 255 } as const;
    const [first] = planStages({ ...START, router: 'route53', scale }, undefined);
    expect(first).toMatchObject({ weights: { blue: 243, green: 13 }, note: 'asked 5 %, held 5.08 %' });
  });

  test('on a terminal: below its stage, in 80 columns, with what to do where there is no verdict', () => {
    const traffic = { requestsPerMinute: 200, errorRate: 0 };
    const shift = { ...LIVE.shift!, stages: planStages(START, traffic), worstSeconds: 10_800, traffic };
    const text = planText({ ...LIVE, shift }, { colors: false }, { ...WORDS, traffic: trafficText(traffic, 'blue') });
    expect(text).toContain('needs 1010 requests on the new slot, ~103 min; it has 10m and 30m more: no');
    expect(text).toContain('      or bake it 1h43m\n');
    expect(text).toContain('3h when each waits');
    expect(text).toContain('  traffic: 200 requests/min on blue');
    const stages = text.slice(text.indexOf('The next shift'), text.indexOf('rolled back by'));
    expect(Math.max(...stages.split('\n').map((line) => line.length))).toBeLessThanOrEqual(80);
  });
});
