import { upgradePlan } from '../../../lib/strategy/plan';
import { from } from './situations';

const TODAY = '2026-11-21';
const codes = (...input: Parameters<typeof from>) =>
  upgradePlan(from(...input), { asOf: TODAY }).warnings.map(({ code }) => code);

test('holds what the JSON of `plan` promises', () => {
  const plan = upgradePlan(from('2.8', '3.4'), { asOf: TODAY });
  expect(plan).toMatchObject({
    from: '2.8',
    to: '3.4',
    asOf: TODAY,
    hops: [{ from: '2.8', to: '3.4', kind: 'lts-to-lts' }],
    strategy: { name: 'dual-cluster', why: expect.any(String) },
  });
  for (const step of plan.runbook) {
    expect(Object.keys(step)).toEqual(
      expect.arrayContaining(['id', 'title', 'commands', 'check', 'undo', 'pointOfNoReturn']),
    );
  }
  expect(JSON.parse(JSON.stringify(plan)).runbook).toHaveLength(plan.runbook.length);
});

test('judges support by the day that it is given, and nothing else by it', () => {
  const then = upgradePlan(from('2.8', '3.4'), { asOf: '2024-01-01' });
  const now = upgradePlan(from('2.8', '3.4'), { asOf: new Date(`${TODAY}T08:00:00Z`) });
  expect(now.asOf).toBe(TODAY);
  expect(now.runbook).toEqual(then.runbook);
  expect(now.warnings).not.toEqual(then.warnings);
});

test('takes 2.6 → 3.4 over 2.8', () =>
  expect(upgradePlan(from('2.6', '3.4'), { asOf: TODAY }).hops.map(({ to }) => to)).toEqual(['2.8', '3.4']));

describe('warns', () => {
  test('of the edition that it assumes, and not where a version says it', () => {
    expect(codes('2.8', '3.4')).toContain('EDITION_ASSUMED');
    expect(codes('2.8.5', '3.4')).not.toContain('EDITION_ASSUMED');
    expect(codes('2.8', '3.4', { edition: 'enterprise' })).not.toContain('EDITION_ASSUMED');
  });

  test('that Enterprise is known from documents', () => {
    expect(codes('2.8.4.14', '3.4')).toContain('ENTERPRISE_FROM_DOCUMENTS');
    expect(codes('2.8.5', '3.4')).not.toContain('ENTERPRISE_FROM_DOCUMENTS');
  });

  test('of downtime in place, of nothing like it for a control plane', () => {
    expect(codes('2.8', '3.4', { spareCapacity: false, downtimeAllowed: true })).toContain('IN_PLACE_DOWNTIME');
    expect(codes('2.8', '3.4', { spareCapacity: false, mode: 'hybrid' })).not.toContain('IN_PLACE_DOWNTIME');
  });

  test('of a shared database although Kong allows it', () =>
    expect(codes('3.4.1', '3.4.2', { sharedDatabase: true })).toContain('SHARED_DATABASE_ADVISED_AGAINST'));

  test('says no code twice', () => {
    for (const all of [codes('2.8', '3.10'), codes('1.5', '3.4', { mode: 'hybrid' }), codes('2.8.5', '3.10')]) {
      expect(new Set(all).size).toBe(all.length);
    }
  });
});

test('with the target edition a minor means its Enterprise patch', () => {
  const plan = upgradePlan(from('2.8.5', '3.4', { toEdition: 'enterprise' }), { asOf: TODAY });
  expect(plan.to).toBe('3.4');
  expect(plan.hops.at(-1)!.version).toMatch(/^3\.4\.\d+\.\d+$/);
});
