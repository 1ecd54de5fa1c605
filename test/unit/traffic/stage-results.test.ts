import type { JournalLine, ShiftEvent } from '../../../lib/traffic/shift-events';
import { stageResults } from '../../../lib/traffic/stage-results';
import { weightsFor } from '../../../lib/traffic/weights';

const START = Date.parse('2026-11-21T20:30:00.000Z');
const started = {
  type: 'started',
  to: 'green',
  stages: [
    { share: 0.05, bakeSeconds: 10 },
    { share: 1, bakeSeconds: 20 },
  ],
} as unknown as ShiftEvent;
const raised = (stage: number): ShiftEvent => ({ type: 'raised', stage, weights: weightsFor(0.05, 'green') });
const passed = (stage: number, blue?: number, green?: number): ShiftEvent => ({
  type: 'passed',
  stage,
  counts: { blue, green },
  gates: [],
});
/** A line every ten seconds, through JSON as in the file. */
const results = (...events: ShiftEvent[]) =>
  stageResults(
    JSON.parse(
      JSON.stringify(
        [started, ...events].map((event, i) => ({
          n: i + 1,
          at: new Date(START + i * 10_000).toISOString(),
          ...event,
        })),
      ),
    ) as JournalLine[],
  );

describe('what the stages of a shift came to', () => {
  test('a stage that passed: what was set, what was seen, how long', () => {
    expect(results(raised(0), passed(0, 950, 50))).toEqual([
      { stage: 1, slot: 'green', shareSet: 0.05, shareSeen: 0.05, requests: 1000, seconds: 10, outcome: 'passed' },
    ]);
  });
  test('without counts the share seen is null, not zero', () => {
    expect(results(raised(0), passed(0))[0]).toMatchObject({ shareSeen: null, requests: 0 });
  });
  test.each([
    [{ type: 'rolling back', why: 'alarm', counts: { blue: 10, green: 10 } }, 'rolled back', 0.5],
    [{ type: 'held', by: 'gates', why: 'no data', counts: { blue: 10, green: 10 } }, 'held', 0.5],
    [{ type: 'conflict', found: 'blue 50' }, 'conflict', null],
  ] as [ShiftEvent, string, number | null][])('%j ends the stage under way', (event, outcome, shareSeen) => {
    expect(results(raised(0), event)).toEqual([expect.objectContaining({ outcome, shareSeen, seconds: 10 })]);
  });
  test('a hold between two stages does not touch the one that passed', () => {
    expect(results(raised(0), passed(0, 95, 5), { type: 'held', by: 'capacity', why: '' })[0]!.outcome).toBe('passed');
  });
  test('a stage that was resumed counts once, by its last attempt', () => {
    const all = results(
      raised(0),
      { type: 'held', by: 'interrupt', why: '' },
      { type: 'resumed', by: 'ann' },
      raised(0),
      passed(0, 95, 5),
    );
    expect(all).toEqual([expect.objectContaining({ outcome: 'passed', seconds: 10 })]);
  });
  test('a stage that runs is under way', () => {
    expect(results(raised(0))[0]!.outcome).toBe('under way');
  });
  test('nothing was begun: none; no journal: none', () => {
    expect(results()).toEqual([]);
    expect(stageResults([])).toEqual([]);
  });
});
