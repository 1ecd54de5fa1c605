import { compileListener, type Match, type RequestFacts } from './conditions';
import { forwardGroups } from './choice';
import type { Listener, LoadBalancer, LoadBalancerState, TargetGroup } from './state';

/** A listener of the current state, with its rules as one function. */
export interface ListenerRoutes {
  readonly loadBalancer: LoadBalancer;
  readonly listener: Listener;
  readonly match: (request: RequestFacts) => Match;
}

/** One state of the local AWS, compiled; replaced as a whole, so that a request sees either the old or the new rules. */
export interface Routes {
  readonly listeners: ReadonlyMap<string, ListenerRoutes>;
  readonly targetGroups: ReadonlyMap<string, TargetGroup>;
  /**
   * Load balancer of each target group that a rule or a default action names, at any weight: only these are
   * health-checked ("Target groups for your Application Load Balancers").
   */
  readonly usedBy: ReadonlyMap<string, LoadBalancer>;
}

export const NO_ROUTES: Routes = { listeners: new Map(), targetGroups: new Map(), usedBy: new Map() };

/** Network Load Balancers and other protocols are not served. */
export function compile(state: LoadBalancerState): Routes {
  const listeners = new Map<string, ListenerRoutes>();
  const usedBy = new Map<string, LoadBalancer>();
  for (const loadBalancer of state.loadBalancers) {
    for (const given of loadBalancer.listeners) {
      const listener = { ...given, port: Number(given.port) };
      if (listener.protocol !== 'HTTP' && listener.protocol !== 'HTTPS') continue;
      listeners.set(listener.arn, { loadBalancer, listener, match: compileListener(listener) });
      for (const action of [...listener.defaultActions, ...listener.rules.flatMap((rule) => rule.actions)]) {
        for (const { TargetGroupArn } of forwardGroups(action)) {
          if (TargetGroupArn !== undefined) usedBy.set(TargetGroupArn, loadBalancer);
        }
      }
    }
  }
  return { listeners, targetGroups: new Map(state.targetGroups.map((group) => [group.arn, group])), usedBy };
}
