import { cpSync, mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Terraform } from '../../../local/terraform/terraform';
import { SETTINGS, synthSettings } from './synth-settings';
import { describeWithTerraform } from './terraform';

type Json = { resource: Record<string, Record<string, Record<string, unknown>>> };

describeWithTerraform('given the real terraform and the schema of the real AWS provider', () => {
  let terraform: Terraform;
  let folder: string;

  beforeAll(async () => {
    terraform = await Terraform.start();
    folder = mkdtempSync(join(tmpdir(), 'kdc-validate-'));
    for (const [name, settings] of Object.entries(SETTINGS)) synthSettings(settings, folder, { prefix: `${name}.` });
  }, 240_000);
  afterAll(async () => {
    await terraform?.stop();
    if (folder) rmSync(folder, { recursive: true, force: true });
  });

  test('when the example and every state of an upgrade are synthesised, then every stack is valid', async () => {
    const stacks = readdirSync(folder);
    expect(stacks.length).toBeGreaterThan(10);
    const found: Record<string, readonly string[]> = {};
    for (const stack of stacks) found[stack] = await terraform.validate(join(folder, stack));
    expect(found).toEqual(Object.fromEntries(stacks.map((stack) => [stack, []])));
  }, 240_000);

  describe('when a valid stack is changed', () => {
    const changed = async (change: (json: Json) => void): Promise<string> => {
      const json = JSON.parse(readFileSync(join(folder, 'example.kong-edge', 'cdk.tf.json'), 'utf8')) as Json;
      change(json);
      const copy = mkdtempSync(join(folder, 'changed-'));
      cpSync(join(folder, 'example.kong-edge'), copy, { recursive: true });
      writeFileSync(join(copy, 'cdk.tf.json'), JSON.stringify(json));
      return (await terraform.validate(copy)).join('\n');
    };
    const first = (json: Json, type: string): Record<string, unknown> => Object.values(json.resource[type] ?? {})[0]!;

    test.each<[string, (json: Json) => void, RegExp]>([
      [
        'an attribute that the provider does not have',
        (json) => (first(json, 'aws_lb_target_group')['drain'] = 5),
        /No argument or block type is named "drain"/,
      ],
      [
        'a value of another type',
        (json) => (first(json, 'aws_lb_listener_rule')['priority'] = 'first'),
        /attribute "priority": a number is required/,
      ],
      [
        'a required attribute left out',
        (json) => delete first(json, 'aws_lb_listener')['load_balancer_arn'],
        /"load_balancer_arn" is required/,
      ],
      [
        'what only the provider gives, set',
        (json) => (first(json, 'aws_vpc')['main_route_table_id'] = 'rtb-1'),
        /Can't configure a value for "main_route_table_id"/,
      ],
      [
        'a block that may stand once, twice',
        (json) => (first(json, 'aws_lb_target_group')['health_check'] = [{}, {}]),
        /health_check/,
      ],
      [
        'a type that does not exist',
        (json) => (json.resource['aws_load_balancer'] = { x: {} }),
        /does not support resource type "aws_load_balancer"/,
      ],
      [
        'a reference to an attribute that does not exist',
        (json) => {
          const [name] = Object.keys(json.resource['aws_vpc'] ?? {});
          json.resource['terraform_data'] = { x: { input: `\${aws_vpc.${name}.vpc_id}` } };
        },
        /has no argument, nested block, or exported attribute named "vpc_id"/,
      ],
    ])('%s is refused', async (_name, change, word) => {
      expect(await changed(change)).toMatch(word);
    });
  });
});
