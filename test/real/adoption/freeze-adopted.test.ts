import { readFile } from 'node:fs/promises';
import { request } from 'undici';
import { parse } from 'yaml';
import type { Road } from '../../../lib/datastore/freeze-roads';
import { updateSettingsFile } from '../../../lib/settings/write';
import { Workplace } from './commands';
import { OwnerInTest } from './owner';

jest.setTimeout(300_000);

/** What a freeze can and cannot do for nodes that somebody else made, and how their migrations are looked at. */
describe('given an adopted gateway whose nodes admit the VPC on their Admin port', () => {
  let place: Workplace;
  let owner: OwnerInTest;

  const asked = async (...args: string[]) => {
    const { exitCode, stdout, stderr } = await place.kongDualCluster(...args, '--output', 'json');
    if (exitCode !== 0) throw new Error(`${args.join(' ')}: exit code ${exitCode}\n${stderr}`);
    return { json: JSON.parse(stdout) as Record<string, any>, stderr };
  };
  const edit = (path: string[], value: unknown) => updateSettingsFile(place.settingsPath, [{ path, value }]);

  beforeAll(async () => {
    place = await Workplace.open();
    owner = new OwnerInTest(place.world);
    await owner.deploy('', 2);
    await asked(
      'adopt',
      ...['--load-balancer', owner.outputs.LoadBalancerArn!],
      ...['--target-group', owner.outputs.TargetGroupArn!],
      ...['--service', `${owner.outputs.ClusterName}/${owner.outputs.ServiceName}`],
      '--write',
    );
    await place.cdk('deploy', 'kong-edge', '--exclusively', '--require-approval', 'never');
  });
  afterAll(() => place?.close());

  test('when it is frozen, then the road past the Admin listener is named, and a write on it still goes through', async () => {
    const { json } = await asked('freeze');
    expect(json).toMatchObject({ frozen: true, verified: true });
    const roads = json.roads as Road[];
    const past = roads.find(({ road }) => road.startsWith('Admin API of the nodes of blue, port 8001 from '));
    expect(past).toMatchObject({ covered: false });
    expect(roads.find(({ road }) => road.startsWith('decK'))).toMatchObject({ covered: false });
    const answer = await request(`http://${await owner.nodeAddress()}:8001/services/direct`, {
      method: 'PUT',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ host: 'x.test' }),
    });
    expect(answer.statusCode).toBe(200);
    await answer.body.dump();
  });

  test('when the image is of another version than the settings say, then snapshot is refused: nothing could be decided from it', async () => {
    const settings = parse(await readFile(place.settingsPath, 'utf8')) as { slots: { blue: { version: string } } };
    await edit(['slots', 'blue', 'version'], '2.7');
    const { exitCode, stderr } = await place.kongDualCluster('snapshot', '--for', 'green');
    await edit(['slots', 'blue', 'version'], settings.slots.blue.version);
    expect([exitCode, stderr]).toEqual([8, expect.stringContaining('[MIGRATIONS_NOT_CLEAN]')]);
  });

  test("when its migrations are clean, then a task of the owner's says so, as announced on standard error", async () => {
    const { json, stderr } = await asked('snapshot', '--for', 'green');
    expect(json).toMatchObject({ configWrites: { mode: 'frozen' }, migrations: { clean: true, by: 'check' } });
    expect(stderr).toMatch(/runs one task of your .*-gateway:\d+/);
    expect(stderr).toContain('stop its other writers');
  });

  test('given nodes outside ECS, then the migrations are declared or the snapshot is refused', async () => {
    await edit(['slots', 'blue', 'adopted'], { platform: 'other', nodes: 2 });
    const { exitCode, stderr } = await place.kongDualCluster('snapshot', '--for', 'green');
    expect([exitCode, stderr]).toEqual([8, expect.stringContaining('[MIGRATIONS_NOT_DECLARED]')]);
    const { json } = await asked('snapshot', '--for', 'green', '--migrations-are-clean');
    expect(json.migrations).toEqual({ clean: true, by: 'declared' });
  });

  test('when it is thawed, then that no node stands behind the Admin listener is no failure', async () => {
    const { json, stderr } = await asked('unfreeze');
    expect([json.frozen, json.verified, stderr]).toEqual([false, true, expect.any(String)]);
  });
});
