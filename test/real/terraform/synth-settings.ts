import { spawnSync } from 'node:child_process';
import { cpSync, existsSync, mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const ROOT = join(__dirname, '../../..');
const STATES = join(ROOT, 'test/fixtures/states');

/** Settings that Terraform deploys: the example, and every state of an upgrade. */
export const SETTINGS: Readonly<Record<string, string>> = {
  example: join(ROOT, 'examples/terraform'),
  ...Object.fromEntries(readdirSync(STATES).map((name) => [name, join(STATES, name)])),
};

/**
 * The app as a person runs it, in a folder of its own; its stacks come into `into`, each in a folder.
 * @throws with what the app said when it refuses
 */
export function synthSettings(
  settings: string,
  into: string,
  { prefix = '', region = 'eu-central-1', app = 'terraform-app' } = {},
): void {
  const folder = mkdtempSync(join(tmpdir(), 'kdc-synth-'));
  try {
    for (const file of ['dual-cluster.yaml', 'dual-cluster.lock.json']) {
      if (existsSync(join(settings, file))) cpSync(join(settings, file), join(folder, file));
    }
    const yaml = join(folder, 'dual-cluster.yaml');
    const text = readFileSync(yaml, 'utf8');
    if (!/^terraform:/m.test(text)) writeFileSync(yaml, `${text}\nterraform: {}\n`);
    const { KONG_DUAL_CLUSTER_SETTINGS: _, ...inherited } = process.env;
    const ran = spawnSync(process.execPath, [join(ROOT, 'dist/bin', `${app}.js`)], {
      cwd: folder,
      encoding: 'utf8',
      env: { ...inherited, AWS_REGION: region, CDKTF_OUTDIR: join(folder, 'out') },
    });
    if (ran.status !== 0) throw new Error(ran.stderr);
    for (const name of readdirSync(join(folder, 'out/stacks'))) {
      cpSync(join(folder, 'out/stacks', name), join(into, `${prefix}${name}`), { recursive: true });
    }
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
