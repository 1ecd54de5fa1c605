import { spawnSync } from 'node:child_process';
import { cpSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const ROOT = join(__dirname, '../../..');
const APP = join(ROOT, 'dist/bin/app.js');

/** The app as `cdk` runs it: in the user's folder, with an output folder and the account that the credentials mean. */
function runApp(folder: string, environment: Record<string, string> = {}) {
  const { KONG_DUAL_CLUSTER_SETTINGS: _, ...inherited } = process.env;
  return spawnSync(process.execPath, [APP], {
    cwd: folder,
    encoding: 'utf8',
    env: {
      ...inherited,
      CDK_OUTDIR: join(folder, 'cdk.out'),
      CDK_DEFAULT_ACCOUNT: '000000000000',
      CDK_DEFAULT_REGION: 'us-east-1',
      ...environment,
    },
  });
}

describe('the CDK app', () => {
  let folder: string;
  beforeEach(() => (folder = mkdtempSync(join(tmpdir(), 'kdc-app-'))));
  afterEach(() => rmSync(folder, { recursive: true }));

  const example = (change = (text: string) => text): void =>
    writeFileSync(
      join(folder, 'dual-cluster.yaml'),
      change(readFileSync(join(ROOT, 'examples/dual-cluster.yaml'), 'utf8')),
    );

  test('given no settings, then it says what to do, with exit code 64 and no stack trace', () => {
    const { status, stderr } = runApp(folder);
    expect(status).toBe(64);
    expect(stderr).toContain('the settings cannot be read, found: dual-cluster.yaml: ENOENT');
    expect(stderr).toContain('[SETTINGS_NOT_FOUND]');
    expect(stderr).not.toMatch(/^\s+at /m);
  });

  test('given a wrong key, then file and line are named', () => {
    example((text) => text.replace('live: blue', 'live: blue\nlvie: blue'));
    const { status, stderr } = runApp(folder);
    expect(status).toBe(64);
    expect(stderr).toMatch(/dual-cluster\.yaml:\d+:1: lvie: .*did you mean live\?/);
  });

  test('given `${…}` in the settings, then the template holds it as text', () => {
    example((text) =>
      text.replace('  blue:\n', "  blue:\n    environment: { KONG_NGINX_HTTP_LOG_FORMAT: 'x ${host}' }\n"),
    );
    expect(runApp(folder).status).toBe(0);
    const template = readFileSync(join(folder, 'cdk.out/kong-blue.template.json'), 'utf8');
    expect(template).toContain('"Value": "x ${host}"');
  });

  test('given what is refused, then line, value found and remedy are named with exit code 8, and no template is written', () => {
    example((text) =>
      text.replace(
        '  blue:\n',
        "  green:\n    version: '3.4'\n    datastore:\n      snapshot: { id: none }\n  blue:\n",
      ),
    );
    const { status, stderr } = runApp(folder);
    expect(status).toBe(8);
    expect(stderr).toMatch(
      /dual-cluster\.yaml:\d+:\d+: slots\.green\.datastore\.snapshot\.id: the lock file names no snapshot for green, found: none/,
    );
    expect(stderr).toContain('kong-dual-cluster snapshot --for green');
    expect(existsSync(join(folder, 'cdk.out', 'kong-green.template.json'))).toBe(false);
  });

  test('given settings of a system that Terraform deploys, then it refuses before it makes everything twice', () => {
    example((text) => `${text}\nterraform: {}\n`);
    const { status, stderr } = runApp(folder);
    expect(status).toBe(8);
    expect(stderr).toContain('[BACKEND_IS_TERRAFORM]');
    expect(existsSync(join(folder, 'cdk.out', 'kong-edge.template.json'))).toBe(false);
  });

  test('given a broken lock file, then nothing is made', () => {
    example();
    writeFileSync(join(folder, 'dual-cluster.lock.json'), '{');
    const { status, stderr } = runApp(folder);
    expect(status).toBe(1);
    expect(stderr).toContain('[LOCK_INVALID]');
  });

  test('given the example, then its stacks are for the account of the credentials, and nothing is to be looked up', () => {
    example();
    const { status, stderr } = runApp(folder);
    expect([status, stderr]).toEqual([0, '']);
    const manifest = JSON.parse(readFileSync(join(folder, 'cdk.out/manifest.json'), 'utf8')) as {
      missing?: unknown;
      artifacts: Record<string, { type: string; environment?: string }>;
    };
    const stacks = Object.entries(manifest.artifacts).filter(([, { type }]) => type === 'aws:cloudformation:stack');
    expect(stacks.map(([name, { environment }]) => [name, environment]).sort()).toEqual([
      ['kong-blue', 'aws://000000000000/us-east-1'],
      ['kong-edge', 'aws://000000000000/us-east-1'],
    ]);
    expect(manifest.missing).toBeUndefined();
  });

  test.each([
    ['KONG_DUAL_CLUSTER_SETTINGS', { KONG_DUAL_CLUSTER_SETTINGS: 'state/dual-cluster.yaml' }],
    ['--context settings=FILE', { CDK_CONTEXT_JSON: '{"settings":"state/dual-cluster.yaml"}' }],
  ])('given settings named by %s, then they and the lock file beside them are read', (_, environment) => {
    cpSync(join(ROOT, 'test/fixtures/states/4-green-only'), join(folder, 'state'), { recursive: true });
    const { status, stderr } = runApp(folder, environment);
    expect([status, stderr]).toEqual([0, '']);
    expect(existsSync(join(folder, 'cdk.out/gateway-green.template.json'))).toBe(true);
  });
});
