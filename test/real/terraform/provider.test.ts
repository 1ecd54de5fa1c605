import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { findTerraform } from '../../../local/terraform/terraform';
import { SETTINGS, synthSettings } from './synth-settings';

const CACHE = join(__dirname, '../../../node_modules/.cache/kong-dual-cluster/terraform-providers');
const folder = mkdtempSync(join(tmpdir(), 'kdc-provider-'));

/** One try, because the provider is some hundred megabytes; kept for the next run. */
function provider(): { readonly missing: string } | undefined {
  const program = findTerraform();
  if (process.env.KDC_REAL_PROVIDER !== '1') return { missing: 'npm run test:provider asks the registry for it' };
  if (program === undefined) return { missing: 'there is no terraform on PATH' };
  synthSettings(SETTINGS.example!, folder);
  const stack = join(folder, readdirSync(folder)[0]!);
  mkdirSync(CACHE, { recursive: true });
  const init = run(program, stack, 'init', '-backend=false', '-input=false', '-no-color');
  if (init.status === 0) return undefined;
  const reason = /could not connect[^\n]*|Could not retrieve[^\n]*|Error: [^\n]*/.exec(init.stderr ?? '')?.[0];
  return { missing: init.signal ? 'the registry took longer than 3 minutes' : (reason ?? 'terraform init failed') };
}

const run = (program: string, stack: string, ...args: string[]) =>
  spawnSync(program, args, {
    cwd: stack,
    encoding: 'utf8',
    timeout: 180_000,
    env: { ...process.env, TF_PLUGIN_CACHE_DIR: CACHE, TF_IN_AUTOMATION: '1', CHECKPOINT_DISABLE: '1' },
  });

const unreachable = provider();
afterAll(() => rmSync(folder, { recursive: true, force: true }));

if (unreachable !== undefined) {
  test.skip(`terraform validate with the real AWS provider: ${unreachable.missing}`, () => undefined);
} else {
  const program = findTerraform()!;
  describe('given the real AWS provider, when the example and every state of an upgrade are synthesised', () => {
    test.each(Object.entries(SETTINGS))(
      'every stack of %s is valid',
      (name, settings) => {
        synthSettings(settings, folder, { prefix: `${name}.` });
        for (const stack of readdirSync(folder).filter((entry) => entry.startsWith(`${name}.`))) {
          const path = join(folder, stack);
          expect(run(program, path, 'init', '-backend=false', '-input=false', '-no-color').status).toBe(0);
          const validate = run(program, path, 'validate', '-json');
          const { diagnostics } = JSON.parse(validate.stdout) as { diagnostics: unknown[] };
          expect({ stack, diagnostics }).toEqual({ stack, diagnostics: [] });
        }
      },
      600_000,
    );
  });
}
