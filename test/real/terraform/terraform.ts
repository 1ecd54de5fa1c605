import { spawnSync } from 'node:child_process';
import { findTerraform } from '../../../local/terraform/terraform';

const program = findTerraform();

/** The tests of a real `terraform`; where there is none they are skipped, in words. */
export const describeWithTerraform = program
  ? describe
  : (name: string, tests: () => void) => describe.skip(`${name} (skipped: there is no terraform on PATH)`, tests);

/**
 * Runs `terraform` for a configuration that needs no provider.
 * @returns what it wrote to its standard output
 * @throws with what it wrote when it fails
 */
export function terraform(folder: string, ...args: string[]): string {
  const { TF_CLI_CONFIG_FILE: _, ...env } = process.env;
  const result = spawnSync(program!, args, {
    cwd: folder,
    encoding: 'utf8',
    maxBuffer: 1 << 27,
    env: { ...env, TF_IN_AUTOMATION: '1', CHECKPOINT_DISABLE: '1' },
  });
  if (result.error) throw result.error;
  if (result.status !== 0) throw new Error(`terraform ${args.join(' ')}\n${result.stdout}\n${result.stderr}`);
  return result.stdout;
}
