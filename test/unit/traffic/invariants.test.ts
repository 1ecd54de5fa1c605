import { invariants } from '../../../lib/traffic/invariants';
import { minutes, reading, span } from './readings';

const BLUE = { requests: 950, errors: 0 };
const ask = (errors: number, requests = 50, more: Partial<Parameters<typeof invariants>[0]> = {}) =>
  invariants({
    readings: [reading(minutes(0, 3, BLUE, { requests, errors }))],
    policy: { errorCeiling: 0.5 },
    to: 'green',
    spans: [span(0, 0.05, 0)],
    ...more,
  });

describe('what must hold at every look', () => {
  test('nothing is told while it holds', () => expect(ask(20)).toEqual([]));
  test('half of the answers of the last settled minute are bad: at once', () =>
    expect(ask(25)).toEqual([
      {
        gate: 'errorCeiling',
        verdict: 'FAIL',
        reason: '25 of 50 requests on green were answered badly, 50 % is the ceiling (CloudWatch)',
      },
    ]));
  test('a minute that has just gone bad is not averaged with the one before', () => {
    const turned = reading([
      ...minutes(0, 3, BLUE, { requests: 50, errors: 0 }),
      ...minutes(3, 1, BLUE, { requests: 50, errors: 30 }),
    ]);
    expect(ask(0, 0, { readings: [turned] })).toHaveLength(1);
  });
  test('few requests: two minutes together', () => {
    expect(ask(8, 10)).toHaveLength(1);
    expect(ask(9, 9)).toEqual([]);
  });
  test('errors of requests that reached no node count too', () => expect(ask(40, 0)).toHaveLength(1));
  test('one source that sees it is enough', () => {
    const blind = reading(minutes(0, 3, BLUE, { requests: 50, errors: 0 }), { source: "Kong's Prometheus" });
    const sees = reading(minutes(0, 3, BLUE, { requests: 50, errors: 50 }));
    expect(ask(0, 0, { readings: [blind, sees] })).toMatchObject([{ gate: 'errorCeiling' }]);
  });
  test('minutes from before the stage say nothing', () =>
    expect(ask(50, 50, { spans: [span(0, 0.05, 3)] })).toEqual([]));
  test('the old slot may be as bad as it likes', () =>
    expect(
      ask(0, 0, { readings: [reading(minutes(0, 3, { requests: 950, errors: 950 }, { requests: 50, errors: 0 }))] }),
    ).toEqual([]));
  test('no healthy target of the rising slot', () => {
    expect(ask(0, 50, { healthyTargets: 0 })).toMatchObject([{ gate: 'healthyTargets', verdict: 'FAIL' }]);
    expect(ask(0, 50, { healthyTargets: 1 })).toEqual([]);
  });
  test('before the first stage nothing is asked', () => expect(ask(50, 50, { spans: [] })).toEqual([]));
});
