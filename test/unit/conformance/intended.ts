import type { Difference } from './compare';

/** A difference that is meant, and why. A test fails when it no longer occurs in any case. */
export interface Intended {
  readonly aspect: string;
  readonly fact: RegExp;
  /** What the two say, as JSON; `undefined` where one says nothing. */
  readonly cloudFormation: RegExp;
  readonly terraform: RegExp;
  readonly because: string;
}

const NOTHING = /^undefined$/;
const SOMETHING = /^(?!undefined$)/;
const only = (cloudFormationOrTerraform: 'CloudFormation' | 'Terraform') =>
  cloudFormationOrTerraform === 'CloudFormation'
    ? { cloudFormation: SOMETHING, terraform: NOTHING }
    : { cloudFormation: NOTHING, terraform: SOMETHING };

const RULES_FUNCTION =
  'CloudFormation would write the weights of a rule of its own with every change of it, so a function makes the weighted rules; Terraform is told to leave them alone (ignore_changes)';
const FRAMEWORK =
  'CloudFormation waits for a long step by asking again and again, for which CDK brings three functions and a state machine; Terraform waits for the one function, 15 minutes at most';
const PROTECTED =
  'a protected database would stop a failed first deployment of CloudFormation from rolling back, so its last step protects it; Terraform rolls nothing back, so the template may say it';
const NO_STACK_ID = 'there is no StackId: a parameter says whether a stack of Terraform was made again';
const GUARD =
  'CloudFormation asks whether the slot carries traffic when the launch is deleted; to Terraform that is a step of its own, destroyed first';
const BY_HAND =
  'with migrations: manual CloudFormation sets the count to 0 and first looks whether nodes run; Terraform starts with 0 and leaves the count alone from then on, so it stops nothing';
const EMPTY_TASK_ROLE = 'CDK makes an empty task role where none is given; Kong calls no AWS service';

export const INTENDED: readonly Intended[] = [
  { aspect: 'functions', fact: /^rules function › /, ...only('CloudFormation'), because: RULES_FUNCTION },
  { aspect: 'logs', fact: /^logs of rules function › /, ...only('CloudFormation'), because: RULES_FUNCTION },
  { aspect: 'permissions', fact: /^role of rules function /, ...only('CloudFormation'), because: RULES_FUNCTION },
  {
    aspect: 'order',
    fact: /^(shift|rollback) machine waits for › rights of role of rules function$/,
    ...only('CloudFormation'),
    because: RULES_FUNCTION,
  },
  {
    aspect: 'rules',
    fact: /^rule \d+ of .* › guarded$/,
    cloudFormation: /^true$/,
    terraform: /^false$/,
    because:
      'with weightOwnership: template CloudFormation overwrites what it does not look at, so a guard looks; Terraform shows live weights that are not the last ones in the plan',
  },
  {
    aspect: 'rules',
    fact: /^rule \d+ of .* › kept$/,
    cloudFormation: /^false$/,
    terraform: /^true$/,
    because:
      'with weightOwnership: template too, prevent_destroy refuses a plan that would replace a rule; CloudFormation makes the new one before it deletes the old one',
  },

  {
    aspect: 'flows',
    fact: /^out of <group of nodes \w+: id> to 0\.0\.0\.0\/0: all$/,
    cloudFormation: /^"Allow all outbound traffic by default"$/,
    terraform: SOMETHING,
    because: 'the flow is the same; CDK has words of its own for it',
  },

  { aspect: 'functions', fact: /^function of CDK's framework /, ...only('CloudFormation'), because: FRAMEWORK },
  { aspect: 'functions', fact: /^handler index\.(onEvent|isComplete) /, ...only('CloudFormation'), because: FRAMEWORK },
  { aspect: 'functions', fact: /^handler index\.terraform /, ...only('Terraform'), because: FRAMEWORK },
  { aspect: 'machines', fact: /^machine of CDK's framework /, ...only('CloudFormation'), because: FRAMEWORK },
  {
    aspect: 'permissions',
    fact: /^role of (function|machine) of CDK's framework /,
    ...only('CloudFormation'),
    because: FRAMEWORK,
  },
  {
    aspect: 'order',
    fact: /(^| › |rights of role of )(function|machine) of CDK's framework /,
    ...only('CloudFormation'),
    because: FRAMEWORK,
  },

  {
    aspect: 'databases',
    fact: /^database \w+ › deletionProtection$/,
    cloudFormation: /by the launch/,
    terraform: /in the template/,
    because: PROTECTED,
  },
  { aspect: 'launch', fact: /^launch \w+ › DatabaseIdentifier$/, ...only('CloudFormation'), because: PROTECTED },
  {
    aspect: 'permissions',
    fact: /^role of the handler \w+ may: Allow rds:ModifyDBInstance on /,
    ...only('CloudFormation'),
    because: PROTECTED,
  },

  {
    aspect: 'launch',
    fact: /^launch \w+ › TaskDefinition$/,
    ...only('Terraform'),
    because:
      'when the circuit breaker puts the nodes before back, CloudFormation fails by itself; Terraform finds a steady service and goes on, so the launch looks whose nodes run',
  },
  { aspect: 'launch', fact: /^guard /, ...only('Terraform'), because: GUARD },
  { aspect: 'order', fact: /^guard /, ...only('Terraform'), because: GUARD },
  {
    aspect: 'permissions',
    fact: /^role of the handler \w+ may: Allow cloudformation:DescribeStacks on /,
    ...only('CloudFormation'),
    because: GUARD,
  },

  {
    aspect: 'services',
    fact: /^service \w+ › countIsLive$/,
    cloudFormation: /^false$/,
    terraform: /^true$/,
    because: BY_HAND,
  },
  {
    aspect: 'services',
    fact: /^service \w+ › waitsForNodes$/,
    cloudFormation: /^true$/,
    terraform: /^false$/,
    because: 'with migrations: manual no node starts, so there is nothing to wait for',
  },
  { aspect: 'launch', fact: /^idle /, ...only('CloudFormation'), because: BY_HAND },
  { aspect: 'order', fact: /^idle | › idle /, ...only('CloudFormation'), because: BY_HAND },
  {
    aspect: 'order',
    fact: /^service \w+ waits for › rights of role of the handler /,
    ...only('CloudFormation'),
    because: BY_HAND,
  },
  {
    aspect: 'permissions',
    fact: /^role of the handler \w+ may: Allow ecs:DescribeClusters on /,
    ...only('CloudFormation'),
    because: BY_HAND,
  },
  {
    aspect: 'permissions',
    fact: /^role of the handler \w+ may: Allow (ecs:DescribeServices|elasticloadbalancing:Describe\w+) on /,
    ...only('Terraform'),
    because: GUARD,
  },

  { aspect: 'tasks', fact: / › taskRole$/, ...only('CloudFormation'), because: EMPTY_TASK_ROLE },
  { aspect: 'permissions', fact: /^task role of .* trusts: /, ...only('CloudFormation'), because: EMPTY_TASK_ROLE },
  {
    aspect: 'permissions',
    fact: /^role of the handler \w+ may: Allow iam:PassRole on <task role of /,
    ...only('CloudFormation'),
    because: EMPTY_TASK_ROLE,
  },
  {
    aspect: 'permissions',
    fact: /^execution role of .* may: Allow secretsmanager:DescribeSecret on /,
    ...only('CloudFormation'),
    because: 'CDK grants reading a secret with its description; ECS reads the value alone',
  },
  {
    aspect: 'secrets',
    fact: /^secret of database \w+ › excluded$/,
    cloudFormation: /^" !/,
    terraform: /^"punctuation"$/,
    because:
      'CDK leaves out the signs that RDS and shells mind and takes a few others; 30 letters and digits are enough, and none of them ends a JSON text',
  },

  {
    aspect: 'outputs',
    fact: /^edge (VpcId|NodeSubnetIds|DatabaseSubnetIds|(Blue|Green)NodeSecurityGroupId)$/,
    ...only('Terraform'),
    because: 'what a slot needs of the edge CloudFormation exports; Terraform publishes it by name',
  },
  { aspect: 'outputs', fact: /^\w+ StateId$/, ...only('Terraform'), because: NO_STACK_ID },
];

export const isIntended = (one: Intended, difference: Difference): boolean =>
  one.aspect === difference.aspect &&
  one.fact.test(difference.fact) &&
  one.cloudFormation.test(String(JSON.stringify(difference.cloudFormation))) &&
  one.terraform.test(String(JSON.stringify(difference.terraform)));
