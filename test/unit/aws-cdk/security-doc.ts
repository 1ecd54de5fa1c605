import { statementsOf } from './iam-statements';
import type { Statement } from './iam-statements';
import { SETTINGS, acknowledgements, appOf, templatesOf } from './made-stacks';

/** Why a role may do it, by role and first action. A statement without its reason fails the test. */
const WHY: readonly (readonly [role: RegExp, action: string, reason: string])[] = [
  [/FlowLog/, 'logs:CreateLogStream', 'the flow log of the VPC writes to its log group'],
  [/RuleProviderRole/, 'logs:CreateLogStream', 'writes its own log'],
  [
    /RuleProviderRole/,
    'elasticloadbalancing:Describe',
    'finds the rule and its weights as they are; AWS has no other form than `*`: none of these actions takes a resource',
  ],
  [
    /RuleProviderRole/,
    'elasticloadbalancing:CreateRule',
    'makes weighted and freeze rules on this listener and on no other',
  ],
  [
    /RuleProviderRole/,
    'elasticloadbalancing:DeleteRule',
    'changes rules of this listener and of no other; the last part of a rule’s ARN is made with the rule, so it cannot be named',
  ],
  [
    /(Shift|Rollback)MachineRole/,
    'elasticloadbalancing:ModifyRule',
    'writes weights into these rules, by name, and into no others',
  ],
  [/(Shift|Rollback)MachineRole/, 'dynamodb:', 'takes the lock and writes where the shift stands, in the edge’s table'],
  [
    /ShiftMachineRole/,
    'cloudwatch:DescribeAlarms',
    'looks at the alarms that roll back (which they are comes with the plan, your own among them), at weights and healthy nodes; AWS has no other form than `*` for the latter',
  ],
  [
    /RollbackMachineRole/,
    'elasticloadbalancing:Describe',
    'reads weights and healthy nodes; AWS has no other form than `*`: none of these actions takes a resource',
  ],
  [/ShiftMachineRole/, 'lambda:InvokeFunction', 'asks the function that judges the gates'],
  [/ShiftMachineGatesRole/, 'logs:CreateLogStream', 'writes its own log'],
  [
    /ShiftMachineGatesRole/,
    'cloudwatch:GetMetricData',
    'reads the counts that the gates judge, and healthy nodes; AWS has no other form than `*` for either',
  ],
  [
    /RollbackMachine(Scheduler|Events)Role/,
    'states:StartExecution',
    'starts the rollback machine and nothing else, for this account alone',
  ],
  [/ProviderRole$/, 'logs:CreateLogStream', 'writes its own log'],
  [/ProviderRole$/, 'ecs:RunTask', 'starts the migrations, in this cluster only'],
  [
    /ProviderRole$/,
    'ecs:TagResource',
    'the migrations take over the tags of their definition, and ECS asks whoever starts them for the right; only as part of RunTask',
  ],
  [
    /ProviderRole$/,
    'ecs:DescribeTasks',
    'waits for the migrations; a task’s id is made when it starts, so tasks of this cluster are named by `*`',
  ],
  [/ProviderRole$/, 'iam:PassRole', 'gives the migrations their two roles, to ECS tasks only'],
  [/ProviderRole$/, 'logs:GetLogEvents', 'repeats the last lines of failed migrations in the error of the deployment'],
  [
    /ProviderRole$/,
    'rds:DescribeDBInstances',
    'compares the host with both slots’ databases, so that migrations never run on the other one’s',
  ],
  [/ProviderRole$/, 'ecs:DescribeServices', 'starts the nodes and waits for them'],
  [
    /ProviderRole$/,
    'rds:ModifyDBInstance',
    'switches deletion protection of this slot’s database on, and off when the stack goes',
  ],
  [
    /ProviderRole$/,
    'cloudformation:DescribeStacks',
    'asks whether the whole stack is being deleted, before it refuses or protection goes off',
  ],
  [
    /ProviderRole$/,
    'elasticloadbalancing:Describe',
    'refuses to be deleted while this slot carries traffic; AWS has no other form than `*`: none of these actions takes a resource',
  ],
  [/framework.*ServiceRole/, 'managed policy', 'aws-cdk-lib’s provider framework: its functions write their logs'],
  [
    /framework.*ServiceRole/,
    'lambda:InvokeFunction',
    'aws-cdk-lib’s provider framework calls the two handlers; `:*` is any version of these functions',
  ],
  [
    /framework.*ServiceRole/,
    'lambda:GetFunction',
    'aws-cdk-lib’s provider framework waits until the handlers can be called',
  ],
  [/framework.*ServiceRole/, 'states:StartExecution', 'aws-cdk-lib’s provider framework starts its waiter'],
  [
    /waiterstatemachineRole/,
    'lambda:InvokeFunction',
    'the waiter asks whether the work is done; `:*` is any version of these functions',
  ],
  [/ExecutionRole/, 'logs:CreateLogStream', 'ECS writes the containers’ output to their log group'],
  [/ExecutionRole/, 'secretsmanager:', 'ECS puts these secrets, and no others, into the containers’ environment'],
];

export const whyOf = ({ role, actions }: Statement): string | undefined =>
  WHY.find(([of, action]) => of.test(role) && actions.some((one) => one.startsWith(action)))?.[2];

const cell = (text: string): string => text.replaceAll('|', '\\|');
const code = (values: readonly string[]): string => values.map((value) => `\`${cell(value)}\``).join('<br>') || '–';

/** The statements of the edge and of green in state 2; blue's are the same. */
export async function iamTable(): Promise<{ table: string; unexplained: string[] }> {
  const templates = templatesOf(await appOf(SETTINGS['2-blue-and-green']!));
  const statements = ['gateway-edge', 'gateway-green'].flatMap((name) => statementsOf(name, templates[name]!));
  const rows = statements.map((one) => {
    const where = `${code(one.resources)}${one.condition ? `<br>if \`${cell(one.condition)}\`` : ''}`;
    return `| ${one.stack.replace('gateway-', '')} | ${one.role} | ${code(one.actions)} | ${where} | ${whyOf(one) ?? ''} |`;
  });
  return {
    table: ['| stack | role | actions | resources | why |', '|---|---|---|---|---|', ...rows].join('\n'),
    unexplained: statements
      .filter((one) => whyOf(one) === undefined)
      .map(({ role, actions }) => `${role}: ${actions.join(', ')}`),
  };
}

/** What cdk-nag would report and the code acknowledges, over the example and all states. */
export async function acknowledgedTable(): Promise<string> {
  const told = new Set<string>();
  for (const path of Object.values(SETTINGS)) {
    for (const { rule, reason } of acknowledgements(await appOf(path))) told.add(`| ${rule} | ${cell(reason)} |`);
  }
  return ['| rule | reason |', '|---|---|', ...[...told].sort()].join('\n');
}

/** Puts a generated part between its two marks. */
export function withPart(document: string, name: string, part: string): string {
  const marks = new RegExp(`(<!-- made by the tests: ${name} -->\n)[\\s\\S]*?(\n<!-- end -->)`);
  if (!marks.test(document)) throw new Error(`docs/security.md has no part "${name}"`);
  return document.replace(marks, (_, start: string, end: string) => `${start}\n${part}\n${end}`);
}
