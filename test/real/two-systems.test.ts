import { Road } from './road';

describe('given one account', () => {
  let road: Road;
  beforeAll(async () => {
    road = await Road.start();
  }, 120_000);
  afterAll(() => road?.stop(), 60_000);

  test('when two systems are deployed, then both serve and nothing of one is the other’s', async () => {
    const outputs: Record<string, string>[] = [];
    for (const name of ['first', 'second']) {
      await road.writeSettings(name);
      const stacks = await road.run.deploy([`${name}-edge`, `${name}-blue`]);
      outputs.push({ ...stacks[`${name}-edge`], ...stacks[`${name}-blue`] });
    }
    const [first, second] = outputs as [Record<string, string>, Record<string, string>];
    expect(Object.keys(first).sort()).toEqual(Object.keys(second).sort());
    const shared = Object.keys(first).filter((key) => first[key] === second[key] && key !== 'TesterHeaderName');
    expect(shared).toEqual([]);
    for (const output of outputs) {
      const answer = await road.run
        .gateway(road.run.world.loadBalancerUrl(output.LoadBalancerDns ?? '', 80))
        .send({ name: 'any', method: 'GET', path: '/' });
      expect({ status: answer.status, body: answer.body }).toEqual({
        status: 404,
        body: expect.stringContaining('no Route matched') as string,
      });
    }
  }, 240_000);
});
