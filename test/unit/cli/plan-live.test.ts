import { freezeText } from '../../../lib/cli/plan-live';
import { TrafficPlan } from '../../../lib/traffic/plan';

const NOW = Date.parse('2026-11-21T20:30:00Z');
const told = (freeze: Parameters<typeof freezeText>[0], mode: 'freeze' | 'dualApply' = 'freeze') =>
  freezeText(freeze, mode, TrafficPlan.standard(), NOW);
const FROZEN = {
  frozen: true,
  by: 'ann',
  since: '2026-11-21T18:00:00Z',
  until: '2026-11-22T06:00:00Z',
  overdue: false,
};

describe('the hours of the freeze in a plan', () => {
  test('how long it has lasted, by whom, until when, and what the shift needs', () => {
    expect(told(FROZEN)).toBe('frozen for 2h30m by ann, announced until 2026-11-22T06:00:00Z; the shift needs 1h more');
  });
  test('an end that has passed: the command that moves it on', () => {
    expect(told({ ...FROZEN, overdue: true })).toContain('which has passed: kong-dual-cluster freeze --for TIME');
  });
  test('not frozen: the command, for the hours of the plan and one to spare', () => {
    expect(told({ frozen: false, overdue: false })).toBe(
      'not frozen; the shift needs 1h more: kong-dual-cluster freeze --for 2h',
    );
  });
  test('frozen by hand, without a word of who and when', () => {
    expect(told({ frozen: true, overdue: false })).toBe('frozen by somebody; the shift needs 1h more');
  });
  test('dual apply freezes nothing', () => {
    expect(told({ frozen: false, overdue: false }, 'dualApply')).toContain(
      'dual apply: you make every change on both slots',
    );
  });
});
