import { GetSecretValueCommand } from '@aws-sdk/client-secrets-manager';
import type { Action, Rule } from '@aws-sdk/client-elastic-load-balancing-v2';
import { KongDualClusterError } from '../../errors';
import { groupsOf, weightsOf } from '../../traffic/rule-actions';
import { changedActions, covers, hasOidc, newActions, sameConditions, withClientSecret } from './actions';
import type { Resource, ResourceEvent } from './event';
import type { WeightedRuleProperties } from './properties';
import { weightedRuleProperties } from './properties';
import type { Clients } from './rules';
import {
  createRule,
  deleteRule,
  findRule,
  modifyRule,
  patiently,
  registeredTargets,
  rulesOfLoadBalancer,
  setPriority,
} from './rules';

/**
 * `Custom::KongWeightedRule`: a rule whose weights are not the template's (ARCHITECTURE.md, "Stacks").
 *
 * create  the rule with the initial weights; one that is there already from a lost attempt is taken over as it lives
 * update  priority and conditions, without actions. Only when the template changed something inside the action list (a
 *         target group's ARN, an authentication, stickiness) is the list written, from the live one, weights kept.
 *         Another listener: a new rule there with the live weights; CloudFormation then deletes the old one
 * delete  refused while a target group has registered targets that no other rule would serve
 *
 * A rollback is an update like any other: the live rule is the only truth.
 */
export const weightedRule: Resource<Clients> = {
  create: (event, clients) => make(clients, weightedRuleProperties(event.ResourceProperties)),

  async update(event, clients) {
    const ruleArn = event.PhysicalResourceId ?? '';
    const old = weightedRuleProperties(event.OldResourceProperties ?? event.ResourceProperties);
    const next = weightedRuleProperties(event.ResourceProperties);
    const live = await findRule(clients, ruleArn);
    // Removed by hand: nobody knows its weights any more, so it is made as a first one is.
    if (live === undefined) return make(clients, next);

    const liveActions = live.Actions ?? [];
    const actions = changedActions(liveActions, old, next);
    if (old.listenerArn !== next.listenerArn) return make(clients, next, actions ?? liveActions);
    if (old.priority !== next.priority) await setPriority(clients, ruleArn, next);
    const conditions = sameConditions(old.conditions, next.conditions) ? undefined : next.conditions;
    if (conditions || actions) {
      await modifyRule(clients, ruleArn, {
        ...(conditions && { conditions }),
        ...(actions && { actions: await authenticated(clients, next, actions, liveActions) }),
      });
    }
    return ruleArn;
  },

  async delete(event, clients) {
    const live = await findRule(clients, event.PhysicalResourceId ?? '');
    if (live === undefined) return;
    await refuseWhileServing(clients, event, live);
    await deleteRule(clients, event.PhysicalResourceId ?? '');
  },
};

async function make(clients: Clients, rule: WeightedRuleProperties, live?: readonly Action[]): Promise<string> {
  const actions = live ?? newActions(rule, rule.initialWeights);
  return createRule(
    clients,
    rule,
    hasOidc(actions) ? withClientSecret(actions, await clientSecret(clients, rule)) : actions,
    (there) => weightsOf(there, rule.targetGroups) !== undefined,
  );
}

/** A rule that has a client secret keeps it; one that gets its first authenticate-oidc by this change needs it. */
async function authenticated(
  clients: Clients,
  rule: WeightedRuleProperties,
  actions: readonly Action[],
  live: readonly Action[],
): Promise<Action[]> {
  if (!hasOidc(actions)) return [...actions];
  const client = (list: readonly Action[]) => list.find((a) => a.Type === 'authenticate-oidc')?.AuthenticateOidcConfig;
  const same = client(live)?.ClientId === client(actions)?.ClientId;
  return withClientSecret(actions, same ? undefined : await clientSecret(clients, rule));
}

async function clientSecret(clients: Clients, { oidcClientSecret }: WeightedRuleProperties): Promise<string> {
  if (oidcClientSecret === undefined) {
    throw new KongDualClusterError('OIDC_SECRET_MISSING', 'the rule authenticates by OpenID Connect without a secret', {
      remedy: 'name the client secret under oidcClientSecret of the rule; AWS never gives it back',
    });
  }
  const { secretArn, field } = oidcClientSecret;
  const { SecretString } = await patiently(clients, () =>
    clients.secrets.send(new GetSecretValueCommand({ SecretId: secretArn })),
  );
  const value = field === undefined ? SecretString : fieldOf(SecretString, field);
  if (typeof value !== 'string' || value === '') {
    throw new KongDualClusterError('OIDC_SECRET_EMPTY', 'the client secret of the rule could not be read', {
      found: `no text ${field === undefined ? '' : `under ${field} `}in ${secretArn}`,
      remedy: 'put the client secret there, or correct oidcClientSecret in the settings',
    });
  }
  return value;
}

function fieldOf(text: string | undefined, field: string): unknown {
  try {
    return (JSON.parse(text ?? '{}') as Record<string, unknown>)[field];
  } catch {
    return undefined; // not JSON: said as "no text under FIELD", without the text
  }
}

/**
 * A group that the rule sends requests to must be sent those requests by another rule (or default action) of the load
 * balancer that matches at least as much; an idle group only needs any other rule, which keeps it health-checked.
 */
async function refuseWhileServing(clients: Clients, event: ResourceEvent, live: Rule): Promise<void> {
  const { listenerArn } = weightedRuleProperties(event.ResourceProperties);
  const occupied: { arn: string; weight: number; targets: number }[] = [];
  for (const group of groupsOf(live.Actions ?? [])) {
    const targets = await registeredTargets(clients, group.arn);
    if (targets > 0) occupied.push({ ...group, targets });
  }
  if (occupied.length === 0) return;
  const others = (await rulesOfLoadBalancer(clients, listenerArn)).filter(({ RuleArn }) => RuleArn !== live.RuleArn);
  const served = ({ arn, weight }: { arn: string; weight: number }): boolean =>
    others.some(({ Actions, Conditions }) => {
      const there = groupsOf(Actions ?? []).find((group) => group.arn === arn);
      if (there === undefined) return false;
      return weight === 0 || (there.weight > 0 && covers(Conditions ?? [], live.Conditions ?? []));
    });
  const unserved = occupied.filter((group) => !served(group));
  if (unserved.length === 0) return;
  throw new KongDualClusterError('RULE_STILL_SERVES', 'the rule still serves nodes that no other rule would serve', {
    found: unserved.map(({ arn, weight, targets }) => `${arn} with ${targets} targets at weight ${weight}`).join(', '),
    remedy: 'destroy the cluster behind it first, or let another rule of the load balancer forward to it',
  });
}
