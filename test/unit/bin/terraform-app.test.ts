import { spawnSync } from 'node:child_process';
import {
  cpSync,
  existsSync,
  mkdtempSync,
  readFileSync,
  readdirSync,
  realpathSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TerraformJson } from '../cdktf/synth';

const ROOT = join(__dirname, '../../..');
const APP = join(ROOT, 'dist/bin/terraform-app.js');
const EXAMPLE = join(ROOT, 'examples/terraform/dual-cluster.yaml');

/** The app as cdktf or a person runs it: in the project's folder; no AWS, no Terraform. */
function runApp(folder: string, environment: Record<string, string> = {}) {
  const { KONG_DUAL_CLUSTER_SETTINGS: _, AWS_REGION: __, AWS_DEFAULT_REGION: ___, ...inherited } = process.env;
  return spawnSync(process.execPath, [APP], {
    cwd: folder,
    encoding: 'utf8',
    env: { ...inherited, PATH: '', ...environment },
  });
}

describe('the Terraform app', () => {
  let folder: string;
  beforeEach(() => (folder = realpathSync(mkdtempSync(join(tmpdir(), 'kdc-terraform-app-')))));
  afterEach(() => rmSync(folder, { recursive: true }));

  const example = (change = (text: string) => text): void =>
    writeFileSync(join(folder, 'dual-cluster.yaml'), change(readFileSync(EXAMPLE, 'utf8')));
  const stacks = (out = 'cdktf.out') =>
    existsSync(join(folder, out)) ? readdirSync(join(folder, out, 'stacks')).sort() : [];
  const json = (stack: string) =>
    JSON.parse(readFileSync(join(folder, 'cdktf.out/stacks', stack, 'cdk.tf.json'), 'utf8')) as TerraformJson;

  test('given the example, then its stacks are written, each with a state beside the settings', () => {
    example();
    const { status, stderr } = runApp(folder);
    expect([status, stderr]).toEqual([0, '']);
    expect(stacks()).toEqual(['kong-blue', 'kong-edge']);
    expect(json('kong-edge').terraform.backend).toEqual({
      local: { path: join(folder, 'terraform.kong-edge.tfstate') },
    });
  });

  test('given the example, then the addresses of docs/terraform.md are there to move resources to', () => {
    example();
    runApp(folder);
    const named = readFileSync(join(ROOT, 'docs/terraform.md'), 'utf8').matchAll(/\baws_(\w+)\.(\w+_[0-9A-F]{8})\b/g);
    const addresses = [...named].map(([, type, name]) => [`aws_${type}`, name!] as const);
    expect(addresses).not.toEqual([]);
    for (const [type, name] of addresses) expect(json('kong-edge').resource![type]).toHaveProperty(name);
  });

  test('given a bucket in the settings, then the states are there', () => {
    example((text) => text.replace('terraform: {}', 'terraform: { state: { s3: { bucket: states } } }'));
    expect(runApp(folder, { AWS_REGION: 'eu-central-1' }).status).toBe(0);
    expect(json('kong-blue').terraform.backend).toMatchObject({
      s3: { bucket: 'states', region: 'eu-central-1', key: 'kong-dual-cluster/kong-blue.tfstate' },
    });
  });

  test('given another output folder, then the stacks are there', () => {
    example();
    expect(runApp(folder, { CDKTF_OUTDIR: join(folder, 'out') }).status).toBe(0);
    expect(stacks('out')).toEqual(['kong-blue', 'kong-edge']);
  });

  test('given a stack to be destroyed, then it alone may be', () => {
    example();
    expect(runApp(folder, { KONG_DUAL_CLUSTER_DESTROY: 'kong-blue' }).status).toBe(0);
    expect(JSON.stringify(json('kong-blue'))).not.toContain('"prevent_destroy":true');
    expect(JSON.stringify(json('kong-edge'))).toContain('"prevent_destroy":true');
  });

  test('given settings elsewhere, then they and the lock file beside them are read', () => {
    cpSync(join(ROOT, 'test/fixtures/states/4-green-only'), join(folder, 'state'), { recursive: true });
    const path = join(folder, 'state', 'dual-cluster.yaml');
    writeFileSync(path, `${readFileSync(path, 'utf8')}\nterraform: {}\n`);
    const { status, stderr } = runApp(folder, { KONG_DUAL_CLUSTER_SETTINGS: 'state/dual-cluster.yaml' });
    expect([status, stderr]).toEqual([0, '']);
    expect(stacks()).toEqual(['gateway-edge', 'gateway-green']);
    expect(json('gateway-green').terraform.backend).toEqual({
      local: { path: join(folder, 'state', 'terraform.gateway-green.tfstate') },
    });
  });

  test('given no settings, then it says what to do, with exit code 64 and no stack trace', () => {
    const { status, stderr } = runApp(folder);
    expect(status).toBe(64);
    expect(stderr).toContain('[SETTINGS_NOT_FOUND]');
    expect(stderr).not.toMatch(/^\s+at /m);
  });

  test('given settings without the key, then it says to add it, and writes nothing', () => {
    example((text) => text.replace('terraform: {}', ''));
    const { status, stderr } = runApp(folder);
    expect(status).toBe(8);
    expect(stderr).toContain('add `terraform: {}` to the settings');
    expect(stderr).toContain('[BACKEND_IS_CLOUDFORMATION]');
    expect(stacks()).toEqual([]);
  });

  test('given what is refused, then line and remedy are named, and nothing is written', () => {
    example((text) =>
      text.replace(
        '  blue:\n',
        "  green:\n    version: '3.4'\n    datastore:\n      snapshot: { id: none }\n  blue:\n",
      ),
    );
    const { status, stderr } = runApp(folder);
    expect(status).toBe(8);
    expect(stderr).toMatch(/dual-cluster\.yaml:\d+:\d+: slots\.green\.datastore\.snapshot/);
    expect(stderr).toContain('kong-dual-cluster snapshot --for green');
    expect(stacks()).toEqual([]);
  });
});
