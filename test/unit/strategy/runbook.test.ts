import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { load } from 'js-yaml';
import { settingsOf } from '../../../lib/settings';
import { upgradePlan } from '../../../lib/strategy/plan';
import type { SituationInput } from '../../../lib/strategy/situation';
import type { RunbookStep } from '../../../lib/strategy/upgrade-plan';
import { AS_OF, from } from './situations';

const runbook = (input: SituationInput): readonly RunbookStep[] => upgradePlan(input, { asOf: AS_OF }).runbook;
const ids = (input: SituationInput): string[] => runbook(input).map(({ id }) => id);
const step = (input: SituationInput, id: string): RunbookStep => runbook(input).find((found) => found.id === id)!;
const inOrder = (input: SituationInput, ...wanted: string[]): void => {
  expect(ids(input).filter((id) => wanted.includes(id))).toEqual(wanted);
};
const noReturn = (input: SituationInput): string | undefined =>
  runbook(input).find(({ pointOfNoReturn }) => pointOfNoReturn)?.id;

describe('traditional, by this project', () => {
  const input = from('2.8', '3.4');

  test('walks in the order of docs/runbook.md', () =>
    inOrder(
      input,
      'doctor',
      'freeze',
      'backup-database',
      'deploy-green',
      'look-at-green',
      'plan-shift',
      'shift',
      'soak',
      'teardown',
      'unfreeze',
      'commit-settings',
    ));

  test('has the commands of the schedule in docs/runbook.md, in its order', () => {
    const page = readFileSync(join(__dirname, '..', '..', '..', 'docs', 'runbook.md'), 'utf8');
    const schedule = page.slice(page.indexOf('### The schedule'), page.indexOf('### If you stop in the middle'));
    const verbs = [...schedule.matchAll(/^\| \d+ \|[^|]*\|[^|]*\|([^|]*)\|/gm)]
      .map(
        ([, cell]) =>
          /^[^`]*`(?:npx )?((?:freeze|snapshot|cdk deploy|shift start|teardown|unfreeze)[^`]*)`/.exec(cell!)?.[1],
      )
      .filter((verb) => verb !== undefined)
      .map((verb) => /^(cdk deploy|shift start|\w+)/.exec(verb)![1]!);
    expect(verbs).toEqual(['freeze', 'snapshot', 'cdk deploy', 'shift start', 'teardown', 'unfreeze']);
    const lines = runbook(input)
      .filter(({ phase }) => phase !== 'before')
      .flatMap(({ commands }) => commands);
    const places = verbs.map((verb) =>
      lines.findIndex((line) => line.startsWith(`kong-dual-cluster ${verb}`) || line.startsWith(`npx ${verb}`)),
    );
    expect(places).not.toContain(-1);
    expect(places).toEqual([...places].sort((a, b) => a - b));
  });

  test.each([from('2.8', '3.4'), from('2.8.4.14', '3.4.3.12', { pluginsAdded: ['oauth2'] })])(
    'writes lines of the green slot that the settings take (%#)',
    (situation) => {
      const text = step(situation, 'deploy-green')
        .files![0]!.content.replace('$COUNT', '2')
        .replace('$CPU', '1024')
        .replace('$MEMORY_MIB', '2048')
        .replace('$LICENCE_SECRET_ARN', 'arn:aws:secretsmanager:eu-central-1:111122223333:secret:licence-AbCdEf');
      const { slots } = load(text) as { slots: { green: object } };
      const blue = { version: '2.8', size: { count: 2 }, datastore: { new: {} } };
      const settings = settingsOf({
        name: 'kong',
        live: 'blue',
        network: { create: {} },
        slots: { blue, green: slots.green },
      } as Parameters<typeof settingsOf>[0]);
      expect(settings.slots.green).toMatchObject({
        version: situation.to.toString(),
        datastore: { snapshot: { id: '$SNAPSHOT' } },
      });
    },
  );

  test('is this project’s only where its settings take it: not on EKS, not hybrid', () => {
    expect(ids(input)).toContain('deploy-green');
    for (const other of [
      from('2.8', '3.4', { platform: 'eks' }),
      from('2.8.4.14', '3.10', { platform: 'eks' }),
      from('2.8', '3.4', { mode: 'hybrid' }),
    ]) {
      expect(ids(other)).not.toContain('deploy-green');
      expect(upgradePlan(other, { asOf: AS_OF }).warnings.map(({ code }) => code)).toContain('DONE_BY_HAND');
    }
  });

  test('writes the lines of the green slot with the edition and a licence by reference', () => {
    const lines = step(from('2.8.4.14', '3.4.3.12'), 'deploy-green').files![0]!.content;
    expect(lines).toContain("version: '3.4.3.12'");
    expect(lines).toContain('edition: enterprise');
    expect(lines).toContain('KONG_LICENSE_DATA: { secretArn: $LICENCE_SECRET_ARN }');
  });

  test('on EC2 adopts by what cannot be read there, and takes the word for clean migrations', () => {
    const ec2 = { ...input, platform: 'ec2' as const };
    expect(step(ec2, 'adopt').commands[0]).toMatch(/--kong-version 2\.8 --nodes/);
    expect(step(ec2, 'backup-database').commands[0]).toBe(
      'kong-dual-cluster snapshot --for green --migrations-are-clean',
    );
  });
});

describe('the point of no return', () => {
  test.each<[string, SituationInput, string]>([
    ['dual-cluster: the teardown, before writes', from('2.8', '3.4'), 'teardown'],
    ['several hops: the teardown too', from('2.8.4.14', '3.10'), 'teardown'],
    ['by hand: the removal of the old cluster', from('2.8', '3.4', { platform: 'eks' }), 'remove-old'],
    ['in place: the first `up`', from('2.8', '3.4', { spareCapacity: false, downtimeAllowed: true }), 'migrate-to-3-4'],
    [
      'in place over two hops: still the first `up`',
      from('2.8.4.14', '3.10', { spareCapacity: false, downtimeAllowed: true }),
      'migrate-to-3-4',
    ],
    ['shared database: `finish`', from('3.4.1', '3.4.2', { sharedDatabase: true }), 'migrations-finish'],
    [
      'shared database by Helm: the job of the last release',
      from('3.4.1', '3.4.2', { sharedDatabase: true, platform: 'eks', helm: { releaseNames: ['a', 'b'] } }),
      'migrate-to-3-4-2-last',
    ],
    ['rolling: the removal of the old nodes', from('2.8', '3.4', { mode: 'db-less' }), 'remove-old'],
    ['hybrid: the removal of the old planes', from('2.8', '3.4', { mode: 'hybrid' }), 'remove-old'],
    [
      'hybrid in place: `up` of the control plane',
      from('2.8', '3.4', { mode: 'hybrid', spareCapacity: false }),
      'migrate-to-3-4',
    ],
    ['new keyspace: the removal of the old nodes', from('2.1', '2.8', { datastore: 'cassandra' }), 'remove-old'],
    ['a plugin added: its migrations', from('3.4.2', '3.4.2', { pluginsAdded: ['oauth2'] }), 'migrate-added-plugins'],
  ])('of %s', (_, input, id) => expect(noReturn(input)).toBe(id));
});

describe('several hops', () => {
  const input = from('2.8.4.14', '3.10');

  test('are stops of one deployment on one copy, in order, and one shift', () => {
    inOrder(input, 'backup-database', 'deploy-green', 'migrate-to-3-4', 'migrate-to-3-10', 'shift');
    expect(step(input, 'deploy-green').files![0]!.content).toMatch(
      /version: '3\.10'\n {4}edition: enterprise\n {4}stops: .*\n {6}- \{ version: '3\.4', edition: enterprise, image: kong\/kong-gateway:3\.4\.\S+ \}\n/,
    );
    expect(upgradePlan(input, { asOf: AS_OF }).warnings.map(({ code }) => code)).not.toContain('DONE_BY_HAND');
  });

  test('make a change of edition a stop of its own', () => {
    const content = step(from('2.8.5', '3.4', { toEdition: 'enterprise' }), 'deploy-green').files![0]!.content;
    expect(content).toContain("- { version: '2.8', edition: enterprise, image: kong/kong-gateway:2.8.");
  });

  test('by hand: run each stop’s own image on the copy, in order, and start the last one only', () => {
    const hybrid = from('2.8.4.14', '3.10', { mode: 'hybrid' });
    inOrder(hybrid, 'restore-copy', 'migrate-to-3-4', 'migrate-to-3-10');
    expect(step(hybrid, 'migrate-to-3-4').commands).toEqual(
      ['up', 'finish', 'list'].map((verb) =>
        expect.stringMatching(
          new RegExp(`--env-file copy.env kong/kong-gateway:3\\.4\\.\\S+ kong migrations ${verb}$`),
        ),
      ),
    );
  });

  test('hand what one check writes to the next', () => {
    expect(step(input, 'check-kong-conf').commands).toEqual([
      'kong-dual-cluster check kong-conf $KONG_CONF --from 2.8.4.14 --to 3.4 --write kong-3.4.conf',
      'kong-dual-cluster check kong-conf kong-3.4.conf --from 3.4 --to 3.10 --write kong-3.10.conf',
    ]);
  });

  test('name the decK of each hop, and Kong’s own check before 3.14', () => {
    expect(step(input, 'check-tool-versions').expected).toMatch(/1\.47.*1\.51/);
    expect(ids(input)).not.toContain('check-lts-3-10-3-14');
    const next = from('3.10.0.11', '3.14');
    expect(step(next, 'check-lts-3-10-3-14').commands).toEqual(['kong check --lts-314-compatibility $KONG_CONF']);
    expect(step(next, 'check-tool-versions').expected).toContain('1.57.3');
  });

  test('migrate the files of the Dev Portal by hand from 1.5 to 2.1', () => {
    expect(step(from('1.5', '2.1', { edition: 'enterprise' }), 'dev-portal').title).toMatch(/by hand to 2\.1/);
    expect(ids(from('2.1', '2.8'))).not.toContain('dev-portal');
  });
});

describe('hybrid', () => {
  const input = from('2.8', '3.4', { mode: 'hybrid', customPlugins: true });

  test('upgrades the control plane before the data planes, each with its plugins first', () =>
    inOrder(
      input,
      'cluster-certificate',
      'plugins-on-control-plane',
      'restore-copy',
      'migrate-to-3-4',
      'start-control-plane',
      'plugins-on-data-planes',
      'start-data-planes',
      'look-at-data-planes',
      'divert',
      'remove-old',
      'allow-writes',
    ));

  test('says what was recorded: sync_status is normal for a data plane that refused everything', () =>
    expect(step(input, 'look-at-data-planes').why).toMatch(/sync_status `normal`/));

  test('keeps the old control plane serving from its data planes where it is upgraded in place', () => {
    const inPlace = { ...input, spareCapacity: false };
    inOrder(inPlace, 'stop-old-nodes', 'migrate-to-3-4', 'start-control-plane', 'start-data-planes', 'divert');
    expect(step(inPlace, 'stop-old-nodes').expected).toMatch(/requests are answered as before/);
  });

  test('runs jobs for the release of the control plane only, and gives the new planes a certificate of their own', () => {
    const eks = from('2.8', '3.4', { mode: 'hybrid', platform: 'eks', helm: { releaseNames: ['cp', 'dp'] } });
    expect(step(eks, 'migrate-to-3-4').commands).toEqual([
      expect.stringMatching(/^helm upgrade cp-green .* -f values-copy.yaml -f values-cluster.yaml -f values-3-4.yaml/),
    ]);
    expect(step(eks, 'start-data-planes').commands).toEqual([
      expect.stringMatching(/^helm install dp-green .* -f values-cluster.yaml -f values-new-control-plane.yaml/),
    ]);
    expect(
      step(eks, 'start-data-planes')
        .files!.map(({ content }) => content)
        .join(),
    ).toContain('cluster_control_plane: cp-green-kong-cluster.kong.svc.cluster.local:8005');
  });
});

describe('Kubernetes', () => {
  test('upgrades the chart with the Kong that runs, then Kong with the chart that is there', () => {
    const input = from('2.8', '3.4', {
      platform: 'eks',
      spareCapacity: false,
      downtimeAllowed: true,
      helm: { chartNow: '2.20.0', chartNew: '2.26.0' },
    });
    expect(step(input, 'helm-chart').commands.at(-1)).toBe(
      'helm upgrade kong kong/kong --version 2.26.0 -n kong -f values.yaml -f values-now.yaml --wait --timeout 30m',
    );
    expect(step(input, 'helm-chart').files![0]!.content).toContain("tag: '2.8'");
    expect(step(input, 'migrate-to-3-4').commands).toEqual([
      'helm upgrade kong kong/kong --version 2.26.0 -n kong -f values.yaml -f values-3-4.yaml --wait --timeout 30m',
    ]);
    expect(step(input, 'migrate-to-3-4').files![0]!.content).toBe("image:\n  repository: kong\n  tag: '3.4.2'\n");
  });

  test('lets the first of split releases run `up`, the last `finish`, the others neither', () => {
    const input = from('2.8', '3.4', {
      platform: 'eks',
      spareCapacity: false,
      downtimeAllowed: true,
      helm: { releaseNames: ['a', 'b', 'c', 'd'] },
    });
    const files = (id: string) => step(input, id).files!.find(({ name }) => name.startsWith('migrations-'))!;
    expect(files('migrate-to-3-4').content).toBe('migrations:\n  preUpgrade: true\n  postUpgrade: false\n');
    expect(files('migrate-to-3-4-middle').content).toBe('migrations:\n  preUpgrade: false\n  postUpgrade: false\n');
    expect(files('migrate-to-3-4-last').content).toBe('migrations:\n  preUpgrade: false\n  postUpgrade: true\n');
    expect(step(input, 'migrate-to-3-4-middle').commands).toHaveLength(2);
    expect(step(input, 'migrate-to-3-4-last').commands[0]).toMatch(/^helm upgrade d .* -f migrations-last.yaml/);
  });

  test('names the controllers of each version, and says where no table names one', () => {
    const controller = { platform: 'eks' as const, helm: { ingressController: true } };
    expect(step(from('2.8', '3.4', controller), 'check-tool-versions').expected).toMatch(
      /Kong 2\.8: Kong Ingress Controller 2\.12; Kong 3\.4: .*2\.12/,
    );
    expect(step(from('3.10', '3.14', controller), 'check-tool-versions').expected).toMatch(/Kong 3\.14: no table/);
  });
});

describe('runtime state', () => {
  const none = { oauth2: false, sessions: false, acme: false, keyAuthTtl: false, clusterRateLimits: false };
  const runtime = (input: SituationInput) => ids(input).filter((id) => id.startsWith('runtime-'));

  test('is not spoken of where it was looked for and not found', () => {
    expect(runtime(from('2.8', '3.4', { runtimeState: none }))).toEqual([]);
    expect(
      upgradePlan(from('2.8', '3.4', { runtimeState: none }), { asOf: AS_OF }).warnings.map(({ code }) => code),
    ).not.toContain('RUNTIME_STATE_OF_TWO_DATABASES');
  });

  test('is spoken of by what was found', () =>
    expect(runtime(from('2.8', '3.4', { runtimeState: { ...none, acme: true } }))).toEqual([
      'runtime-acme',
      'runtime-top-up',
      'runtime-issuing-routes',
      'runtime-remove-rules',
    ]));

  test('is no matter with one database, or none', () => {
    expect(runtime(from('3.4.1', '3.4.2', { sharedDatabase: true }))).toEqual([]);
    expect(runtime(from('2.8', '3.4', { mode: 'db-less' }))).toEqual([]);
  });

  test('is topped up by columns that both versions have, past files', () => {
    const [oauth2, acme] = step(from('2.8', '3.4'), 'runtime-top-up').commands;
    expect(oauth2).toMatch(/FROM oauth2_tokens\) TO STDOUT.*\| psql .*ON CONFLICT DO NOTHING/);
    expect(oauth2).not.toContain('plugin_id');
    expect(acme).toContain('acme_storage');
  });
});

describe('the way back', () => {
  test('after migrations is a fresh database, never `--clean` over the migrated one', () => {
    const { commands, why } = step(from('2.8.4.14', '3.10'), 'rollback-restore');
    expect(commands.join('\n')).not.toContain('--clean');
    expect(why).toMatch(/Never `pg_restore --clean`/);
    expect(commands.slice(-3).map((line) => line.split(' ').slice(0, 3).join(' '))).toEqual([
      'deck gateway ping',
      'deck gateway validate',
      'deck gateway sync',
    ]);
  });

  test('names files that decK has written: one a workspace with Enterprise, where it takes no name', () => {
    expect(step(from('2.8.4.14', '3.4'), 'backup-declarative').commands[1]).toBe(
      '(mkdir -p kong-backup && cd kong-backup && deck gateway dump --kong-addr $ADMIN_URL --all-workspaces --yes)',
    );
    expect(step(from('2.8.5', '3.4'), 'backup-declarative').commands[1]).toBe(
      'deck gateway dump --kong-addr $ADMIN_URL -o kong-backup.yaml --yes',
    );
  });
});

describe('traditional, deployed by Terraform', () => {
  const steps = runbook({ ...from('2.8', '3.4'), terraform: {} });

  test('then every deployment is Terraform’s', () => {
    const text = JSON.stringify(steps);
    expect(text).not.toContain('npx cdk ');
    expect(text).toContain('terraform -chdir=cdktf.out/stacks/kong-green apply');
    expect(text).toContain('KONG_DUAL_CLUSTER_DESTROY=kong-green');
  });

  test('then stickiness is not left to an apply, which does not touch the rule', () => {
    const { expected } = steps.find(({ id }) => id === 'runtime-sessions')!;
    expect(expected).toContain('by hand');
    expect(expected).not.toContain('edge.stickinessSeconds');
  });

  test('then nothing else of the runbook differs', () => {
    expect(steps.map(({ id }) => id)).toEqual(ids(from('2.8', '3.4')));
  });
});
