import fc from 'fast-check';
import {
  after,
  begin,
  doing,
  fold,
  isFinished,
  pending,
  weightsOfStage,
  type ShiftState,
} from '../../../lib/traffic/shift';
import type { ShiftEvent } from '../../../lib/traffic/shift-events';
import type { ShiftPhase } from '../../../lib/traffic/shift-record';
import { allOn, weightsFor } from '../../../lib/traffic/weights';

const STARTED: ShiftEvent = {
  type: 'started',
  run: '20261121T203000Z-1',
  system: 'kong',
  from: 'blue',
  to: 'green',
  stages: [
    { share: 0.05, bakeSeconds: 10 },
    { share: 1, bakeSeconds: 20 },
  ],
  minRequests: 100,
  maxExtensionSeconds: 60,
  alarms: ['a'],
  account: '111122223333',
  region: 'eu-central-1',
  stackIds: {},
  weightsBefore: allOn('blue'),
  reading: {},
};
const FIVE = weightsFor(0.05, 'green');
const ALL = allOn('green');
const counts = { blue: 950, green: 50 };
const EVENTS: Record<string, ShiftEvent> = {
  raising: { type: 'raising', stage: 0, weights: FIVE },
  raised: { type: 'raised', stage: 0, weights: FIVE },
  'raised last': { type: 'raised', stage: 1, weights: ALL },
  looked: { type: 'looked', stage: 0, verdict: 'INCONCLUSIVE', gates: [] },
  passed: { type: 'passed', stage: 0, counts, gates: [] },
  'passed last': { type: 'passed', stage: 1, counts, gates: [] },
  held: { type: 'held', by: 'gates', why: 'no data' },
  resumed: { type: 'resumed', by: 'ann' },
  'rolling back': { type: 'rolling back', why: 'alarm' },
  'rolled back': { type: 'rolled back', seconds: 1, by: 'gates' },
  'rollback failed': { type: 'rollback failed', why: 'denied' },
  conflict: { type: 'conflict', found: 'blue 50' },
  done: { type: 'done' },
};
const event = (name: string): ShiftEvent => EVENTS[name]!;
const TO_GET_TO: Record<ShiftPhase, string[]> = {
  planned: [],
  raising: ['raising'],
  baking: ['raising', 'raised'],
  soaking: ['raised last'],
  soaked: ['raised last', 'passed last'],
  held: ['raised', 'held'],
  'rolling back': ['raised', 'rolling back'],
  'rolled back': ['raised', 'rolling back', 'rolled back'],
  'rollback failed': ['raised', 'rolling back', 'rollback failed'],
  conflict: ['raised', 'conflict'],
  done: ['raised last', 'passed last', 'done'],
};
const PHASES = Object.keys(TO_GET_TO) as ShiftPhase[];
const at = (phase: ShiftPhase): ShiftState => fold([STARTED, ...TO_GET_TO[phase].map(event)]);

describe('the reducer', () => {
  test('gets to every phase', () => {
    for (const phase of PHASES) expect(at(phase).phase).toBe(phase);
  });

  // The rows are phases, the columns events; '=' leaves the state as it is.
  const columns = [
    'raising',
    'raised',
    'passed',
    'held',
    'resumed',
    'rolling back',
    'rolled back',
    'rollback failed',
    'conflict',
    'done',
  ];
  const open = [
    'raising',
    'baking',
    'planned',
    'held',
    '=',
    'rolling back',
    'rolled back',
    'rollback failed',
    'conflict',
    'done',
  ];
  const paused = open.map((to, i) => (columns[i] === 'resumed' ? 'planned' : to));
  const none = columns.map(() => '=');
  const table: Record<ShiftPhase, string[]> = {
    planned: open,
    raising: open,
    baking: open,
    soaking: open,
    soaked: open,
    held: paused,
    'rolling back': open,
    'rolled back': none,
    'rollback failed': open,
    conflict: paused,
    done: columns.map((name) => (name === 'rolling back' || name === 'rolled back' ? name : '=')),
  };
  test.each(PHASES.flatMap((phase) => columns.map((name, i) => [phase, name, table[phase][i]!] as const)))(
    '%s, then %s: %s',
    (phase, name, next) => {
      const before = at(phase);
      const state = after(before, event(name));
      if (next === '=') expect(state).toEqual(before);
      else expect(state.phase).toBe(next);
    },
  );

  test('what was seen changes nothing', () => {
    for (const phase of PHASES) expect(after(at(phase), event('looked'))).toEqual(at(phase));
  });

  test('a last stage that passed is soaked, one before it begins the next', () => {
    expect(after(at('soaking'), event('passed last'))).toMatchObject({ phase: 'soaked', stage: 1 });
    expect(after(at('baking'), event('passed'))).toMatchObject({ phase: 'planned', stage: 1 });
  });

  test('why it is held, rolled back or in conflict is kept, and gone once it goes on', () => {
    expect(at('held')).toMatchObject({ heldBy: 'gates', reason: 'no data' });
    expect(at('rolled back').reason).toBe('alarm');
    expect(after(at('held'), event('resumed'))).not.toHaveProperty('reason');
  });

  test('after a rollback the weights are those from before', () => {
    expect(at('rolled back').weights).toEqual(allOn('blue'));
  });

  test('a line that a fenced-off run appended after the abort does not bring the shift back', () => {
    const state = fold([STARTED, ...['raised', 'rolling back', 'rolled back', 'raising', 'resumed'].map(event)]);
    expect(pending(state)).toEqual({ do: 'nothing' });
  });

  test('a journal that was killed before its first line says that nothing was shifted', () => {
    expect(() => fold([])).toThrow(expect.objectContaining({ code: 'JOURNAL_DAMAGED', found: 'no line' }));
    expect(() => begin(event('done'))).toThrow(expect.objectContaining({ code: 'JOURNAL_DAMAGED', found: 'done' }));
  });
});

describe('what is to be done next', () => {
  test.each([
    ['planned', { do: 'raise', stage: 0, expected: [allOn('blue'), FIVE], to: FIVE }],
    ['raising', { do: 'raise', stage: 0, expected: [allOn('blue'), FIVE], to: FIVE }],
    ['baking', { do: 'bake', stage: 0, seconds: 10, weights: FIVE }],
    ['soaking', { do: 'bake', stage: 1, seconds: 20, weights: ALL }],
    ['soaked', { do: 'finish' }],
    ['held', { do: 'wait' }],
    ['conflict', { do: 'wait' }],
    ['rolling back', { do: 'roll back', why: 'alarm' }],
    ['rolled back', { do: 'nothing' }],
    ['rollback failed', { do: 'nothing' }],
    ['done', { do: 'nothing' }],
  ] as const)('%s: %j', (phase, next) => {
    expect(pending(at(phase))).toEqual(next);
  });

  test('law: no order of events makes it raise to a stage whose predecessor did not pass', () => {
    const events = fc.array(fc.constantFrom(...Object.keys(EVENTS)), { maxLength: 30 });
    fc.assert(
      fc.property(events, (names) => {
        // As the runner appends them: raises only where they are due.
        const passed = new Set<number>();
        let state = begin(STARTED);
        for (const name of names) {
          const next = pending(state);
          if (name.startsWith('rais')) {
            if (next.do !== 'raise') continue;
            if (next.stage > 0) expect(passed.has(next.stage - 1)).toBe(true);
            state = after(state, {
              type: name === 'raising' ? 'raising' : 'raised',
              stage: next.stage,
              weights: next.to,
            });
          } else if (name.startsWith('passed')) {
            if (next.do !== 'bake') continue;
            passed.add(next.stage);
            state = after(state, { type: 'passed', stage: next.stage, counts, gates: [] });
          } else if (name !== 'done' || next.do === 'finish') state = after(state, event(name));
        }
        if (state.phase === 'done') expect([...passed].sort()).toEqual([0, 1]);
      }),
    );
  });

  test('only a shift that is done or rolled back may be followed by another one', () => {
    expect(PHASES.filter(isFinished)).toEqual(['rolled back', 'done']);
  });
});

describe('for people', () => {
  test.each([
    ['planned', 'stage 1 of 2, raising to 5 %'],
    ['baking', 'stage 1 of 2, baking at 5 %'],
    ['soaking', 'stage 2 of 2, soaking at 100 %'],
    ['held', 'stage 1 of 2, held by gates at 5 %'],
    ['conflict', 'stage 1 of 2, conflict'],
  ] as const)('%s is told as "%s"', (phase, text) => {
    expect(doing(at(phase))).toBe(text);
  });

  test('the weights of a stage that does not exist are those without the new slot', () => {
    expect(weightsOfStage(at('planned').start, 9)).toEqual(allOn('blue'));
  });
});
