import { AwsProvider } from '@cdktf/provider-aws/lib/provider';
import { App, TerraformStack } from 'cdktf';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

export type Block = Readonly<Record<string, unknown>>;
export type Blocks = Readonly<Record<string, Readonly<Record<string, Block>>>>;

/** `cdk.tf.json` as Terraform reads it. */
export interface TerraformJson {
  readonly terraform: Block;
  readonly provider?: Block;
  readonly resource?: Blocks;
  readonly data?: Blocks;
  readonly ephemeral?: Blocks;
  readonly output?: Readonly<Record<string, Block>>;
  readonly locals?: Block;
}

/** Writes one stack as an app does, without asking for a `terraform` on this machine, and reads its `cdk.tf.json` back. */
export function synth(build: (stack: TerraformStack) => void, stackName = 'kong-edge'): TerraformJson {
  const outdir = mkdtempSync(join(tmpdir(), 'kong-dual-cluster-cdktf-'));
  try {
    const app = new App({ outdir, skipValidation: true, stackTraces: false });
    const stack = new TerraformStack(app, stackName);
    new AwsProvider(stack, 'Aws', { region: 'eu-central-1' });
    build(stack);
    app.synth();
    return JSON.parse(readFileSync(join(outdir, 'stacks', stackName, 'cdk.tf.json'), 'utf8')) as TerraformJson;
  } finally {
    rmSync(outdir, { recursive: true });
  }
}

/** The resources of a type, without the metadata that cdktf adds. */
export const resources = (json: TerraformJson, type: string): Block[] => blocks(json.resource, type);
export const dataSources = (json: TerraformJson, type: string): Block[] => blocks(json.data, type);

const blocks = (all: Blocks | undefined, type: string): Block[] =>
  Object.values(all?.[type] ?? {}).map((block) =>
    Object.fromEntries(Object.entries(block).filter(([name]) => name !== '//')),
  );

/** The one resource of a type; more or fewer are a mistake of the test. */
export function resource(json: TerraformJson, type: string): Block {
  const all = resources(json, type);
  if (all.length !== 1) throw new Error(`${all.length} of ${type}`);
  return all[0]!;
}
