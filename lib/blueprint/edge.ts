import type { AdoptedRule, Settings } from '../settings/schema';
import { allOn, liveSlot } from '../traffic/weights';
import type { Slot } from '../traffic/weights';
import { networkCidr } from './environment';
import { healthCheck } from './health';
import { EVERY_PATH } from './rule-actions';
import { PORTS } from './spec';
import type { EdgeSpec, TargetGroupSpec, WeightedRuleSpec } from './spec';

/** Priorities on a listener of our own: the tester rules lie above the weighted one, with room between for the owner. */
const OWN_PRIORITIES = { weighted: 1000, tester: { blue: 10, green: 11 } } as const;

export function edgeSpec(settings: Settings): EdgeSpec {
  const { edge } = settings;
  const { adopted } = edge;
  const http = edge.http ?? (edge.https === undefined ? 'forward' : 'redirect');
  return {
    ...(adopted && {
      adopted: {
        loadBalancerArn: adopted.loadBalancerArn,
        dnsName: adopted.dnsName,
        securityGroupIds: adopted.securityGroupIds,
        rules: adopted.rules,
      },
    }),
    loadBalancer: edge.loadBalancer,
    http,
    ...(edge.https && { https: edge.https }),
    targetGroups: perSlot((slot) => ({
      ...targetGroup(settings, slot, PORTS.proxy),
      ...(adopted?.targetGroups[slot] && { existingArn: adopted.targetGroups[slot] }),
    })),
    adminTargetGroups: perSlot((slot) => targetGroup(settings, slot, PORTS.admin)),
    rules: adopted ? adopted.rules.map((rule) => adoptedRule(rule, settings)) : ownRules(settings, http),
    weightOwnership: settings.weightOwnership,
    initialWeights: settings.weights ?? allOn(settings.live),
    adminWeights: allOn((settings.weights && liveSlot(settings.weights)) ?? settings.live),
    ...(edge.testerHeader && { testerHeader: edge.testerHeader }),
    admin: { ...edge.admin, allowedCidrs: edge.admin.allowedCidrs ?? [networkCidr(settings.network)] },
    alarms: edge.alarms,
  };
}

const perSlot = <T>(make: (slot: Slot) => T): Record<Slot, T> => ({ blue: make('blue'), green: make('green') });

const targetGroup = ({ slots, edge }: Settings, slot: Slot, port: number): TargetGroupSpec => ({
  slot,
  port,
  health: healthCheck(slots[slot]),
  deregistrationDelaySeconds: edge.drainSeconds,
});

/** One weighted rule on every listener that forwards. */
function ownRules({ edge }: Settings, http: EdgeSpec['http']): WeightedRuleSpec[] {
  const protocols = [...(edge.https ? (['https'] as const) : []), ...(http === 'forward' ? (['http'] as const) : [])];
  return protocols.map((protocol) => ({
    id: protocol === 'https' ? 'WeightedHttps' : 'WeightedHttp',
    listener: { kind: 'own', protocol },
    priority: OWN_PRIORITIES.weighted,
    conditions: [EVERY_PATH],
    actionsBefore: [],
    ...(edge.stickinessSeconds !== undefined && { stickinessSeconds: edge.stickinessSeconds }),
    ...(edge.testerHeader && { testerPriorities: OWN_PRIORITIES.tester }),
  }));
}

/** The owner's rule lies beneath, untouched; the id comes from it, so that a changed priority never replaces ours. */
function adoptedRule(rule: AdoptedRule, { edge }: Settings): WeightedRuleSpec {
  const stickinessSeconds = rule.stickinessSeconds ?? edge.stickinessSeconds;
  return {
    id: `Weighted${rule.listenerPort}${rule.above === 'default' ? 'Default' : ruleName(rule.above)}`,
    listener: { kind: 'existing', arn: rule.listenerArn, port: rule.listenerPort },
    priority: rule.priority,
    conditions: rule.conditions,
    actionsBefore: rule.actionsBefore,
    ...(rule.oidcClientSecret && { oidcClientSecret: rule.oidcClientSecret }),
    ...(stickinessSeconds !== undefined && { stickinessSeconds }),
    ...(edge.testerHeader && rule.testerPriorities && { testerPriorities: rule.testerPriorities }),
  };
}

/** `…:listener-rule/app/NAME/50dc/f2f7/9683` -> `Rule9683`. */
const ruleName = (arn: string): string => `Rule${(arn.split('/').at(-1) ?? arn).replace(/[^A-Za-z0-9]/g, '')}`;
