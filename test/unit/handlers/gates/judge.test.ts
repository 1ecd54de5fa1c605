import { judge, type GatesQuestion, type GatesWorld } from '../../../../lib/handlers/gates/judge';
import type { JournalLine } from '../../../../lib/traffic/shift-events';

const SINCE = Date.parse('2026-11-21T20:00:00.000Z');
const raised = {
  type: 'raised',
  stage: 0,
  weights: { blue: 95, green: 5 },
  at: new Date(SINCE).toISOString(),
  n: 1,
} satisfies JournalLine;
const question = (more: Partial<GatesQuestion['start']> = {}): GatesQuestion => ({
  start: {
    run: 'r',
    system: 'kong',
    from: 'blue',
    to: 'green',
    stages: [{ share: 0.05, bakeSeconds: 60 }],
    minRequests: 10,
    maxExtensionSeconds: 60,
    alarms: ['a'],
    account: '1',
    region: 'eu-central-1',
    stackIds: {},
    weightsBefore: { blue: 100, green: 0 },
    ...more,
  },
  stage: 0,
  sinceMs: SINCE,
  lines: [raised],
  alarms: [{ name: 'a', state: 'OK' }],
});
const world = (seconds: number, more: Partial<GatesWorld> = {}): GatesWorld => ({
  now: () => SINCE + seconds * 1000,
  minutes: async () => ({ source: 'CloudWatch', periodSeconds: 60, minutes: [] }),
  counts: async () => ({ blue: 1000, green: 50 }),
  capacity: async (slot) => ({ slot, healthy: 2, registered: 2 }),
  ...more,
});

describe('given a stage of a shift on AWS, when its gates are judged', () => {
  test('before its bake is over it is watched, then it passes', async () => {
    expect((await judge(question(), world(30))).decision).toEqual({ do: 'watch' });
    expect((await judge(question(), world(61))).decision).toEqual({ do: 'pass' });
  });

  test('too few requests hold it at the end of its extension', async () => {
    const few = { counts: async () => ({ blue: 1000, green: 3 }) };
    expect((await judge(question(), world(61, few))).decision).toEqual({ do: 'watch' });
    expect((await judge(question(), world(121, few))).decision).toMatchObject({
      do: 'hold',
      why: expect.stringContaining('3 of 10 requests on green'),
    });
  });

  test('green without a healthy node is rolled back at once', async () => {
    const down = {
      capacity: async (slot: 'blue' | 'green') => ({ slot, healthy: slot === 'green' ? 0 : 2, registered: 2 }),
    };
    expect((await judge(question(), world(5, down))).decision).toMatchObject({ do: 'roll back' });
  });

  test('counts that do not answer are no verdict, and are told', async () => {
    const silent = { counts: () => Promise.reject(new Error('Rate exceeded')) };
    const { decision, gates } = await judge(question(), world(61, silent));
    expect(decision).toEqual({ do: 'watch' });
    expect(gates).toContainEqual(expect.objectContaining({ gate: 'aws', verdict: 'INCONCLUSIVE' }));
  });

  test('errors of green against blue in the minutes roll back: the comparison is the runner’s', async () => {
    const at = (minute: number) => new Date(SINCE + minute * 60_000).toISOString();
    const bad = {
      minutes: async () => ({
        source: 'CloudWatch',
        periodSeconds: 60,
        minutes: Array.from({ length: 9 }, (_, minute) => ({
          at: at(minute + 1),
          settled: true,
          slots: { blue: { requests: 9500, errors: 9 }, green: { requests: 500, errors: 40 } },
        })),
      }),
    };
    const gates = {
      alarms: 'gate',
      errors: 'gate',
      slow: 'off',
      refusals: 'off',
      sampleRatio: 'off',
      comparison: { alpha: 0.01, beta: 0.05, tolerated: 1.25, harmful: 2.5, objective: 0.001 },
      slowSeconds: 1,
      errorCeiling: 0.5,
      whenInconclusive: 'hold',
    } as const;
    const answer = await judge(question({ gates }), world(660, bad));
    expect(answer.decision).toMatchObject({ do: 'roll back', why: expect.stringContaining('360 of 4500') });
  });
});
