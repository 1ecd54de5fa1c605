import type { ElasticLoadBalancingV2Client, Rule } from '@aws-sdk/client-elastic-load-balancing-v2';
import { weightsOf, WeightsWatch } from '../../../../local/demo/weights-watch';

/*
 * Models DescribeRules (ELBv2 API): the rules asked for with their actions; a forward action holds its target groups in
 * any order, each with a weight, and may stand after an authenticate action.
 */
const groups = { blue: 'tg-blue', green: 'tg-green' };
const rule = (blue: number, green: number): Rule => ({
  Actions: [
    { Type: 'authenticate-oidc', Order: 1 },
    {
      Type: 'forward',
      Order: 2,
      ForwardConfig: {
        TargetGroups: [
          { TargetGroupArn: groups.green, Weight: green },
          { TargetGroupArn: groups.blue, Weight: blue },
        ],
      },
    },
  ],
});

describe('the eye on the weights', () => {
  let rules: Rule[];
  let watch: WeightsWatch;
  const elb = { send: () => Promise.resolve({ Rules: rules }) } as unknown as ElasticLoadBalancingV2Client;
  const start = () => (watch = new WeightsWatch(elb, ['r1', 'r2'], groups, Date.now()));
  afterEach(() => watch.stop());

  test('given a rule with other actions and any order, then the weights are read by target group', () => {
    start();
    expect(weightsOf(rule(75, 25), groups)).toEqual({ blue: 75, green: 25 });
  });

  test('given weights that stay, then they are one change', async () => {
    rules = [rule(75, 25)];
    start();
    await watch.until(({ green }) => green === 25, 1, new AbortController().signal);
    await watch.until(({ green }) => green === 25, 1, new AbortController().signal);
    expect(watch.changes.map(({ green }) => green)).toEqual([0.25]);
  });

  test('given a second rule that lags behind, then it is waited for', async () => {
    rules = [rule(100, 0), rule(50, 50)];
    start();
    setTimeout(() => (rules = [rule(100, 0), rule(100, 0)]), 150);
    const begun = Date.now();
    await watch.until(({ green }) => green === 0, 2, new AbortController().signal);
    expect(Date.now() - begun).toBeGreaterThanOrEqual(140);
  });

  test('given weights that do not come, then the wait ends and says what there is', async () => {
    rules = [rule(95, 5)];
    start();
    const wait = watch.until(({ green }) => green === 50, 0.1, new AbortController().signal);
    await expect(wait).rejects.toThrow('within 0.1 s: blue 95, green 5');
  });

  test('given a Ctrl-C, then nothing is waited for', async () => {
    rules = [rule(95, 5)];
    start();
    await expect(watch.until(() => false, 10, AbortSignal.abort())).rejects.toThrow();
  });
});
