import {
  adoptedRuleTwice,
  edgeAdoptedAndOwn,
  edgeAdoptedInNewNetwork,
  edgeForwardsNothing,
  edgeWithoutPublicSubnets,
  networkSize,
  priorityTwice,
} from '../../../../lib/blueprint/refusals/edge';
import { ADOPTED_EDGE, EXISTING_NETWORK } from '../adopted';
import { refused, settingsOf } from '../settings-of';

const https = { certificateArn: 'arn:aws:acm:eu-central-1:123456789012:certificate/1' };

describe('refusals about the edge', () => {
  test.each(['off', 'redirect'] as const)(
    'given http: %s and no https, then it is refused: nothing would forward',
    (http) => {
      expect(refused(edgeForwardsNothing, settingsOf({ edge: { http } }))).toEqual([
        ['EDGE_FORWARDS_NOTHING', 'edge.http', http],
      ]);
    },
  );

  test('given https, or http: forward, or neither, then something forwards', () => {
    for (const edge of [{ https, http: 'off' as const }, { http: 'forward' as const }, {}]) {
      expect(refused(edgeForwardsNothing, settingsOf({ edge }))).toEqual([]);
    }
  });

  test('given an adopted load balancer and listeners of our own, then those are refused', () => {
    expect(refused(edgeAdoptedAndOwn, settingsOf({ edge: { adopted: ADOPTED_EDGE, https } }))).toEqual([
      ['EDGE_ADOPTED_AND_OWN', 'edge.https', 'edge.adopted and edge.https'],
    ]);
    expect(refused(edgeAdoptedAndOwn, settingsOf({ edge: { https } }))).toEqual([]);
  });

  test('given an adopted load balancer in a network to be made, then it is refused', () => {
    expect(refused(edgeAdoptedInNewNetwork, settingsOf({ edge: { adopted: ADOPTED_EDGE } }))).toEqual([
      ['EDGE_ADOPTED_IN_NEW_NETWORK', 'network', 'network.create'],
    ]);
    expect(
      refused(edgeAdoptedInNewNetwork, settingsOf({ edge: { adopted: ADOPTED_EDGE }, network: EXISTING_NETWORK })),
    ).toEqual([]);
  });

  describe('given two adopted rules on one listener', () => {
    const [rule] = ADOPTED_EDGE.rules;
    const rules = (second: object, testerHeader = false) =>
      settingsOf({
        network: EXISTING_NETWORK,
        edge: {
          adopted: {
            ...ADOPTED_EDGE,
            rules: [rule!, { ...rule!, above: `${rule!.above}x`, priority: 999, ...second }],
          },
          ...(testerHeader && { testerHeader: {} }),
        },
      });

    test('when both stand above the same rule, then the second is refused', () => {
      expect(refused(adoptedRuleTwice, rules({ above: rule!.above }))).toEqual([
        ['EDGE_ADOPTED_RULE_TWICE', 'edge.adopted.rules.1', `above: ${rule!.above}, as rules[0]`],
      ]);
      expect(refused(adoptedRuleTwice, rules({}))).toEqual([]);
    });

    test('when both have one priority, then the second is refused', () => {
      expect(refused(priorityTwice, rules({ priority: rule!.priority }))).toEqual([
        ['EDGE_PRIORITY_TWICE', 'edge.adopted.rules.1', `${rule!.priority}, as in rules[0]`],
      ]);
      expect(refused(priorityTwice, rules({ priority: rule!.priority, listenerArn: `${rule!.listenerArn}x` }))).toEqual(
        [],
      );
    });

    test('when a tester rule has the priority of the other one, then it is refused where there is a tester header', () => {
      const testerPriorities = { blue: rule!.priority, green: 998 };
      expect(refused(priorityTwice, rules({ testerPriorities }, true))).toHaveLength(1);
      expect(refused(priorityTwice, rules({ testerPriorities }))).toEqual([]);
    });
  });

  test('given a load balancer for the internet and fewer than two public subnets, then it is refused', () => {
    expect(refused(edgeWithoutPublicSubnets, settingsOf({ network: EXISTING_NETWORK }))).toEqual([
      ['EDGE_WITHOUT_PUBLIC_SUBNETS', 'network.existing.publicSubnetIds', 'none'],
    ]);
    for (const edge of [{ loadBalancer: { scheme: 'internal' as const } }, { adopted: ADOPTED_EDGE }]) {
      expect(refused(edgeWithoutPublicSubnets, settingsOf({ network: EXISTING_NETWORK, edge }))).toEqual([]);
    }
    expect(refused(edgeWithoutPublicSubnets, settingsOf())).toEqual([]);
  });

  test.each([
    ['10.0.0.0/16', 0],
    ['10.0.0.0/20', 0],
    ['10.0.0.0/21', 1],
    ['10.0.0.0/8', 1],
  ])('given a network of %s to be made, then %d refusals', (cidr, count) => {
    expect(refused(networkSize, settingsOf({ network: { create: { cidr } } }))).toHaveLength(count);
  });
});
