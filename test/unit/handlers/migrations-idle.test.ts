import { idle } from '../../../lib/handlers/migrations/idle';
import type { ResourceEvent } from '../../../lib/handlers/migrations/resource';
import { FakeAws } from './fake-clients';

const event = (RequestType: ResourceEvent['RequestType']): ResourceEvent => ({
  RequestType,
  ResourceType: 'Custom::KongIdle',
  StackId: 'stack',
  ResourceProperties: { Cluster: 'green' },
});

describe('given `migrations: manual`, when it is deployed', () => {
  test('a slot without nodes takes it', async () => {
    const aws = new FakeAws();
    aws.service = undefined;
    await expect(idle.onEvent(event('Create'), aws)).resolves.toEqual({ PhysicalResourceId: 'kong-idle-green' });
    await expect(idle.isComplete(event('Create'), aws)).resolves.toEqual({ IsComplete: true });
  });

  test('a slot that runs nodes refuses it, before they would be stopped', async () => {
    const aws = new FakeAws();
    aws.service = { desiredCount: 3, runningCount: 3 };
    await expect(idle.onEvent(event('Create'), aws)).rejects.toMatchObject({
      code: 'MANUAL_WOULD_STOP_NODES',
      found: '3 running in green',
    });
  });

  test.each(['Update', 'Delete'] as const)('%s asks nothing', async (type) => {
    const aws = new FakeAws();
    await idle.onEvent(event(type), aws);
    expect(aws.calls).toEqual([]);
  });
});
