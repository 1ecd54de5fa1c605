import {
  DescribeTagsCommand,
  DescribeTargetGroupsCommand,
  DescribeTargetHealthCommand,
  type ElasticLoadBalancingV2Client,
  type Rule,
  type Tag,
  type TargetGroup,
} from '@aws-sdk/client-elastic-load-balancing-v2';
import { destroyCommand } from '../blueprint/deploy-command';
import { targetGroupName } from '../blueprint/tag-names';
import type { StackReading, Stacks } from '../deployed/stacks';
import type { Finding } from '../finding';
import type { AdoptedRule, Settings } from '../settings/schema';
import { otherSlot, SLOTS, type Slot } from '../traffic/weights';
import { collectPages } from './pages';
import { readRules } from './read-load-balancer';
import { blueForward, describeConditions, ruleId, writableCondition } from './takeover';

export interface EjectClients {
  readonly elb: ElasticLoadBalancingV2Client;
  readonly stacks: Stacks;
}

interface Adopted {
  readonly slot: Slot;
  readonly targetGroupArn: string;
  readonly rules: readonly AdoptedRule[];
}

/** The adopted slot; undefined when the settings have none. */
export function adoptedPart({ edge }: Settings): Adopted | undefined {
  const entry = Object.entries(edge.adopted?.targetGroups ?? {})[0];
  return entry && edge.adopted
    ? { slot: entry[0] as Slot, targetGroupArn: entry[1], rules: edge.adopted.rules }
    : undefined;
}

/**
 * Whether removing our rules gives the traffic back without a request lost: all of it is on the adopted slot, the
 * owner's rules beneath are as adopted, its targets answer, and the other slot's stack, which uses the edge, is gone.
 */
export async function checkBeforeEject(
  clients: EjectClients,
  settings: Settings,
  adopted: Adopted,
): Promise<Finding[]> {
  const edge = `${settings.name}-edge`;
  const idle = `${settings.name}-${otherSlot(adopted.slot)}`;
  const [edgeStack, idleStack, rules, healthy] = await Promise.all([
    clients.stacks.find(edge),
    clients.stacks.find(idle),
    rulesByListener(clients.elb, adopted.rules),
    healthyTargets(clients.elb, adopted.targetGroupArn),
  ]);
  return [
    {
      ok: edgeStack !== undefined,
      what: `stack ${edge}`,
      found: statusOf(edgeStack) ?? 'not deployed',
      mend: 'nothing is to be given back: run it with --verify',
    },
    ...adopted.rules.map((rule) => trafficFinding(rule, rules.get(rule.listenerArn) ?? [], adopted)),
    ...adopted.rules.map((rule) => ownerFinding(rule, rules.get(rule.listenerArn) ?? [], adopted)),
    {
      ok: healthy > 0,
      what: `healthy targets of ${adopted.slot}`,
      found: String(healthy),
      mend: `bring the nodes of ${adopted.slot} back first; the owner's rules forward to them`,
    },
    {
      ok: idleStack === undefined,
      what: `stack ${idle}`,
      found: statusOf(idleStack) ?? 'not deployed',
      mend: `it uses the edge, so it goes first: ${destroyCommand(settings, idle)}`,
    },
  ];
}

/** Whether nothing of ours is left and the owner's rules are as they were adopted. */
export async function checkAfterEject(clients: EjectClients, settings: Settings, adopted: Adopted): Promise<Finding[]> {
  const edge = `${settings.name}-edge`;
  const [edgeStack, rules, groups] = await Promise.all([
    clients.stacks.find(edge),
    rulesByListener(clients.elb, adopted.rules),
    targetGroupsOfStack(clients.elb, edge),
  ]);
  return [
    {
      ok: edgeStack === undefined,
      what: `stack ${edge}`,
      found: statusOf(edgeStack) ?? 'gone',
      mend: destroyCommand(settings, edge),
    },
    ...adopted.rules.map((rule) => {
      const left = ourRules(rule, rules.get(rule.listenerArn) ?? []);
      return {
        ok: left.length === 0,
        what: `our rules over ${name(rule)}`,
        found: left.length === 0 ? 'gone' : `still at priority ${left.map((r) => r.Priority).join(', ')}`,
        mend: `aws elbv2 delete-rule --rule-arn ${left[0]?.RuleArn}`,
      };
    }),
    {
      ok: groups.length === 0,
      what: 'target groups of ours',
      found: groups.length === 0 ? 'gone' : groups.join(', '),
      mend: `aws elbv2 delete-target-group --target-group-arn ${groups[0]}`,
    },
    ...adopted.rules.map((rule) => ownerFinding(rule, rules.get(rule.listenerArn) ?? [], adopted)),
  ];
}

/** Terraform keeps no status where it could be read. */
const statusOf = (stack: StackReading | undefined): string | undefined => stack && (stack.status ?? 'deployed');

/** Ours stand at the priorities of the settings and have the owner's conditions; the owner's rule itself is not one. */
function ourRules(rule: AdoptedRule, rules: readonly Rule[]): Rule[] {
  const priorities = [rule.priority, rule.testerPriorities?.blue, rule.testerPriorities?.green].map(String);
  return rules
    .filter((live) => priorities.includes(live.Priority ?? '') && ruleId(live) !== rule.above)
    .sort((a, b) => Number(a.Priority) - Number(b.Priority));
}

function trafficFinding(rule: AdoptedRule, rules: readonly Rule[], adopted: Adopted): Finding {
  const what = `traffic of ${name(rule)}`;
  const weighted = rules.find((live) => live.Priority === String(rule.priority));
  if (!weighted) return { ok: true, what, found: 'no weighted rule of ours: the owner’s rule serves already' };
  const groups = (weighted.Actions ?? []).flatMap((action) => action.ForwardConfig?.TargetGroups ?? []);
  const weight = (own: boolean) =>
    groups
      .filter((g) => (g.TargetGroupArn === adopted.targetGroupArn) === own)
      .reduce((sum, g) => sum + (g.Weight ?? 1), 0);
  return {
    ok: weight(true) > 0 && weight(false) === 0,
    what,
    found: `${adopted.slot} ${weight(true)}, ${otherSlot(adopted.slot)} ${weight(false)}`,
    mend: `move all traffic to ${adopted.slot} first: aws elbv2 modify-rule --rule-arn ${weighted.RuleArn} with weight 0 for the other target group`,
  };
}

function ownerFinding(rule: AdoptedRule, rules: readonly Rule[], adopted: Adopted): Finding {
  const what = `your rule: ${name(rule)}`;
  const live = rules.find((candidate) => ruleId(candidate) === rule.above);
  const broken = (found: string, mend: string): Finding => ({ ok: false, what, found, mend });
  if (!live)
    return broken(
      'gone',
      `without it, requests for ${describeConditions(rule.conditions)} would go elsewhere: make it again`,
    );
  const forward = blueForward(live.Actions ?? [], adopted.targetGroupArn);
  if (!forward || forward.others.length > 0) {
    return broken('forwards elsewhere', `let it forward to ${adopted.targetGroupArn} alone`);
  }
  const conditions = rule.above === 'default' ? rule.conditions : (live.Conditions ?? []).map(writableCondition);
  if (stable(conditions) !== stable(rule.conditions)) {
    return broken(
      `its conditions changed: ${describeConditions(conditions)}`,
      'run `kong-dual-cluster adopt` into another file and compare',
    );
  }
  return { ok: true, what, found: 'as adopted' };
}

const name = (rule: AdoptedRule): string =>
  `port ${rule.listenerPort}, ${rule.above === 'default' ? 'default action' : describeConditions(rule.conditions)}`;

async function rulesByListener(
  elb: ElasticLoadBalancingV2Client,
  rules: readonly AdoptedRule[],
): Promise<Map<string, Rule[]>> {
  const arns = [...new Set(rules.map((rule) => rule.listenerArn))];
  return new Map(await Promise.all(arns.map(async (arn) => [arn, await readRules(elb, arn)] as const)));
}

async function healthyTargets(elb: ElasticLoadBalancingV2Client, TargetGroupArn: string): Promise<number> {
  const { TargetHealthDescriptions } = await elb.send(new DescribeTargetHealthCommand({ TargetGroupArn }));
  return (TargetHealthDescriptions ?? []).filter((target) => target.TargetHealth?.State === 'healthy').length;
}

/** By the tag that CloudFormation gives, or the name that ours gives in Terraform; a group that was kept would show here. */
async function targetGroupsOfStack(elb: ElasticLoadBalancingV2Client, stack: string): Promise<string[]> {
  const groups = await collectPages<TargetGroup>(async (Marker) => {
    const page = await elb.send(new DescribeTargetGroupsCommand({ Marker }));
    return [page.TargetGroups, page.NextMarker];
  });
  const arns = groups.flatMap((group) => group.TargetGroupArn ?? []);
  const names = SLOTS.flatMap((slot) => [targetGroupName(stack, 'proxy', slot), targetGroupName(stack, 'admin', slot)]);
  const isOurs = ({ Key, Value = '' }: Tag): boolean =>
    (Key === 'aws:cloudformation:stack-name' && Value === stack) || (Key === 'Name' && names.includes(Value));
  const ours: string[] = [];
  // DescribeTags takes 20 ARNs (AWS ELBv2 API).
  for (let i = 0; i < arns.length; i += 20) {
    const { TagDescriptions } = await elb.send(new DescribeTagsCommand({ ResourceArns: arns.slice(i, i + 20) }));
    for (const { ResourceArn, Tags } of TagDescriptions ?? []) {
      if (ResourceArn && Tags?.some(isOurs)) ours.push(ResourceArn);
    }
  }
  return ours;
}

/** JSON with keys in order, so that two descriptions of the same thing are the same text. */
const stable = (value: unknown): string =>
  JSON.stringify(value, (_, part: unknown) =>
    part !== null && typeof part === 'object' && !Array.isArray(part)
      ? Object.fromEntries(Object.entries(part).sort(([a], [b]) => a.localeCompare(b)))
      : part,
  );
