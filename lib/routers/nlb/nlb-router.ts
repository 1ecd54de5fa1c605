import {
  DescribeListenersCommand,
  ModifyListenerCommand,
  type Action,
  type ElasticLoadBalancingV2Client,
} from '@aws-sdk/client-elastic-load-balancing-v2';
import type { TargetGroups } from '../../traffic/rule-actions';
import { ELB_SCALE } from '../../traffic/weights';
import { WeightedActionsRouter, type ActionLists } from '../elb/weighted-actions-router';
import type { RouterCapabilities } from '../router';

export interface NlbRouterProps {
  /** Listeners whose default action splits between both target groups. */
  readonly listenerArns: readonly string[];
  readonly targetGroups: TargetGroups;
}

const CAPABILITIES: RouterCapabilities = {
  name: 'nlb',
  scale: ELB_SCALE,
  splits: 'connections',
  compareAndSet: false,
  settleSeconds: 1,
  notes: {
    atomic: 'both weights of a listener at once; several listeners one after the other, completed by the next command',
    sticky: 'a connection stays where it began, whatever the weights: clients with long connections follow late',
    drains: 'connections under way go on until they end, at most an hour; a weight deregisters nothing',
  },
};

/**
 * Weighted target groups of a Network Load Balancer: the default action of its listeners, which have no other rules.
 *
 * atomic  one ModifyListener changes both weights of a listener at once; what it is not given stays: port, protocol,
 *         certificates, ALPN policy (ELBv2 API, ModifyListener). Several listeners are written one after the other
 * compare there is no conditional write: each write stands between two reads
 * sticky  a weight is for new connections; those that are open stay until they close ("Listeners for your Network Load
 *         Balancers", default actions), for at most an hour ("Update a listener for your Network Load Balancer")
 * drains  nothing is deregistered by a weight, so connection termination on deregistration has no part in it
 */
export class NlbRouter extends WeightedActionsRouter {
  constructor(elb: Pick<ElasticLoadBalancingV2Client, 'send'>, { listenerArns, targetGroups }: NlbRouterProps) {
    super(CAPABILITIES, listenersOf(elb), { ids: [...new Set(listenerArns)], targetGroups });
  }
}

const listenersOf = (elb: Pick<ElasticLoadBalancingV2Client, 'send'>): ActionLists => ({
  what: 'a listener of the Network Load Balancer',
  operation: 'ModifyListener',
  remedies: {
    changed:
      '`kong-dual-cluster shift abort` writes the default action from before the shift where its journal is; else let it forward to both target groups again (aws elbv2 modify-listener)',
    missing: 'make it again, or take it out of shift.router.nlb.listenerArns',
  },
  async read(arns) {
    const found = new Map<string, readonly Action[]>();
    let Marker: string | undefined;
    do {
      const page = await elb.send(new DescribeListenersCommand({ ListenerArns: [...arns], ...(Marker && { Marker }) }));
      for (const { ListenerArn, DefaultActions } of page.Listeners ?? [])
        if (ListenerArn) found.set(ListenerArn, DefaultActions ?? []);
      Marker = page.NextMarker;
    } while (Marker);
    return found;
  },
  async write(ListenerArn, DefaultActions, abortSignal) {
    await elb.send(new ModifyListenerCommand({ ListenerArn, DefaultActions }), { abortSignal });
  },
});
