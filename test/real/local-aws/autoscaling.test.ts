import {
  ApplicationAutoScalingClient,
  DescribeScalableTargetsCommand,
  RegisterScalableTargetCommand,
} from '@aws-sdk/client-application-auto-scaling';
import {
  CreateServiceCommand,
  DescribeServicesCommand,
  ECSClient,
  RegisterTaskDefinitionCommand,
} from '@aws-sdk/client-ecs';
import type { World } from '../../../local/world/world';
import { clientOptions, eventually, startTestWorld } from './helpers';

jest.setTimeout(120_000);

let world: World;
let ecs: ECSClient;
let scaling: ApplicationAutoScalingClient;
beforeAll(async () => {
  world = await startTestWorld();
  ecs = new ECSClient(clientOptions(world));
  scaling = new ApplicationAutoScalingClient(clientOptions(world));
  await ecs.send(
    new RegisterTaskDefinitionCommand({
      family: 'sleeper',
      networkMode: 'awsvpc',
      requiresCompatibilities: ['FARGATE'],
      cpu: '256',
      memory: '512',
      containerDefinitions: [{ name: 'main', image: 'tiny:1', entryPoint: ['sleep'], command: ['1000'] }],
    }),
  );
});
afterAll(async () => world.stop());

const counts = async (service: string) => {
  const { services } = await ecs.send(new DescribeServicesCommand({ services: [service] }));
  const { desiredCount, runningCount } = services![0]!;
  return { desiredCount, runningCount };
};
const runs = (service: string, count: number) =>
  eventually(`${count} tasks of ${service}`, 30, async () =>
    (await counts(service)).runningCount === count ? true : undefined,
  );
const start = (serviceName: string, desiredCount: number) =>
  ecs.send(
    new CreateServiceCommand({
      serviceName,
      taskDefinition: 'sleeper',
      desiredCount,
      launchType: 'FARGATE',
      networkConfiguration: { awsvpcConfiguration: { subnets: ['subnet-1'] } },
    }),
  );
const target = { ServiceNamespace: 'ecs', ScalableDimension: 'ecs:service:DesiredCount' } as const;
const bounds = (service: string, MinCapacity: number, MaxCapacity?: number) =>
  scaling.send(
    new RegisterScalableTargetCommand({
      ...target,
      ResourceId: `service/default/${service}`,
      MinCapacity,
      MaxCapacity,
    }),
  );
const described = async (...services: string[]) =>
  (
    await scaling.send(
      new DescribeScalableTargetsCommand({
        ServiceNamespace: 'ecs',
        ResourceIds: services.map((service) => `service/default/${service}`),
      }),
    )
  ).ScalableTargets!.map(({ ResourceId, MinCapacity, MaxCapacity }) => [ResourceId, MinCapacity, MaxCapacity]);

test('a floor above the desired count of a service raises it, and its tasks start; a lower one takes none away', async () => {
  await start('raised', 1);
  await runs('raised', 1);
  await bounds('raised', 1, 4);
  expect(await counts('raised')).toEqual({ desiredCount: 1, runningCount: 1 });
  await bounds('raised', 3);
  await runs('raised', 3);
  expect(await counts('raised')).toEqual({ desiredCount: 3, runningCount: 3 });
  await bounds('raised', 1);
  expect(await counts('raised')).toEqual({ desiredCount: 3, runningCount: 3 });
  expect(await described('raised')).toEqual([['service/default/raised', 1, 4]]);
});

test('a floor above the ceiling is refused, and so is one of a service that does not exist', async () => {
  await start('bounded', 1);
  await bounds('bounded', 1, 2);
  await expect(bounds('bounded', 3)).rejects.toMatchObject({ name: 'ValidationException' });
  expect(await described('bounded')).toEqual([['service/default/bounded', 1, 2]]);
  await expect(bounds('nobody', 1, 2)).rejects.toMatchObject({ name: 'ValidationException' });
});

test('targets are described by their resource ids, those that are not there are absent', async () => {
  await start('told', 1);
  await bounds('told', 1, 2);
  expect(await described('told', 'nobody')).toEqual([['service/default/told', 1, 2]]);
});
