import { App } from 'cdktf';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { systemSpec } from '../../../lib/blueprint/system';
import { makeStacks, type SystemStacksProps } from '../../../lib/cdktf/stacks';
import { BLUE, GREEN, lockOf, settingsOf } from '../blueprint/settings-of';
import type { TerraformJson } from './synth';

const SPEC = systemSpec(settingsOf({ slots: { blue: BLUE, green: GREEN } }), lockOf('green'));

/** The three stacks as an app writes them. */
function written(props: SystemStacksProps = {}, spec = SPEC) {
  const outdir = mkdtempSync(join(folder, 'out-'));
  const app = new App({ outdir, skipValidation: true, stackTraces: false });
  makeStacks(app, spec, props);
  app.synth();
  const read = (path: string) => readFileSync(join(outdir, path), 'utf8');
  const text = (stack: string) => read(`stacks/${stack}/cdk.tf.json`);
  const json = (stack: string) => JSON.parse(text(stack)) as TerraformJson;
  const manifest = JSON.parse(read('manifest.json')) as { stacks: Record<string, { dependencies: string[] }> };
  return { json, manifest, text };
}
const folder = mkdtempSync(join(tmpdir(), 'kdc-stacks-'));
afterAll(() => rmSync(folder, { recursive: true }));

describe('given a system with two slots', () => {
  test('when its stacks are written, then each is one of its own, and the edge comes first', () => {
    const { manifest } = written();
    expect(Object.entries(manifest.stacks).map(([name, { dependencies }]) => [name, dependencies])).toEqual([
      ['kong-blue', ['kong-edge']],
      ['kong-edge', []],
      ['kong-green', ['kong-edge']],
    ]);
  });

  test('when one is read, then it reads no other state, but the edge’s parameters by name', () => {
    const { json, text } = written();
    for (const stack of ['kong-edge', 'kong-blue', 'kong-green'])
      expect(text(stack)).not.toContain('terraform_remote_state');
    const names = Object.values(json('kong-blue').data?.aws_ssm_parameter ?? {}).map(({ name }) => name);
    expect(names.length).toBeGreaterThan(0);
    expect(names.filter((name) => !String(name).startsWith('/kong-dual-cluster/kong-edge/'))).toEqual([]);
  });

  test('when green comes or goes, then what is written of the edge stays the same', () => {
    const alone = systemSpec(settingsOf({ slots: { blue: BLUE } }), lockOf('green'));
    expect(written({}, alone).text('kong-edge')).toBe(written().text('kong-edge'));
  });

  test('when account and region are known, then Terraform works nowhere else', () => {
    const spec = { ...SPEC, account: '123456789012', region: 'eu-central-1' };
    expect(written({}, spec).json('kong-blue').provider).toEqual({
      aws: [{ allowed_account_ids: ['123456789012'], region: 'eu-central-1' }],
    });
  });

  test('when they are not, then the credentials decide', () => {
    const { account: _, region: __, ...spec } = SPEC;
    expect(written({}, spec).json('kong-blue').provider).toEqual({ aws: [{}] });
  });

  test('when a Terraform is too old for ephemeral values, then it says so itself', () => {
    const { json } = written();
    for (const stack of ['kong-edge', 'kong-blue']) expect(json(stack).terraform.required_version).toMatch(/^>= 1\.11/);
  });
});

describe('given where states are kept', () => {
  test('when that is a bucket, then each has its own key in it and is locked by a file', () => {
    const s3 = { bucket: 'states', keyPrefix: 'gateway/eu/', kmsKeyId: 'key' };
    const { json } = written({ state: { s3 } }, { ...SPEC, region: 'eu-central-1' });
    expect(json('kong-blue').terraform.backend).toEqual({
      s3: {
        bucket: 'states',
        key: 'gateway/eu/kong-blue.tfstate',
        region: 'eu-central-1',
        encrypt: true,
        kms_key_id: 'key',
        use_lockfile: true,
      },
    });
    expect(json('kong-edge').terraform.backend).toMatchObject({ s3: { key: 'gateway/eu/kong-edge.tfstate' } });
  });

  test('when the bucket is in another region, then that is named', () => {
    const { json } = written({ state: { s3: { bucket: 'states', region: 'us-east-1' } } });
    expect(json('kong-blue').terraform.backend).toMatchObject({
      s3: { region: 'us-east-1', key: 'kong-dual-cluster/kong-blue.tfstate' },
    });
  });

  test('when that is a folder, then each is a file in it', () => {
    const { json } = written({ state: { folder: '/home/me/gateway' } });
    expect(json('kong-blue').terraform.backend).toEqual({
      local: { path: '/home/me/gateway/terraform.kong-blue.tfstate' },
    });
  });
});

describe('given a stack that is about to be destroyed', () => {
  test('when the stacks are written, then nothing in it is kept from that, and everything in the others is', () => {
    const { text } = written({ destroyable: 'kong-blue' });
    expect(text('kong-blue')).not.toContain('"prevent_destroy": true');
    expect(text('kong-green')).toContain('"prevent_destroy": true');
    expect(text('kong-edge')).toContain('"prevent_destroy": true');
  });

  test('when none is, then all of them are kept', () => {
    const { text } = written();
    for (const stack of ['kong-edge', 'kong-blue', 'kong-green'])
      expect(text(stack)).toContain('"prevent_destroy": true');
  });
});
