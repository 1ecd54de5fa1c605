import { migrationContainer, nodeContainers } from '../../../lib/blueprint/containers';

describe('given the containers of a node', () => {
  const containers = nodeContainers({ checkScript: 'check', stopTimeoutSeconds: 40 });

  test('each stands after those that it waits for', () => {
    containers.forEach(({ after }, index) => {
      const before = containers.slice(0, index).map(({ name }) => name);
      expect(before).toEqual(expect.arrayContaining([...after]));
    });
  });

  test('what another one waits for is not essential: ECS would stop the task when it ends', () => {
    const waitedFor = containers.flatMap(({ after }) => after);
    expect(waitedFor).toEqual(['migrations-check']);
    for (const each of containers) expect(each.essential).toBe(!waitedFor.includes(each.name));
  });

  test('Fargate’s limits are kept', () => {
    for (const { startTimeoutSeconds = 0, stopTimeoutSeconds = 0 } of containers) {
      expect(Math.max(startTimeoutSeconds, stopTimeoutSeconds)).toBeLessThanOrEqual(120);
    }
  });
});

test('given a stop of the migrations, its script is one argument to a shell', () => {
  const script = 'a "b" $c\nd';
  expect(migrationContainer({ version: '3.4.2', image: 'kong:3.4.2', script })).toMatchObject({
    essential: true,
    entryPoint: ['/bin/sh', '-c'],
    command: [script],
  });
});
