import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, readdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { SETTINGS, synthSettings } from './synth-settings';

const ROOT = join(__dirname, '../../..');
const PACKAGES = {
  cdktf: { core: 'cdktf', provider: '@cdktf/provider-aws' },
  cdktn: { core: 'cdktn', provider: '@cdktn/provider-aws' },
} as const;
type Backend = keyof typeof PACKAGES;

/** An app of somebody's own: the constructs, a stack of theirs beside them, a reference from one to the other. */
const app = (backend: Backend) => `
import { SsmParameter } from '${PACKAGES[backend].provider}/lib/ssm-parameter';
import { App, TerraformOutput } from '${PACKAGES[backend].core}';
import { makeStacks } from 'kong-dual-cluster/${backend}';
import { EMPTY_LOCK, settingsOf } from 'kong-dual-cluster/settings';
import { systemSpec } from 'kong-dual-cluster';

const settings = settingsOf({
  name: 'kong',
  region: 'eu-central-1',
  terraform: {},
  live: 'blue',
  network: { create: {} },
  edge: { testerHeader: {} },
  slots: {
    blue: { version: '2.8', datastore: { new: { engineVersion: '15.18' } } },
    green: { version: '3.4', datastore: { new: { engineVersion: '15.18' } }, environment: { KONG_PROMPT: '\${USER} %{x}' } },
  },
});
const app = new App({ skipValidation: true });
const { edge } = makeStacks(app, systemSpec(settings, EMPTY_LOCK), { state: { folder: '/states' } });
new SsmParameter(edge, 'Mine', { name: 'mine', type: 'String', insecureValue: edge.edge.loadBalancerDnsName });
new TerraformOutput(edge, 'MineOutput', { value: edge.edge.vpcId });
app.synth();
`;

/** The example's own, with the names replaced in the three places that it names. */
const example = (backend: Backend) =>
  readFileSync(join(ROOT, 'examples/terraform/main.ts'), 'utf8')
    .replaceAll("'@cdktf/provider-aws/", `'${PACKAGES[backend].provider}/`)
    .replaceAll("from 'cdktf'", `from '${PACKAGES[backend].core}'`)
    .replaceAll("'kong-dual-cluster/cdktf'", `'kong-dual-cluster/${backend}'`);

/** Without what the two write of themselves: metadata, and which version of the provider they were made from. */
function meaning(stack: string): unknown {
  const json = JSON.parse(readFileSync(join(stack, 'cdk.tf.json'), 'utf8')) as { terraform: object };
  const { required_providers: _, ...terraform } = json.terraform as Record<string, unknown>;
  return JSON.parse(JSON.stringify({ ...json, terraform }, (key, value) => (key === '//' ? undefined : value)));
}

const STACKS = ['gateway-blue', 'gateway-edge', 'kong-blue', 'kong-edge', 'kong-green'];

describe("given apps of one's own, when they are written for cdktf and for cdktn", () => {
  let folder: string;
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'kdc-cdktn-'));
    for (const backend of Object.keys(PACKAGES) as Backend[]) {
      const home = join(folder, backend);
      mkdirSync(join(home, 'node_modules'), { recursive: true });
      // The package as npm would put it there, its peers beside it.
      symlinkSync(ROOT, join(home, 'node_modules', 'kong-dual-cluster'));
      for (const name of readdirSync(join(ROOT, 'node_modules')).filter((entry) =>
        /^(@?cdkt[fn]|constructs|@types)$/.test(entry),
      ))
        symlinkSync(join(ROOT, 'node_modules', name), join(home, 'node_modules', name));
      writeFileSync(join(home, 'own.ts'), app(backend));
      writeFileSync(join(home, 'example.ts'), example(backend));
    }
  });
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  const run = (backend: Backend, ...args: string[]) => {
    const result = spawnSync(process.execPath, args, {
      cwd: join(folder, backend),
      encoding: 'utf8',
      env: { ...process.env, CDKTF_OUTDIR: 'out' },
    });
    if (result.status !== 0) throw new Error(`${args.join(' ')}\n${result.stdout}\n${result.stderr}`);
  };

  test.each(Object.keys(PACKAGES) as Backend[])(
    'they compile with %s and write their stacks',
    (backend) => {
      const options = ['--module', 'node16', '--target', 'es2023', '--strict', '--skipLibCheck', '--types', 'node'];
      run(backend, join(ROOT, 'node_modules/typescript/bin/tsc'), ...options, 'own.ts', 'example.ts');
      run(backend, 'own.js');
      run(backend, 'example.js');
      expect(readdirSync(join(folder, backend, 'out/stacks')).sort()).toEqual(STACKS);
    },
    180_000,
  );

  test.each(STACKS)('%s means the same from both', (stack) => {
    const [one, other] = (Object.keys(PACKAGES) as Backend[]).map((backend) =>
      meaning(join(folder, backend, 'out/stacks', stack)),
    );
    expect(Object.keys((one as { resource: object }).resource).length).toBeGreaterThan(5);
    expect(other).toEqual(one);
  });
});

describe('given the settings of an upgrade, when the app of each writes them', () => {
  let folder: string;
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'kdc-cdktn-app-'));
    const settings = SETTINGS['2-blue-and-green']!;
    synthSettings(settings, folder, { prefix: 'cdktf.' });
    synthSettings(settings, folder, { prefix: 'cdktn.', app: 'cdktn-app' });
  }, 60_000);
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  test.each(['gateway-edge', 'gateway-blue', 'gateway-green'])('%s means the same from both', (stack) => {
    const [one, other] = Object.keys(PACKAGES).map((backend) => meaning(join(folder, `${backend}.${stack}`)));
    const withoutPath = (json: unknown) => JSON.stringify(json).replace(/"path":"[^"]*\.tfstate"/, '');
    expect(withoutPath(other)).toBe(withoutPath(one));
  });
});
