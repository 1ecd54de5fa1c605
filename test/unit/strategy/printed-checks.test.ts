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

describe('who does it at night finds', () => {
  const stepOf = (id: string, more: Partial<SituationInput>) =>
    upgradePlan(from('2.8.4.14', '3.4', more), { asOf: AS_OF }).runbook.find((step) => step.id === id)!;

  test('the token that every line needs where RBAC is on', () => {
    expect(stepOf('check-tool-versions', {}).check).toContain('DECK_HEADERS=Kong-Admin-Token:$KONG_ADMIN_TOKEN');
    expect(stepOf('check-tool-versions', { mode: 'db-less' }).check).not.toContain('RBAC');
  });

  test('a cluster key of their own, not of root: Kong writes it with mode 600', () => {
    expect(stepOf('cluster-certificate', { mode: 'hybrid' }).commands[0]).toContain('--user $(id -u):$(id -g)');
  });

  test('the releases of Helm by name, in the step and in its check', () => {
    const eks = { platform: 'eks', helm: { releases: 'split' } } as const;
    for (const id of ['helm-install-green', 'helm-chart', 'migrate-to-3-4']) {
      const { check, undo } = stepOf(id, eks);
      expect(`${check} ${undo}`).not.toMatch(/\$(RELEASE|NAMESPACE)/);
    }
    expect(stepOf('migrate-to-3-4', eks).check).toContain('deploy/kong-admin-green-kong');
    expect(stepOf('helm-chart', eks).undo).toContain('helm rollback kong-proxy-green -n kong');
  });

  test('what the names in the commands are', () => {
    expect(stepOf('read-path', {}).why).toContain('set them in the shell');
  });

  test('all renames that wait for the end, also those of later hops', () => {
    const command = (start: string, target: string) =>
      upgradePlan(from(start, target), { asOf: AS_OF }).runbook.find(({ id }) => id === 'rename-old-fields')
        ?.commands[0];
    expect(command('2.8.4.14', '3.10')).toMatch(/--from 2.8 --to 3.10$/);
    expect(command('3.4.3.12', '3.10')).toMatch(/--from 3.4 --to 3.10$/);
    expect(command('3.2', '3.5')).toBeUndefined();
    expect(command('3.10', '3.14')).toBeUndefined();
  });

  test('the edition of the versions in every check', () => {
    const { commands, why } = stepOf('check-kong-conf', {});
    expect(commands).toEqual([
      'kong-dual-cluster check kong-conf $KONG_CONF --from 2.8.4.14 --to 3.4 --write kong-3.4.conf',
    ]);
    expect(why).toContain('--env-file task.json --from 2.8.4.14 --to 3.4');
    expect(stepOf('check-declarative', {}).commands.at(-1)).toContain('--from 2.8.4.14 --to 3.4 ');
    const patch = upgradePlan(from('3.4.3.12', '3.4'), { asOf: AS_OF }).runbook.find(
      ({ id }) => id === 'check-kong-conf',
    );
    expect(patch?.commands[0]).toMatch(/--from 3\.4\.3\.12 --to 3\.4\.3\.\d+ /);
    expect(stepOf('check-custom-plugins', { customPlugins: true }).commands[0]).toContain('--from 2.8.4.14 --to 3.4');
  });

  test('Enterprise where the keyring shows it', () => {
    const { runbook, warnings } = upgradePlan(from('2.8', '3.4', { keyring: true }), { asOf: AS_OF });
    expect(runbook.map(({ id }) => id)).toEqual(expect.arrayContaining(['backup-keyring', 'backup-licence']));
    expect(warnings.map(({ code }) => code)).not.toContain('EDITION_ASSUMED');
  });
});
