import { join } from 'node:path';
import { CommandFailed } from '../../local/demo/commands';
import { MIGRATION_OUTCOMES } from '../../lib/blueprint/migration-outcomes';
import { Road } from './road';

/** Images whose `kong` fails as real Kong 3.4.2 was recorded to fail; see test/fixtures/failing-kong. */
describe('given edge and blue, when green is deployed with an image whose migrations fail', () => {
  let road: Road;
  let blue: Record<string, string>;
  const blueNow = async () => ({
    database: await road.database('kong-blue'),
    migrations: await road.sql(blue, 'select subsystem, executed, pending from schema_meta order by 1'),
  });
  let before: unknown;

  beforeAll(async () => {
    road = await Road.start({ imagesFile: join(__dirname, '..', 'fixtures', 'failing-kong', 'images.json') });
    await road.writeSettings();
    blue = (await road.run.deploy(['kong-edge', 'kong-blue']))['kong-blue'] ?? {};
    await road.snapshotForGreen();
    before = await blueNow();
  }, 300_000);
  afterAll(() => road?.stop(), 60_000);

  test.each([
    ['pending migrations found at the start', 'kong:3.4-pending', MIGRATION_OUTCOMES.pendingFound],
    ['pending and new migrations at once', 'kong:3.4-both', MIGRATION_OUTCOMES.pendingAndNewFound],
    ['a lost lock that Kong answers with exit code 0', 'kong:3.4-lock', MIGRATION_OUTCOMES.lockHeld],
    ['plugins left out, which Kong calls clean', 'kong:3.4-limited', MIGRATION_OUTCOMES.schemaIncomplete],
    ['an image of another version than the settings say', 'kong:3.4-version', MIGRATION_OUTCOMES.imageVersionMismatch],
  ])(
    '%s: the deploy fails with the cause and what to do, and blue is untouched',
    async (_name, image, outcome) => {
      await road.edit([{ path: ['slots', 'green', 'image'], value: image }]);
      const error = await road.run.deploy(['kong-green']).then(
        () => undefined,
        (reason: unknown) => reason,
      );
      expect(error).toBeInstanceOf(CommandFailed);
      const { output } = error as CommandFailed;
      expect(output).toContain(outcome.message);
      expect(output.replace(/\s+/g, ' ')).toContain(outcome.remedy);
      expect(await blueNow()).toEqual(before);
    },
    180_000,
  );

  test('given a stop on the way, the copy is migrated by a task a stop, in order, and only the last version serves', async () => {
    await road.edit([
      { path: ['slots', 'green', 'image'], value: 'kong:3.4' },
      { path: ['slots', 'green', 'version'], value: '3.4.2' },
      { path: ['slots', 'green', 'stops'], value: [{ version: '3.4', image: 'kong:3.4' }] },
    ]);
    const green = (await road.run.deploy(['kong-green']))['kong-green'] ?? {};
    const told = (await road.migrationLog('kong-green')).filter((line) => line.includes('"kind":"upgrade"'));
    expect(told.map((line) => /"version":"([^"]+)","cause":"([^"]+)"/.exec(line)?.slice(1))).toEqual([
      ['3.4', 'clean'],
      ['3.4.2', 'clean'],
    ]);
    expect(
      await road.sql(green, 'select count(*)::int as pending from schema_meta where cardinality(pending) > 0'),
    ).toEqual([{ pending: 0 }]);
    expect(await blueNow()).toEqual(before);
  }, 240_000);
});
