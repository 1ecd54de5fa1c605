import { spawnSync } from 'node:child_process';

const version = spawnSync('terraform', ['version', '-json'], { encoding: 'utf8' });
const found = version.status === 0 ? (JSON.parse(version.stdout) as { terraform_version: string }) : undefined;

/** The tests of a real `terraform`; where there is none they are skipped, in words. */
export const describeWithTerraform = found
  ? describe
  : (name: string, tests: () => void) => describe.skip(`${name} (skipped: no terraform on this machine)`, tests);

/** @returns what it wrote to its standard output @throws with what it wrote when it fails */
export function terraform(folder: string, ...args: string[]): string {
  const { TF_CLI_CONFIG_FILE: _, ...env } = process.env;
  const result = spawnSync('terraform', args, {
    cwd: folder,
    encoding: 'utf8',
    maxBuffer: 1 << 27,
    env: { ...env, TF_IN_AUTOMATION: '1', CHECKPOINT_DISABLE: '1' },
  });
  if (result.error) throw result.error;
  if (result.status !== 0) throw new Error(`terraform ${args.join(' ')}\n${result.stdout}\n${result.stderr}`);
  return result.stdout;
}
