import { SLOTS, type Slot, type Weights } from './weights';

/** The part of an ELBv2 listener rule's action that carries weights; the AWS SDK's `Action` is one. */
export interface RuleAction {
  Type?: string | undefined;
  TargetGroupArn?: string | undefined;
  ForwardConfig?:
    { TargetGroups?: { TargetGroupArn?: string | undefined; Weight?: number | undefined }[] | undefined } | undefined;
}

export type TargetGroups = Readonly<Record<Slot, string>>;

/** Target groups that a rule forwards to, with their weights; one without a weight takes everything. */
export function groupsOf(actions: readonly RuleAction[]): { readonly arn: string; readonly weight: number }[] {
  return actions
    .filter(({ Type }) => Type === 'forward')
    .flatMap(({ TargetGroupArn, ForwardConfig }) =>
      (ForwardConfig?.TargetGroups?.length ? ForwardConfig.TargetGroups : [{ TargetGroupArn }]).map((group) => ({
        arn: group.TargetGroupArn ?? '',
        weight: ('Weight' in group ? group.Weight : undefined) ?? 1,
      })),
    );
}

/** Weights by slot; undefined when the rule does not forward to both groups and to nothing else. */
export function weightsOf(actions: readonly RuleAction[], targetGroups: TargetGroups): Weights | undefined {
  const groups = groupsOf(actions);
  const weight = (slot: Slot) => groups.find(({ arn }) => arn === targetGroups[slot])?.weight;
  const [blue, green] = [weight('blue'), weight('green')];
  return groups.length === 2 && blue !== undefined && green !== undefined ? { blue, green } : undefined;
}

/**
 * The same action list with other weights: every other action, their order, stickiness and whatever else a forward
 * carries stay as they are, because a write replaces the whole list (ELBv2 API, ModifyRule).
 */
export function withWeights<A extends RuleAction>(
  actions: readonly A[],
  targetGroups: TargetGroups,
  weights: Weights,
): A[] {
  return actions.map((action) => {
    if (action.Type !== 'forward') return action;
    return {
      ...action,
      ForwardConfig: {
        ...action.ForwardConfig,
        TargetGroups: (action.ForwardConfig?.TargetGroups ?? []).map((group) => {
          const slot = SLOTS.find((name) => targetGroups[name] === group.TargetGroupArn);
          return slot === undefined ? group : { ...group, Weight: weights[slot] };
        }),
      },
    };
  });
}
