import pc from 'picocolors';
import type { Status } from '../../../lib/cli/shift-looked';
import { isOver } from '../../../lib/cli/shift-status';
import { statusText } from '../../../lib/cli/shift-status-text';
import { allOn } from '../../../lib/traffic/weights';

const NOW = Date.parse('2026-11-21T20:40:00.000Z');
const nodes = (slot: 'blue' | 'green') => ({ slot, healthy: 2, registered: 2 });
const shift = (phase: 'baking' | 'rolled back'): Status['shift'] => ({
  run: 'run',
  from: 'blue',
  to: 'green',
  phase,
  stage: 1,
  stages: 4,
  share: 0.05,
  startedAt: '',
  changedAt: '',
  account: '',
  region: '',
  stackIds: {},
  weightsBefore: allOn('blue'),
  host: 'one',
  journal: '',
});
const HELD: Status = {
  weights: [allOn('blue')],
  live: 'blue',
  adminApi: null,
  capacity: { blue: nodes('blue'), green: nodes('green') },
  lock: {
    run: 'run',
    command: 'shift start',
    host: 'one',
    pid: 4711,
    by: 'arn',
    since: '',
    doing: 'stage 1 of 4, baking at 5 %',
    beat: NOW - 1500,
    fence: 1,
  },
  shift: shift('baking'),
  stages: [],
  alarms: [],
  view: null,
  journal: null,
};
const text = (dead: boolean): string =>
  statusText({ ...HELD, lockHolderIsDead: dead }, NOW, 300, pc.createColors(false));

test('given the process that holds the lock is dead, nobody is told of its last sign of life two seconds ago', () => {
  expect(text(true)).toContain('shift start held it and is dead (process 4711 of this machine');
  expect(text(true)).toContain('NOBODY WATCHES THE ALARMS: kong-dual-cluster shift resume, or shift abort');
  expect(text(true)).not.toContain('sign of life');
  expect(text(false)).toContain('last sign of life 2s ago');
});

describe('watching', () => {
  test('given the lock was taken away a moment ago, it waits for what abort says it did', () => {
    expect(isOver({ shift: shift('baking') }, 1)).toBe(false);
    expect(isOver({ shift: shift('rolled back') }, 1)).toBe(true);
  });
  test('given nobody holds the lock for longer, or there was no shift, it ends', () => {
    expect(isOver({ shift: shift('baking') }, 4)).toBe(true);
    expect(isOver({ shift: null }, 0)).toBe(true);
  });
});
