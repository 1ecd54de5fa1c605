import type { Template } from './made-stacks';

export interface Statement {
  readonly stack: string;
  /** Logical id without its hash. */
  readonly role: string;
  readonly actions: readonly string[];
  readonly resources: readonly string[];
  readonly condition?: string;
}

/** Every statement of every policy in a template, with the roles that hold it; managed policies as one action each. */
export function statementsOf(stack: string, { Resources }: Template): Statement[] {
  const all = Object.entries(Resources);
  const managed = all
    .filter(([, { Type }]) => Type === 'AWS::IAM::Role')
    .flatMap(([id, { Properties }]) => [
      ...list(Properties?.ManagedPolicyArns).map((arn) => ({
        stack,
        role: plain(id),
        actions: [`managed policy ${words(arn).split('/').at(-1)}`],
        resources: [],
      })),
      ...list(Properties?.Policies).flatMap((policy: any) =>
        list(policy.PolicyDocument.Statement).map((statement) => of(stack, plain(id), statement)),
      ),
    ]);
  const policies = all
    .filter(([, { Type }]) => Type === 'AWS::IAM::Policy')
    .flatMap(([, { Properties }]) =>
      list(Properties?.Roles).flatMap((role) =>
        list(Properties?.PolicyDocument.Statement).map((statement) => of(stack, words(role), statement)),
      ),
    );
  return [...managed, ...policies];
}

function of(stack: string, role: string, statement: any): Statement {
  return {
    stack,
    role: role.replace(/^<|>$/g, ''),
    actions: list(statement.Action).map(String),
    resources: list(statement.Resource).map(words),
    ...(statement.Condition && { condition: conditionWords(statement.Condition) }),
  };
}

const conditionWords = (condition: Record<string, Record<string, unknown>>): string =>
  Object.entries(condition)
    .flatMap(([operator, pairs]) => Object.entries(pairs).map(([key, value]) => `${operator} ${key} = ${words(value)}`))
    .join(', ');

const list = (value: any): any[] => (value === undefined ? [] : Array.isArray(value) ? value : [value]);

/** CDK ends a logical id with eight hexadecimal digits. */
const plain = (id: string): string => id.replace(/[0-9A-F]{8}$/, '');

/** An intrinsic function as a person would say it. */
export function words(value: unknown): string {
  if (typeof value !== 'object' || value === null) return String(value);
  const [[name, argument]] = Object.entries(value) as [[string, any]];
  switch (name) {
    case 'Ref':
      return `<${plain(argument as string)}>`;
    case 'Fn::GetAtt':
      return argument[1] === 'Arn'
        ? `<${plain(argument[0] as string)}>`
        : `<${plain(argument[0] as string)}.${argument[1]}>`;
    case 'Fn::ImportValue':
      return `<of the edge: ${/ExportsOutput(?:Ref|FnGetAtt)(\w+?)[0-9A-F]{8}/.exec(String(argument))?.[1]}>`;
    case 'Fn::Join':
      // The ARN of a listener's rules is made of the listener's own.
      if (argument[0] === ':listener-rule/')
        return `<rules of ${words(argument[1][0]['Fn::Select'][1]['Fn::Split'][1])}>`;
      return (argument[1] as unknown[]).map(words).join(String(argument[0]));
    default:
      return JSON.stringify(value);
  }
}
