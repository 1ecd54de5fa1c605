import { checkKongConf } from '../../../lib/compatibility/kong-conf';
import { KongVersion } from '../../../lib/release/kong-version';
import { upgradePlan } from '../../../lib/strategy/plan';
import type { SituationInput } from '../../../lib/strategy/situation';
import { AS_OF, from } from './situations';

const WAYS: readonly (readonly [string, string, Partial<SituationInput>])[] = [
  ['0.36', '3.15', {}],
  ['2.6', '3.4', {}],
  ['2.8', '3.4', {}],
  ['2.8', '3.10', { edition: 'enterprise' }],
  ['2.8', '3.4', { mode: 'db-less' }],
  ['2.8', '3.15', { mode: 'db-less' }],
  ['3.0', '3.9', {}],
  ['3.14', '3.15', {}],
];

describe.each(WAYS)('the check commands that %s → %s prints', (start, target, more) => {
  const commands = upgradePlan(from(start, target, more), { asOf: AS_OF }).runbook.flatMap((step) => step.commands);
  const checks = commands.filter((line) => line.startsWith('kong-dual-cluster check '));

  test('read what is there: a file of yours, or one that a command before has written', () => {
    const written = new Set(['kong-now.yaml', 'kong-now/$WORKSPACE.yaml']);
    for (const line of checks) {
      const [, , , input] = line.split(' ');
      const conf = / --kong-conf (\S+)/.exec(line)?.[1];
      for (const file of [input!, conf].filter((name) => name !== undefined)) {
        if (!/^(\$|--)/.test(file) || file.startsWith('$WORKSPACE')) expect([...written]).toContain(file);
      }
      const out = / --write (\S+)/.exec(line)?.[1];
      if (out === undefined) continue;
      expect([line, written.has(out)]).toEqual([line, line.endsWith(' --force')]);
      written.add(out);
    }
  });

  test('of kong.conf are for versions whose parameters are known', () => {
    for (const line of checks.filter((check) => check.includes(' kong-conf '))) {
      const [, before, after] = /--from (\S+) --to (\S+)/.exec(line)!;
      const upgrade = { from: KongVersion.parse(before!), to: KongVersion.parse(after!) };
      const check = { conf: undefined, environment: [], upgrade, keepBehaviour: false };
      expect(() => checkKongConf(check)).not.toThrow();
    }
  });
});

test('a hop without lists of parameters is said to be one', () => {
  const step = upgradePlan(from('3.14', '3.15'), { asOf: AS_OF }).runbook.find(({ id }) => id === 'check-kong-conf')!;
  expect(step.commands).toEqual([]);
  expect(step.why).toContain('Of 3.14 → 3.15 no lists of parameters are known here');
  expect(step.check).toContain('kong check $KONG_CONF');
});
