import { DescribeStacksCommand } from '@aws-sdk/client-cloudformation';
import { KongDualClusterError } from '../../errors';
import { weightsOf } from '../../traffic/rule-actions';
import type { Weights } from '../../traffic/weights';
import type { Resource, ResourceEvent } from './event';
import { weightedRuleProperties } from './properties';
import type { Clients } from './rules';
import { patiently, rulesOf } from './rules';

/**
 * `Custom::KongWeightsGuard`, with `weightOwnership: template`: the native rule depends on it, so it is asked before
 * the rule is written. Any change of the rule writes its weights as well; they must be what the last deployment wrote,
 * or what this one is about to write, else somebody moves traffic by hand and would be overruled.
 */
export const weightsGuard: Resource<Clients> = {
  create: (event) => Promise.resolve(`weights-guard-${event.LogicalResourceId}`),

  async update(event, clients) {
    const old = weightedRuleProperties(event.OldResourceProperties ?? event.ResourceProperties);
    const next = weightedRuleProperties(event.ResourceProperties);
    const rules = await rulesOf(clients, old.listenerArn);
    const live = rules
      .filter(({ Priority }) => Priority === String(old.priority) || Priority === String(next.priority))
      .map(({ Actions }) => weightsOf(Actions ?? [], old.targetGroups) ?? weightsOf(Actions ?? [], next.targetGroups))
      .find((weights) => weights !== undefined);
    const expected = [old.initialWeights, next.initialWeights];
    const fine = live === undefined || expected.some((weights) => same(weights, live));
    // CloudFormation calls again with the old properties when it rolls back our own refusal: the rule was not touched.
    if (!fine && !(await isRollingBack(event, clients))) {
      throw new KongDualClusterError(
        'WEIGHTS_CHANGED_OUTSIDE',
        'the live weights are not those of the last deployment',
        {
          found: `live ${show(live)}, last deployment ${show(old.initialWeights)}, this one ${show(next.initialWeights)}`,
          remedy: `set weights in the settings to ${show(live)} and deploy that first, or put the rule back to ${show(old.initialWeights)}`,
        },
      );
    }
    return event.PhysicalResourceId ?? `weights-guard-${event.LogicalResourceId}`;
  },

  delete: () => Promise.resolve(),
};

const same = (a: Weights, b: Weights): boolean => a.blue === b.blue && a.green === b.green;
const show = ({ blue, green }: Weights): string => `blue ${blue}, green ${green}`;

async function isRollingBack(event: ResourceEvent, clients: Clients): Promise<boolean> {
  const { Stacks } = await patiently(clients, () =>
    clients.cloudformation.send(new DescribeStacksCommand({ StackName: event.StackId })),
  );
  return Stacks?.[0]?.StackStatus?.includes('ROLLBACK') ?? false;
}
