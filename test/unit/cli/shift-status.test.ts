import pc from 'picocolors';
import type { Status } from '../../../lib/cli/shift-looked';
import { statusText } from '../../../lib/cli/shift-status-text';
import { allOn, weightsFor } from '../../../lib/traffic/weights';

const NOW = Date.parse('2026-11-21T20:40:00.000Z');
const nodes = (slot: 'blue' | 'green') => ({ slot, healthy: 2, registered: 3 });
const QUIET: Status = {
  weights: [allOn('blue')],
  live: 'blue',
  adminApi: allOn('blue'),
  capacity: { blue: nodes('blue'), green: nodes('green') },
  lock: null,
  shift: null,
  stages: [],
  alarms: [],
  view: null,
  journal: null,
};
const SHIFT = {
  run: '20261121T203000Z-1',
  from: 'blue',
  to: 'green',
  phase: 'baking',
  stage: 2,
  stages: 3,
  share: 0.25,
  startedAt: '',
  changedAt: '',
  account: '111122223333',
  region: 'eu-central-1',
  stackIds: {},
  weightsBefore: allOn('blue'),
  host: 'one',
  journal: 'run.ndjson',
} as const;
const LOCK = {
  run: SHIFT.run,
  command: 'shift start',
  host: 'one',
  pid: 4711,
  by: 'arn',
  since: '',
  doing: 'stage 2 of 3, baking at 25 %',
  beat: NOW - 1500,
  fence: 1,
};
const text = (changes: Partial<Status> = {}): string =>
  statusText({ ...QUIET, ...changes }, NOW, 300, pc.createColors(false));

describe('status for people', () => {
  test('a rule that cannot be read does not hide who runs what', () => {
    const told = text({
      weights: [],
      live: null,
      adminApi: null,
      unreadable: 'a weighted rule is gone: arn',
      shift: SHIFT,
      lock: LOCK,
    });
    expect(told).toContain('traffic   unknown, a weighted rule is gone: arn');
    expect(told).toContain('shift     blue → green, baking, stage 2 of 3');
    expect(told).toContain('lock      shift start on one');
    expect(told).not.toContain('NaN');
  });

  test('with nothing under way', () => {
    expect(text()).toBe(
      [
        `traffic   ${'█'.repeat(30)}  blue 100 %, green 0 %`,
        '          live: blue',
        'Admin API blue',
        'nodes     blue 2 healthy of 3, green 2 healthy of 3',
        'shift     none yet',
        'lock      free',
      ].join('\n'),
    );
  });

  test('of a running shift whose journal is elsewhere: what its record says and where the journal is, its alarms, who holds the lock and when it was heard of', () => {
    const shown = text({
      weights: [weightsFor(0.25, 'green'), weightsFor(0.25, 'green')],
      shift: SHIFT,
      lock: LOCK,
      journal: 'it is on one: run.ndjson; with shift.journal: s3://BUCKET every machine reads it',
      alarms: [
        { name: 'a', state: 'OK' },
        { name: 'b', state: 'ALARM' },
      ],
    });
    expect(shown).toContain('the same in 2 rules');
    expect(shown).toContain(
      'shift     blue → green, baking, stage 2 of 3 (25 % on green), run 20261121T203000Z-1 on one',
    );
    expect(shown).toContain('journal   it is on one: run.ndjson; with shift.journal');
    expect(shown).toContain('1 OK, 1 ALARM (b)');
    expect(shown).toContain('shift start on one, process 4711: stage 2 of 3, baking at 25 %; last sign of life 2s ago');
  });

  test('of a shift that nobody runs: both commands that end that', () => {
    expect(text({ shift: SHIFT })).toContain('nobody runs this shift: kong-dual-cluster shift resume, or shift abort');
    expect(text({ shift: { ...SHIFT, phase: 'done' } })).not.toContain('nobody runs');
  });

  test('of rules that disagree: all the weights there are, and the way back', () => {
    expect(text({ weights: [allOn('blue'), weightsFor(0.05, 'green')], live: null })).toContain(
      'the rules disagree: blue 100, green 0 | blue 95, green 5; kong-dual-cluster shift abort puts them back',
    );
  });

  test('a holder whose clock is ahead was heard of 0s ago, not in the future', () => {
    expect(text({ lock: { ...LOCK, beat: NOW + 60_000 } })).toContain('last sign of life 0s ago');
  });
});
