import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import type { TerraformJson } from '../cdktf/synth';

const ROOT = join(__dirname, '../../..');

test('given cdktf.json of the example, then the app that it names is the one that the package brings', () => {
  const path = join(ROOT, 'examples/terraform/cdktf.json');
  const { app } = JSON.parse(readFileSync(path, 'utf8')) as { app: string };
  const [, script] = /^node (.*)$/.exec(app)!;
  expect(existsSync(resolve(dirname(path), script!))).toBe(true);
  const { bin } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8')) as { bin: Record<string, string> };
  expect(resolve(dirname(path), script!)).toBe(join(ROOT, bin['kong-dual-cluster-terraform-app']!));
});

/** `npm run build` compiles the example against the public API: its imports are the package's own names. */
describe('the constructs in a Terraform configuration of somebody else', () => {
  const folder = mkdtempSync(join(tmpdir(), 'kdc-terraform-example-'));
  const json = (stack: string) =>
    JSON.parse(readFileSync(join(folder, 'stacks', stack, 'cdk.tf.json'), 'utf8')) as TerraformJson;
  const run = (environment: Record<string, string> = {}) => {
    const { status, stderr } = spawnSync(process.execPath, [join(ROOT, 'dist/examples/terraform/main.js')], {
      encoding: 'utf8',
      env: { ...process.env, CDKTF_OUTDIR: folder, ...environment },
    });
    expect([status, stderr]).toEqual([0, '']);
  };
  beforeAll(() => run());
  afterAll(() => rmSync(folder, { recursive: true }));

  test("the edge stands in the owner's network and makes none", () => {
    expect(json('gateway-edge').resource).not.toHaveProperty('aws_vpc');
    const groups = Object.values(json('gateway-edge').resource!.aws_lb_target_group!);
    expect(new Set(groups.map(({ vpc_id }) => vpc_id))).toEqual(new Set(['vpc-0a1b2c3d']));
  });

  test("the owner's alarm watches the nodes", () => {
    const alarms = Object.values(json('gateway-blue').resource!.aws_cloudwatch_metric_alarm!);
    expect(alarms.map(({ alarm_name }) => alarm_name)).toEqual(['gateway-blue-busy']);
    expect(JSON.stringify(alarms)).toMatch(/"ServiceName":"\$\{aws_ecs_service\./);
  });

  test('each state is an object of its own in the bucket', () => {
    const keys = ['gateway-edge', 'gateway-blue'].map(
      (stack) => (json(stack).terraform.backend as { s3: { key: string } }).s3.key,
    );
    expect(keys).toEqual(['gateway-edge.tfstate', 'gateway-blue.tfstate']);
  });

  test('what teardown asks for is obeyed: one stack may be destroyed', () => {
    run({ KONG_DUAL_CLUSTER_DESTROY: 'gateway-blue' });
    expect(JSON.stringify(json('gateway-blue'))).not.toContain('"prevent_destroy":true');
    expect(JSON.stringify(json('gateway-edge'))).toContain('"prevent_destroy":true');
  });
});
