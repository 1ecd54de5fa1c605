import type { Resource } from './event';
import { fixedRuleProperties } from './properties';
import type { Clients } from './rules';
import { createRule, deleteRule, findRule, setPriority } from './rules';

/**
 * `Custom::KongFreezeRule`: made inactive, switched by the `freeze` command, which changes its conditions. A stack
 * update must not thaw a frozen configuration: it moves the priority and touches nothing else.
 */
export const freezeRule: Resource<Clients> = {
  create(event, clients) {
    const rule = fixedRuleProperties(event.ResourceProperties);
    return createRule(clients, rule, rule.actions, isFixedResponse);
  },

  async update(event, clients) {
    const ruleArn = event.PhysicalResourceId ?? '';
    const old = fixedRuleProperties(event.OldResourceProperties ?? event.ResourceProperties);
    const next = fixedRuleProperties(event.ResourceProperties);
    const live = await findRule(clients, ruleArn);
    if (live === undefined) return createRule(clients, next, next.actions, isFixedResponse);
    if (old.listenerArn !== next.listenerArn) {
      const conditions = (live.Conditions ?? []).map(({ Values: _, ...condition }) => condition);
      return createRule(clients, { ...next, conditions }, live.Actions ?? [], isFixedResponse);
    }
    if (old.priority !== next.priority) await setPriority(clients, ruleArn, next);
    return ruleArn;
  },

  delete: (event, clients) => deleteRule(clients, event.PhysicalResourceId ?? ''),
};

const isFixedResponse = (actions: readonly { readonly Type?: string }[]): boolean =>
  actions.length === 1 && actions[0]?.Type === 'fixed-response';
