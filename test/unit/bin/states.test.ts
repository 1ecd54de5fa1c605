import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { App } from 'aws-cdk-lib';
import { FEATURE_FLAGS } from '../../../lib/aws-cdk/feature-flags';
import { makeStacks } from '../../../lib/aws-cdk/stacks';
import { refuse, refusals } from '../../../lib/blueprint/refusals';
import { systemSpec } from '../../../lib/blueprint/system';
import { loadSettingsFile } from '../../../lib/settings/load';
import { lockPathOf, readLock } from '../../../lib/settings/lock-file';
import { BLUE, GREEN, lockOf, NO_LOCK, settingsOf } from '../blueprint/settings-of';

const state = (name: string): string => join(__dirname, '../../fixtures/states', name, 'dual-cluster.yaml');
const EXAMPLE = join(__dirname, '../../../examples/dual-cluster.yaml');

/** Assemblies of these tests; the app would leave each in a folder of its own. */
const folder = mkdtempSync(join(tmpdir(), 'kdc-states-'));
afterAll(() => rmSync(folder, { recursive: true }));
const newApp = (): App => new App({ context: { ...FEATURE_FLAGS }, outdir: mkdtempSync(join(folder, 'cdk.out-')) });

async function synthesised(path: string) {
  const { settings, locate } = await loadSettingsFile(path);
  const lock = await readLock(lockPathOf(path));
  refuse(settings, lock, { locate });
  const app = newApp();
  makeStacks(app, systemSpec(settings, lock));
  const assembly = app.synth();
  const text = (stack: string): string => readFileSync(assembly.getStackByName(stack).templateFullPath, 'utf8');
  const resources = (stack: string, type: string): Record<string, unknown>[] =>
    Object.values(
      (JSON.parse(text(stack)) as { Resources: Record<string, { Type: string; Properties: Record<string, unknown> }> })
        .Resources,
    )
      .filter(({ Type }) => Type === type)
      .map(({ Properties }) => Properties);
  return { assembly, text, resources, stacks: assembly.stacks.map(({ stackName }) => stackName).sort() };
}

describe('the five states of one settings file', () => {
  test.each([
    ['1-blue-only', ['gateway-blue', 'gateway-edge']],
    ['2-blue-and-green', ['gateway-blue', 'gateway-edge', 'gateway-green']],
    ['3-green-live', ['gateway-blue', 'gateway-edge', 'gateway-green']],
    ['4-green-only', ['gateway-edge', 'gateway-green']],
    ['5-next-blue', ['gateway-blue', 'gateway-edge', 'gateway-green']],
  ])('%s: nothing is refused, and the stacks are %p', async (name, stacks) => {
    const made = await synthesised(state(name));
    expect(made.stacks).toEqual(stacks);
    // With an explicit account and region CDK would like to look up availability zones.
    expect(made.assembly.manifest.missing).toBeUndefined();
  });

  test('green appears and goes without a byte of the edge', async () => {
    const [one, two] = [await synthesised(state('1-blue-only')), await synthesised(state('2-blue-and-green'))];
    expect(two.text('gateway-edge')).toBe(one.text('gateway-edge'));
    expect(two.text('gateway-blue')).toBe(one.text('gateway-blue'));
  });

  test('the cutover and the teardown of blue leave green as it was', async () => {
    const [two, three, four] = await Promise.all(
      ['2-blue-and-green', '3-green-live', '4-green-only'].map((name) => synthesised(state(name))),
    );
    expect(three!.text('gateway-green')).toBe(two!.text('gateway-green'));
    expect(four!.text('gateway-green')).toBe(two!.text('gateway-green'));
  });

  test('the next blue appears without a byte of the edge or of green', async () => {
    const [four, five] = [await synthesised(state('4-green-only')), await synthesised(state('5-next-blue'))];
    expect(five.text('gateway-edge')).toBe(four.text('gateway-edge'));
    expect(five.text('gateway-green')).toBe(four.text('gateway-green'));
  });

  test('each database keeps its identifier and its snapshot through all states', async () => {
    const databases = async (name: string, stack: string) =>
      (await synthesised(state(name)))
        .resources(stack, 'AWS::RDS::DBInstance')
        .map(({ DBInstanceIdentifier, DBSnapshotIdentifier }) => [DBInstanceIdentifier, DBSnapshotIdentifier]);
    const green = ['gateway-green', 'gateway-blue-kong-2-8-4-14-20260302-0915'];
    for (const name of ['2-blue-and-green', '3-green-live', '4-green-only', '5-next-blue']) {
      expect(await databases(name, 'gateway-green')).toEqual([green]);
    }
    expect(await databases('1-blue-only', 'gateway-blue')).toEqual([['gateway-blue', undefined]]);
    expect(await databases('5-next-blue', 'gateway-blue')).toEqual([
      ['gateway-blue', 'gateway-green-kong-3-4-3-29-20261105-0900'],
    ]);
  });

  test('without its lock, every state with a restored slot is refused', async () => {
    for (const name of ['2-blue-and-green', '3-green-live', '4-green-only', '5-next-blue']) {
      const { settings } = await loadSettingsFile(state(name));
      expect(refusals(settings, NO_LOCK).map(({ code }) => code)).toContain('SNAPSHOT_NOT_LOCKED');
    }
  });

  test('with the lock of state 5 and the blue of state 3, blue is refused: it was restored meanwhile', async () => {
    const { settings } = await loadSettingsFile(state('3-green-live'));
    const lock = await readLock(lockPathOf(state('5-next-blue')));
    expect(refusals(settings, lock).map(({ code }) => code)).toEqual(['DATASTORE_REPLACED']);
  });
});

describe('the example', () => {
  test('deploys as it is: the edge and blue, with plain HTTP, wherever the credentials point', async () => {
    const made = await synthesised(EXAMPLE);
    expect(made.stacks).toEqual(['kong-blue', 'kong-edge']);
    expect(made.assembly.manifest.missing).toBeUndefined();
    expect(made.resources('kong-edge', 'AWS::ElasticLoadBalancingV2::Listener').map(({ Port }) => Port)).toEqual(
      expect.arrayContaining([80, 8001]),
    );
  });
});

describe('a newer cluster that is itself older than 3.3', () => {
  const notes = (blue: string, green: string): string[] => {
    const settings = settingsOf({ slots: { blue: { ...BLUE, version: blue }, green: { ...GREEN, version: green } } });
    const app = newApp();
    makeStacks(app, systemSpec(settings, lockOf('green')));
    return app
      .synth()
      .getStackByName('kong-edge')
      .messages.map(({ entry }) => JSON.stringify(entry.data));
  };

  test('has another health path than the edge was made for, and that is said', () => {
    expect(notes('2.6', '2.8')).toEqual([
      '"green is older than Kong 3.3 and its health is asked on another path: deploy kong-edge before kong-green"',
    ]);
  });

  test('is not every upgrade: from 2.8 to 3.4 nothing is said', () => {
    expect(notes('2.8', '3.4')).toEqual([]);
  });
});
