import { request } from 'undici';
import { EDGE_OUTPUTS } from '../../lib/blueprint/output-names';
import { CommandFailed } from '../../local/demo/commands';
import { until } from '../../local/demo/gateway';
import { Road } from './road';

/** The freeze as a writer meets it, and what a snapshot asks for, against the local AWS. */
describe('given edge and blue', () => {
  let road: Road;
  let adminUrl: string;
  let blue: Record<string, string>;

  const write = async (method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE', path: string, body?: unknown) => {
    const answer = await request(`${adminUrl}${path}`, {
      method,
      ...(body === undefined ? {} : { headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) }),
    });
    return { status: answer.statusCode, text: await answer.body.text() };
  };
  const command = async (...args: string[]) =>
    JSON.parse(await road.run.kongDualCluster([...args, '--output', 'json'])) as Record<string, any>;
  const refusal = async (...args: string[]): Promise<CommandFailed> => {
    const error = await road.run.kongDualCluster(args).then(
      () => undefined,
      (reason: unknown) => reason,
    );
    if (!(error instanceof CommandFailed)) throw new Error(`expected ${args.join(' ')} to fail, got ${String(error)}`);
    return error;
  };

  beforeAll(async () => {
    road = await Road.start();
    await road.writeSettings();
    const outputs = await road.run.deploy(['kong-edge', 'kong-blue']);
    blue = outputs['kong-blue'] ?? {};
    adminUrl = road.run.world.loadBalancerUrl(outputs['kong-edge']?.[EDGE_OUTPUTS.adminDns] ?? '', 8001);
    await until('the Admin API', 60, async () => (await write('GET', '/services')).status === 200);
    expect((await write('PUT', '/services/catalog', { host: 'catalog.test' })).status).toBe(200);
  }, 300_000);
  afterAll(() => road?.stop(), 60_000);

  test('when nothing is frozen, then snapshot is refused with exit code 8 and makes none', async () => {
    const { exitCode, message } = await refusal('snapshot', '--for', 'green');
    expect([exitCode, message]).toEqual([8, expect.stringContaining('[NOT_FROZEN]')]);
    await expect(road.lock()).rejects.toThrow('ENOENT');
  }, 60_000);

  test('when it is frozen, then every writing method is answered 423 with who, since and until, and reading goes on', async () => {
    const frozen = await command('freeze', '--for', '8h', '--reason', 'upgrade “3.4”');
    expect(frozen).toMatchObject({
      frozen: true,
      by: expect.stringMatching(/^arn:aws:/),
      since: expect.stringMatching(/Z$/),
      until: expect.stringMatching(/Z$/),
      reason: 'upgrade “3.4”',
      verified: true,
    });
    expect(Date.parse(frozen.until) - Date.parse(frozen.since)).toBe(8 * 3600 * 1000);
    for (const [method, path] of [
      ['POST', '/services'],
      ['PUT', '/services/other'],
      ['PATCH', '/services/catalog'],
      ['DELETE', '/services/catalog'],
    ] as const) {
      const { status, text } = await write(method, path, { host: 'x.test' });
      const { by, since, until: end, reason } = JSON.parse(text) as Record<string, string>;
      expect({ status, by, since, until: end, reason }).toEqual({
        status: 423,
        by: frozen.by,
        since: frozen.since,
        until: frozen.until,
        reason: frozen.reason,
      });
    }
    expect((await write('GET', '/services/catalog')).status).toBe(200);
  }, 60_000);

  test('given nodes of ours, then the Admin API is reached by the Admin listener alone', async () => {
    const { roads } = await command('freeze', 'status');
    expect(
      roads.filter(({ covered }: { covered: boolean }) => covered).map(({ road: name }: { road: string }) => name),
    ).toEqual([
      expect.stringMatching(/^Admin API by the Admin listener/),
      'Admin API of the nodes of blue',
      'decK, kongctl, Kong Manager, CI',
    ]);
  }, 60_000);

  test('when the edge is deployed again with another template, then it stays frozen', async () => {
    await road.edit([{ path: ['edge', 'drainSeconds'], value: 2 }]);
    await road.run.deploy(['kong-edge']);
    expect((await write('POST', '/services', {})).status).toBe(423);
  }, 120_000);

  test('when it is frozen again, then only until moves on', async () => {
    const before = await command('freeze', 'status');
    const after = await command('freeze', '--for', '9h', '--no-verify');
    expect(after).toMatchObject({ did: 'extended', by: before.by, since: before.since, verified: false });
    expect(Date.parse(after.until)).toBeGreaterThan(Date.parse(before.until));
  }, 60_000);

  test('given an Admin listener that does not answer from here, then the rule is set, the line to run is shown, exit code 4', async () => {
    await road.edit([{ path: ['edge', 'admin'], value: { port: 8009 } }]);
    const { exitCode, message } = await refusal('freeze', '--for', '10h');
    await road.edit([{ path: ['edge', 'admin'], value: {} }]);
    expect([exitCode, message]).toEqual([4, expect.stringContaining('NOT VERIFIED')]);
    expect(message).toMatch(/curl -m 5 -X POST .* http:\/\/\S+:8009\/services/);
    expect((await write('POST', '/services', {})).status).toBe(423);
  }, 60_000);

  test("when blue's migrations are pending, then snapshot is refused with exit code 8", async () => {
    const pending = "update schema_meta set pending = executed[cardinality(executed):] where subsystem = 'core'";
    await road.sql(blue, pending);
    const { exitCode, message } = await refusal('snapshot', '--for', 'green');
    await road.sql(blue, "update schema_meta set pending = null where subsystem = 'core'");
    expect([exitCode, message]).toEqual([8, expect.stringContaining('[MIGRATIONS_NOT_CLEAN]')]);
    expect(message).toContain('pending migrations were found');
  }, 120_000);

  test('when the settings call the other slot live, then snapshot is refused with exit code 8', async () => {
    await road.edit([
      { path: ['live'], value: 'green' },
      { path: ['slots', 'green'], value: { version: '2.8', datastore: { new: {} } } },
    ]);
    const { exitCode, message } = await refusal('snapshot');
    await road.writeSettings();
    expect([exitCode, message]).toEqual([8, expect.stringContaining('[LIVE_DIFFERS]')]);
  }, 60_000);

  test('when it is frozen and the migrations are clean, then the snapshot is made and says how that is known', async () => {
    const made = await command('snapshot', '--for', 'green');
    expect(made).toMatchObject({
      slot: 'green',
      configWrites: { mode: 'frozen' },
      migrations: { clean: true, by: 'check', taskArn: expect.stringContaining(':task/') },
    });
    expect((await road.lock()).slots.green?.snapshot.id).toBe(made.snapshot.id);
  }, 120_000);

  test('when it is thawed, then writes go again', async () => {
    expect(await command('unfreeze')).toMatchObject({ frozen: false, did: 'thawed', verified: true });
    expect((await write('PATCH', '/services/catalog', { retries: 3 })).status).toBe(200);
  }, 60_000);

  test('given a snapshot from before the freeze, then --use of it is refused with exit code 8', async () => {
    const { id } = (await road.lock()).slots.green!.snapshot;
    await new Promise((resolve) => setTimeout(resolve, 1100));
    await command('freeze', '--no-verify');
    const { exitCode, message } = await refusal('snapshot', '--for', 'green', '--use', id);
    expect([exitCode, message]).toEqual([8, expect.stringContaining('[SNAPSHOT_BEFORE_FREEZE]')]);
  }, 120_000);

  test('given a point in time from before the freeze, then it is refused with exit code 8', async () => {
    const before = `${new Date(Date.now() - 60_000).toISOString().slice(0, 19)}Z`;
    const { exitCode, message } = await refusal('snapshot', '--for', 'green', '--point-in-time', before);
    expect([exitCode, message]).toEqual([8, expect.stringContaining('[POINT_IN_TIME_BEFORE_FREEZE]')]);
  }, 120_000);

  test("when a point in time is locked, then green is restored to it from blue's backups", async () => {
    const { pointInTime } = await command('snapshot', '--for', 'green', '--point-in-time');
    expect(pointInTime).toMatchObject({
      sourceIdentifier: 'kong-blue',
      sourceResourceId: (await road.database('kong-blue'))?.resourceId,
    });
    const datastore = { pointInTime: { time: pointInTime.takenAt } };
    await road.edit([{ path: ['slots', 'green'], value: { version: '3.4', datastore } }]);
    const outputs = await road.run.deploy(['kong-green']);
    const [service] = await road.sql(
      outputs['kong-green'] ?? {},
      "select retries::int from services where name = 'catalog'",
    );
    expect(service).toEqual({ retries: 3 });
    expect((await road.database('kong-green'))?.resourceId).not.toBe(pointInTime.sourceResourceId);
  }, 300_000);
});
