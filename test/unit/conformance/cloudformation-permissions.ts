import type { Findings } from './meaning';
import type { Paper } from './world';
import { list, marked, ofType } from './world';

export const rolesOf = (paper: Paper): Findings['roles'] =>
  ofType(paper, 'AWS::IAM::Role').map(({ at, props }) => ({
    at,
    is: {
      trusts: list<any>(props.AssumeRolePolicyDocument.Statement).flatMap(trustsOf).sort(),
      may: [
        ...list<string>(props.ManagedPolicyArns).map((arn) => `managed policy ${arn}`),
        ...list<any>(props.Policies).flatMap((policy) => linesOf(policy.PolicyDocument)),
        ...ofType(paper, 'AWS::IAM::Policy')
          .filter((policy) => list(policy.props.Roles).some((role) => marked(role) === at))
          .flatMap((policy) => linesOf(policy.props.PolicyDocument)),
      ].sort(),
    },
  }));

export const trustsOf = (statement: any): string[] =>
  list<string>(statement.Principal.Service).map(
    (service) => `${statement.Effect} ${statement.Action} ${service}${conditionsOf(statement.Condition)}`,
  );

/** A line for each action and resource: in one statement or in three, it comes to the same. */
export const linesOf = (document: any): string[] => [
  ...new Set(
    list<any>(document.Statement).flatMap((statement) =>
      list<string>(statement.Action).flatMap((action) =>
        list<string>(statement.Resource).map(
          (resource) => `${statement.Effect ?? 'Allow'} ${action} on ${resource}${conditionsOf(statement.Condition)}`,
        ),
      ),
    ),
  ),
];

const conditionsOf = (condition: Record<string, Record<string, unknown>> | undefined): string =>
  Object.entries(condition ?? {})
    .flatMap(([operator, pairs]) =>
      Object.entries(pairs).map(
        ([key, value]) => ` when ${operator} ${key} = ${list(value).map(String).sort().join(' or ')}`,
      ),
    )
    .sort()
    .join('');
