import {
  edgeAdoptedAndOwn,
  edgeAdoptedInNewNetwork,
  edgeForwardsNothing,
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
});
