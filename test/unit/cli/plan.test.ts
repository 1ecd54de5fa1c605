import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Command } from 'commander';
import type { Context, Pages } from '../../../lib/cli/context';
import { runPlan } from '../../../lib/cli/plan';
import { planOf, type PlanFlags } from '../../../lib/cli/plan-print';
import { addPlanCommand } from '../../../lib/cli/plan-command';
import { runLivePlan, versionsOfSettings } from '../../../lib/cli/plan-live';
import type { PlanDocument } from '../../../lib/render/plan-document';

const DAY = '2026-11-21';
const plan = (flags: PlanFlags = {}, from = '2.8', to = '3.4'): PlanDocument => planOf({ from, to }, flags, DAY);
let folder: string;
beforeEach(async () => (folder = await mkdtemp(join(tmpdir(), 'kong-dual-cluster-plan-'))));
afterEach(() => rm(folder, { recursive: true, force: true }));

/** A context whose settings name these slots. */
async function settings(slots: string): Promise<Context> {
  const settingsPath = join(folder, 'dual-cluster.yaml');
  await writeFile(
    settingsPath,
    `name: kong\nlive: blue\nnetwork: { create: { cidr: 10.20.0.0/16 } }\nslots:\n${slots}`,
  );
  return { settingsPath } as unknown as Context;
}
const slot = (name: string, version: string): string =>
  `  ${name}:\n    version: '${version}'\n    datastore: { new: { engineVersion: '15.18' } }\n`;

describe('the plan of two versions', () => {
  test('is one document with at least what the JSON promises', () => {
    const { from, to, asOf, hops, strategy, runbook, warnings, shift } = plan();
    expect({ from, to, asOf, shift }).toEqual({ from: '2.8', to: '3.4', asOf: DAY, shift: undefined });
    expect(hops.map(({ from: a, to: b, kind }) => [a, b, kind])).toEqual([['2.8', '3.4', 'lts-to-lts']]);
    expect(strategy).toMatchObject({ name: 'dual-cluster', why: expect.any(String) });
    for (const step of runbook) {
      expect(step).toMatchObject({
        id: expect.stringMatching(/^[a-z0-9.-]+$/),
        title: expect.any(String),
        commands: expect.any(Array),
        check: expect.any(String),
        undo: expect.any(String),
        pointOfNoReturn: expect.any(Boolean),
      });
    }
    for (const warning of warnings) expect(warning.code).toMatch(/^[A-Z][A-Z_0-9]+$/);
  });

  test('is judged by the day that it is given', () => {
    const codes = (asOf: string): string[] => plan({ asOf }).warnings.map(({ code }) => code);
    expect(codes('2026-08-31')).not.toEqual(codes('2026-09-01'));
  });

  test('what is no version is a usage error: exit 64', () => {
    expect(() => plan({}, 'latest')).toThrow(expect.objectContaining({ code: 'VERSION_INVALID', exitCode: 64 }));
  });

  test('a downgrade is refused: exit 8', () => {
    expect(() => plan({}, '3.4', '2.8')).toThrow(expect.objectContaining({ exitCode: 8 }));
  });
});

describe('what does not go together is a usage error', () => {
  const usage = expect.objectContaining({ code: 'COMMAND_LINE', exitCode: 64 });

  test('a version of one edition with an option for the other', () => {
    expect(() => plan({ edition: 'enterprise' }, '2.8.5')).toThrow(usage);
    expect(() => plan({ edition: 'oss' }, '2.8.4.14')).toThrow(usage);
    expect(() => plan({ toEdition: 'enterprise' }, '2.8', '3.4.2')).toThrow(usage);
    expect(() => plan({ edition: 'oss', toEdition: 'enterprise' }, '2.8.5', '3.4.3.12')).not.toThrow();
  });

  test('options of the shift with a version', async () => {
    const given = { from: '2.8', to: '3.4', minRequests: 5, acceptThawed: true };
    const run = runPlan({} as Context, given);
    await expect(run).rejects.toMatchObject({ code: 'COMMAND_LINE', found: '--min-requests --accept-thawed' });
  });

  test.each(['', 'y;rm -rf /', '$(x)', 'a b', '-f', 'a,b'])('%j as the name of a plugin', (name) => {
    const program = new Command().exitOverride().configureOutput({ writeErr: () => undefined });
    const ran: unknown[] = [];
    const run =
      () =>
      async (...given: unknown[]): Promise<void> =>
        void ran.push(given);
    addPlanCommand(program, run, () => '');
    expect(() => program.parse(['plan', `--plugin=${name}`], { from: 'user' })).toThrow(/name of a plugin/);
    expect(ran).toEqual([]);
    program.parse(['plan', '--plugin=acme', '--plugin', 'my_plugin-2'], { from: 'user' });
    expect(ran).toHaveLength(1);
  });
});

describe('what the options change', () => {
  test.each<[PlanFlags, string, string, string]>([
    [{}, '2.8', '3.4', 'dual-cluster'],
    [{ spareCapacity: false, downtimeAllowed: true }, '2.8', '3.4', 'in-place'],
    [{ mode: 'db-less' }, '2.8', '3.4', 'rolling'],
    [{ sharedDatabase: true }, '3.4', '3.5', 'shared-database'],
    [{ datastore: 'cassandra' }, '2.7', '2.8', 'new-keyspace'],
    [{ fresh: true }, '2.8', '3.4', 'fresh-datastore'],
  ])('%j: %s → %s by %s', (flags, from, to, name) => {
    expect(plan(flags, from, to).strategy.name).toBe(name);
  });

  test('--helm means EKS, and its lines are in the runbook', () => {
    const commands = plan({ helm: 'split' }).runbook.flatMap((step) => step.commands);
    expect(commands.join('\n')).toContain('helm upgrade');
  });

  test('--plugin names the plugins in KONG_PLUGINS', () => {
    const told = JSON.stringify(plan({ plugin: ['my-auth'] }).runbook);
    expect(told).toContain('my-auth');
    expect(told).toContain('KONG_PLUGINS');
  });
});

describe('versions of the settings', () => {
  const BOTH = slot('blue', '2.8') + slot('green', '3.4');

  test('--to alone: from the live slot', async () => {
    expect(await versionsOfSettings(await settings(BOTH), { to: '3.10' })).toEqual({ from: '2.8', to: '3.10' });
  });

  test('--from alone: to the other slot', async () => {
    expect(await versionsOfSettings(await settings(BOTH), { from: '2.7' })).toEqual({ from: '2.7', to: '3.4' });
  });

  test('no settings: the way without them is named', async () => {
    const context = { settingsPath: join(folder, 'nosuch.yaml') } as unknown as Context;
    await expect(versionsOfSettings(context, { to: '3.4' })).rejects.toMatchObject({
      code: 'SETTINGS_NOT_FOUND',
      remedy: expect.stringMatching(/^for a plan without settings give both versions: kong-dual-cluster plan --from/),
    });
  });

  test('one slot only: the missing flag is named, exit 64', async () => {
    const context = await settings(slot('blue', '2.8'));
    const refused = {
      code: 'PLAN_VERSION_MISSING',
      found: 'blue, Kong 2.8',
      remedy: 'say the other version: kong-dual-cluster plan --from 2.8 --to VERSION',
      exitCode: 64,
    };
    await expect(versionsOfSettings(context, { from: '2.8' })).rejects.toMatchObject(refused);
    await expect(runLivePlan(context, {})).rejects.toMatchObject(refused);
  });
});

describe('the command', () => {
  test('prints one document, and the four forms are of it', async () => {
    const printed: unknown[] = [];
    const context = { colors: false, print: (...given: unknown[]) => printed.push(...given) } as unknown as Context;
    expect(await runPlan(context, { from: '2.8', to: '3.4', asOf: DAY })).toBe(0);
    const [text, json, { markdown, html }] = printed as [() => string, PlanDocument, Pages];
    expect(json).toEqual(plan());
    for (const form of [text(), markdown(), html()]) expect(form).toContain('Kong 2.8 → 3.4');
  });
});
