import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { CloudWatchClient, DescribeAlarmsCommand } from '@aws-sdk/client-cloudwatch';
import { DescribeServicesCommand, ECSClient, UpdateServiceCommand } from '@aws-sdk/client-ecs';
import { DescribeDBSnapshotsCommand, RDSClient } from '@aws-sdk/client-rds';
import { GetSecretValueCommand, SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { MIGRATION_OUTCOMES } from '../../../lib/blueprint/migration-outcomes';
import { EDGE_OUTPUTS, SLOT_OUTPUTS, STATE_ID } from '../../../lib/blueprint/output-names';
import { teardownToken } from '../../../lib/teardown/token';
import { ACCOUNT, REGION, clientOptions } from '../../../local/demo/run';
import { ROOT } from '../../../local/world/places';
import { LiveRule } from '../live-rule';
import { CHANGES, NO_CHANGES, TerraformRoad } from './road';
import { describeWithTerraform } from './terraform';

jest.setTimeout(240_000);

/** Terraform breaks lines and draws a box around an error. */
const flat = (output: string): string => output.replace(/[│╷╵]/g, ' ').replace(/\s+/g, ' ');

/** One upgrade by Terraform: the tests go on from one another, as the steps of a person do. */
describeWithTerraform('given an edge and a blue cluster that Terraform made', () => {
  let road: TerraformRoad;
  let edge: Record<string, string>;
  let blue: Record<string, string>;
  let rule: LiveRule;
  let pulse: NodeJS.Timeout;

  const count = async (slot: string): Promise<number | undefined> => {
    const { services } = await new ECSClient(clientOptions(road.run))
      .send(new DescribeServicesCommand({ cluster: `kong-${slot}`, services: [`kong-${slot}`] }))
      .catch((error: Error) => {
        if (error.name === 'ClusterNotFoundException') return { services: [] };
        throw error;
      });
    return services?.find(({ status }) => status === 'ACTIVE')?.runningCount;
  };
  /** Seconds of an alarm of the edge: what an unrelated change moves. */
  const p99Threshold = async () => {
    const { green: names } = JSON.parse(edge[EDGE_OUTPUTS.alarmNames] ?? '{}') as { green: string[] };
    const { MetricAlarms } = await new CloudWatchClient(clientOptions(road.run)).send(
      new DescribeAlarmsCommand({ AlarmNames: names.filter((name) => name.endsWith('p99')) }),
    );
    return MetricAlarms?.[0]?.Threshold;
  };
  const alarmAt = (seconds: number) => road.edit([{ path: ['edge', 'alarms'], value: { p99Seconds: seconds } }]);
  const blueNow = async () => ({
    database: await road.database('kong-blue'),
    nodes: await count('blue'),
    outputs: await road.outputs('kong-blue'),
  });
  /** A plan of this stack finds nothing to do; else what it would do is the failure's text. */
  const unchanged = async (stack: string): Promise<void> => {
    const { code, output } = await road.plan(stack);
    expect(code === NO_CHANGES ? 'nothing to do' : output).toBe('nothing to do');
  };
  const teardown = async (slot: 'blue' | 'green'): Promise<void> => {
    const outputs = await road.outputs(`kong-${slot}`);
    const token = teardownToken({
      account: ACCOUNT,
      region: REGION,
      stackId: outputs[STATE_ID]!,
      databaseResourceId: (await road.database(`kong-${slot}`))!.resourceId,
      slot,
    });
    await road.run.kongDualCluster(['teardown', '--slot', slot, '--idle-for', '3s', '--token', token]);
  };
  const failedApply = async (stack: string): Promise<string> => {
    await road.synth();
    const { code, output } = await road.tf(stack, ['apply', '-auto-approve']);
    expect(code).toBe(1);
    return flat(output);
  };

  beforeAll(async () => {
    road = await TerraformRoad.begin({ imagesFile: join(ROOT, 'test', 'fixtures', 'failing-kong', 'images.json') });
    await road.writeSettings();
    await road.edit([{ path: ['shift'], value: { periodSeconds: 1 } }]);
    await road.apply('kong-edge');
    await road.apply('kong-blue');
    edge = await road.outputs('kong-edge');
    blue = await road.outputs('kong-blue');
    const [arn] = JSON.parse(edge[EDGE_OUTPUTS.weightedRuleArns] ?? '[]') as string[];
    rule = new LiveRule(road.run.world, arn!, {
      blue: edge[EDGE_OUTPUTS.targetGroupArn.blue]!,
      green: edge[EDGE_OUTPUTS.targetGroupArn.green]!,
    });
    const url = road.run.world.loadBalancerUrl(edge[EDGE_OUTPUTS.loadBalancerDns] ?? '', 80);
    // So that somebody who asks for requests of a slot is answered: teardown does.
    pulse = setInterval(() => void fetch(url).catch(() => undefined), 200);
  });
  afterAll(async () => {
    clearInterval(pulse);
    await road?.stop();
  }, 60_000);

  test('when both are planned again, then there is nothing to change', async () => {
    await unchanged('kong-edge');
    await unchanged('kong-blue');
  });

  test('then the state of blue does not hold the password with which its nodes reach their database', async () => {
    const { SecretString } = await new SecretsManagerClient(clientOptions(road.run)).send(
      new GetSecretValueCommand({ SecretId: blue[SLOT_OUTPUTS.databaseSecretArn] }),
    );
    const { password } = JSON.parse(SecretString ?? '{}') as { password: string };
    expect(await road.sql(blue, 'select 1 as one')).toEqual([{ one: 1 }]);
    expect(password.length).toBeGreaterThan(20);
    expect(await readFile(join(road.folder, 'terraform.kong-blue.tfstate'), 'utf8')).not.toContain(password);
  });

  test('when weights were moved and something else is applied, then it is changed and the weights are not', async () => {
    await rule.set({ blue: 75, green: 25 });
    await alarmAt(3);
    expect((await road.plan('kong-edge')).code).toBe(CHANGES);
    await road.apply('kong-edge');
    expect(await p99Threshold()).toBe(3);
    expect(await rule.weights()).toEqual({ blue: 75, green: 25 });
    await unchanged('kong-edge');
    await rule.set({ blue: 100, green: 0 });
  });

  test('when migrations of green fail, then the apply fails with the cause and so does the next one; taken away and applied again it is mended', async () => {
    const green = ['slots', 'green'];
    await road.snapshotForGreen();
    await road.edit([
      { path: [...green, 'size'], value: { count: 1 } },
      { path: [...green, 'image'], value: 'kong:3.4-pending' },
    ]);
    const before = await blueNow();
    expect(await failedApply('kong-green')).toContain(MIGRATION_OUTCOMES.pendingFound.message);
    expect((await road.database('kong-green'))?.status).toBe('available');
    expect(await failedApply('kong-green')).toContain(MIGRATION_OUTCOMES.pendingFound.message);
    expect(await count('green')).toBeUndefined();

    await teardown('green');
    expect(await road.database('kong-green')).toBeUndefined();
    await road.snapshotForGreen(); // it has gone from the lock file and the settings with the slot
    await road.edit([{ path: [...green, 'size'], value: { count: 1 } }]);
    await road.apply('kong-green');
    expect(await count('green')).toBe(1);
    expect(
      await road.sql(
        await road.outputs('kong-green'),
        'select count(*)::int as pending from schema_meta where cardinality(pending) > 0',
      ),
    ).toEqual([{ pending: 0 }]);
    await unchanged('kong-green');
    expect(await blueNow()).toEqual(before);
  });

  test('when the lock file and the settings name a newer snapshot, then no plan touches the database', async () => {
    const id = (await road.lock()).slots.green?.snapshot.id;
    await road.edit([{ path: ['slots', 'green', 'datastore', 'snapshot', 'id'], value: 'a-newer-snapshot' }]);
    await road.editLock((lock) => (lock.slots['green']!.snapshot['id'] = 'a-newer-snapshot'));
    await unchanged('kong-green');
    await road.edit([{ path: ['slots', 'green', 'datastore', 'snapshot', 'id'], value: id }]);
    await road.editLock((lock) => (lock.slots['green']!.snapshot['id'] = id));
  });

  test('when nodes were raised by hand or by scaling, then no plan lowers them', async () => {
    await new ECSClient(clientOptions(road.run)).send(
      new UpdateServiceCommand({ cluster: 'kong-green', service: 'kong-green', desiredCount: 2 }),
    );
    await unchanged('kong-green');
  });

  test('when the live slot is destroyed, then Terraform refuses, and where it was told to, the guard does, and nothing is gone', async () => {
    const before = await blueNow();
    await road.synth();
    const prevented = await road.tf('kong-blue', ['destroy', '-auto-approve']);
    expect(prevented.code).toBe(1);
    expect(flat(prevented.output)).toContain('Instance cannot be destroyed');

    await road.synth('kong-blue');
    const guarded = await road.tf('kong-blue', ['destroy', '-auto-approve']);
    expect(guarded.code).toBe(1);
    expect(flat(guarded.output)).toContain('blue carries traffic');
    expect(flat(guarded.output)).not.toContain('Destruction complete');
    expect(await blueNow()).toEqual(before);
    // A destroy that failed has taken the outputs out of the state, which is all that the next apply puts back.
    expect(flat((await road.plan('kong-blue')).output)).toContain('without changing any real infrastructure');
  });

  test('when the command moves the traffic and the edge is applied, then the traffic stays where it is', async () => {
    await road.run.kongDualCluster(['shift', 'set', '--to', 'green', '--share', '100', '--yes']);
    expect(await rule.weights()).toEqual({ blue: 0, green: 100 });
    await alarmAt(4);
    await road.apply('kong-edge');
    expect(await rule.weights()).toEqual({ blue: 0, green: 100 });
  });

  test('when the idle slot is torn down, then it leaves a final snapshot, and edge and green are as they were', async () => {
    const others = async () => ({
      weights: await rule.weights(),
      edge: await road.outputs('kong-edge'),
      green: await road.database('kong-green'),
      nodes: await count('green'),
    });
    const before = await others();
    await teardown('blue');
    expect(await road.database('kong-blue')).toBeUndefined();
    expect(await road.outputs('kong-blue')).toEqual({});
    const { DBSnapshots = [] } = await new RDSClient(clientOptions(road.run)).send(
      new DescribeDBSnapshotsCommand({ DBInstanceIdentifier: 'kong-blue' }),
    );
    expect(DBSnapshots.filter(({ DBSnapshotIdentifier }) => DBSnapshotIdentifier?.includes('final'))).not.toEqual([]);
    expect(await others()).toEqual(before);
    // The groups of a slot that is not there are checked as those of a new Kong; nothing else may be planned.
    const { output } = await road.plan('kong-edge');
    expect(flat(output)).not.toMatch(/will be (created|destroyed)|must be replaced|# aws_lb_listener_rule/);
    await unchanged('kong-green');
  });
});
