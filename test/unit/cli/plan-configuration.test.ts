import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Context } from '../../../lib/cli/context';
import { planOf } from '../../../lib/cli/plan-print';
import { configurationFacts } from '../../../lib/cli/plan-configuration';
import { KongVersion } from '../../../lib/release/kong-version';

const VERSIONS = { from: '2.8', to: '3.4' };
const upgrade = { from: KongVersion.parse('2.8'), to: KongVersion.parse('3.4') };
const context = { progress: { step: () => undefined, end: () => undefined } } as unknown as Context;
let folder: string;
beforeEach(async () => (folder = await mkdtemp(join(tmpdir(), 'kong-dual-cluster-plan-'))));
afterEach(() => rm(folder, { recursive: true, force: true }));

async function found(plugins: string) {
  const file = join(folder, 'kong.yaml');
  await writeFile(file, `_format_version: "1.1"\nplugins:\n${plugins}`);
  return configurationFacts(context, file, upgrade);
}

describe('a plan that knows the configuration', () => {
  test('names the runtime state that is there, and its steps only', async () => {
    const known = await found('- name: oauth2\n  config: { scopes: [a] }\n');
    expect(known).toEqual({
      runtimeState: { oauth2: true, sessions: false, acme: false, keyAuthTtl: false, clusterRateLimits: false },
    });
    const ids = planOf(VERSIONS, {}, '2026-11-21', known).runbook.map(({ id }) => id);
    expect(ids).toContain('runtime-oauth2');
    expect(ids).not.toContain('runtime-acme');
    expect(ids).not.toContain('runtime-state-look');
  });

  test('without runtime state has no step and no warning of it', async () => {
    const { runbook, warnings } = planOf(VERSIONS, {}, '2026-11-21', await found('- name: cors\n'));
    expect(runbook.filter(({ id }) => id.startsWith('runtime-'))).toEqual([]);
    expect(warnings.map(({ code }) => code)).not.toContain('RUNTIME_STATE_OF_TWO_DATABASES');
  });

  test('knows of plugins that Kong does not bring', async () => {
    expect(await found('- name: mine\n')).toMatchObject({ customPlugins: true });
  });
});
