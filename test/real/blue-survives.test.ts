import { Road } from './road';
import { CommandFailed } from '../../local/demo/commands';

/** Everything a person can do wrong with green, and blue's database is the same database with the same rows. */
describe("given edge, blue and a green cluster from blue's snapshot", () => {
  let road: Road;
  let blue: Record<string, string>;
  let green: Record<string, string>;
  let snapshotId: string;
  let before: { blue: unknown; green: unknown };

  const fingerprint = async () => ({
    blue: {
      ...(await road.database('kong-blue')),
      migrations: await road.sql(blue, 'select subsystem, executed from schema_meta order by 1'),
      rows: await road.sql(blue, 'select id, name from services order by 1'),
    },
    green: {
      ...(await road.database('kong-green')),
      rows: await road.sql(green, 'select id, name from services order by 1'),
    },
  });
  const failure = async (promise: Promise<unknown>): Promise<CommandFailed> => {
    const error = await promise.then(
      () => undefined,
      (reason: unknown) => reason,
    );
    if (!(error instanceof CommandFailed)) throw new Error(`expected the command to fail, got ${String(error)}`);
    return error;
  };

  beforeAll(async () => {
    road = await Road.start();
    await road.writeSettings();
    blue = (await road.run.deploy(['kong-edge', 'kong-blue']))['kong-blue'] ?? {};
    await road.sql(
      blue,
      "insert into services (id, name, protocol, host, port, ws_id) select gen_random_uuid(), 'svc-' || n, 'http', 'upstream.test', 80, (select id from workspaces limit 1) from generate_series(1, 25) n",
    );
    snapshotId = await road.snapshotForGreen();
    green = (await road.run.deploy(['kong-green']))['kong-green'] ?? {};
    before = await fingerprint();
  }, 300_000);
  afterAll(() => road?.stop(), 60_000);

  test('when the snapshot id changes in the settings, then synth refuses it and nothing changes', async () => {
    await road.edit([{ path: ['slots', 'green', 'datastore', 'snapshot', 'id'], value: 'another-snapshot' }]);
    const error = await failure(road.run.deploy(['kong-green']));
    await road.edit([{ path: ['slots', 'green', 'datastore', 'snapshot', 'id'], value: snapshotId }]);
    expect(error.output).toContain('SNAPSHOT_NOT_LOCKED');
    expect(await fingerprint()).toEqual(before);
  }, 120_000);

  test('when the snapshot id changes in the settings and in the lock file, then CloudFormation refuses to replace the database', async () => {
    await road.edit([{ path: ['slots', 'green', 'datastore', 'snapshot', 'id'], value: 'another-snapshot' }]);
    await road.editLock((lock) => (lock.slots.green!.snapshot.id = 'another-snapshot'));
    const error = await failure(road.run.deploy(['kong-green']));
    await road.edit([{ path: ['slots', 'green', 'datastore', 'snapshot', 'id'], value: snapshotId }]);
    await road.editLock((lock) => (lock.slots.green!.snapshot.id = snapshotId));
    expect(error.output).toMatch(/custom-named resource/);
    expect(await fingerprint()).toEqual(before);
  }, 180_000);

  test('when the snapshot id is removed from the settings, then synth refuses it and nothing changes', async () => {
    await road.edit([{ path: ['slots', 'green', 'datastore'], value: { new: {} } }]);
    const error = await failure(road.run.deploy(['kong-green']));
    await road.edit([{ path: ['slots', 'green', 'datastore'], value: { snapshot: { id: snapshotId } } }]);
    expect(error.output).toContain('DATASTORE_REPLACED');
    expect(await fingerprint()).toEqual(before);
  }, 120_000);

  test('when a deploy of green fails, then it rolls back to the green that was, and blue is the same', async () => {
    await road.edit([{ path: ['slots', 'green', 'image'], value: 'kong:9.9-no-such-image' }]);
    await failure(road.run.deploy(['kong-green']));
    await road.edit([{ path: ['slots', 'green', 'image'], value: undefined }]);
    expect(await fingerprint()).toEqual(before);
  }, 240_000);

  test('when green was removed from the settings and everything is deployed, then both databases stay', async () => {
    await road.edit([{ path: ['slots', 'green'], value: undefined }]);
    await road.run.cdk(['deploy', '--all', '--require-approval', 'never']);
    expect(await fingerprint()).toEqual(before);
  }, 180_000);
});
