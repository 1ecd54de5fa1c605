import type { Statement } from '../../../lib/blueprint/permissions';
import type { TerraformJson } from './synth';
import { unescape } from './unescape';

interface Document {
  readonly Statement: readonly Readonly<Record<string, unknown>>[];
}
export interface RoleOf {
  /** Address of the inline policy: `aws_iam_role_policy.<id>`. */
  readonly policyAddress: string;
  readonly name: string;
  readonly trust: Document;
  readonly statements: readonly Statement[];
}

/** The role whose name begins so, with what its inline policy allows. */
export function roleOf(json: TerraformJson, name: string): RoleOf {
  const roles = Object.entries(json.resource?.['aws_iam_role'] ?? {}).filter(([, role]) =>
    String(role['name']).startsWith(`${name}-\${`),
  );
  if (roles.length !== 1) throw new Error(`${roles.length} roles ${name}`);
  const [id, role] = roles[0]!;
  const policies = Object.entries(json.resource?.['aws_iam_role_policy'] ?? {}).filter(
    ([, policy]) => policy['role'] === `\${aws_iam_role.${id}.id}`,
  );
  if (policies.length !== 1) throw new Error(`${policies.length} policies of ${name}`);
  const [policyId, policy] = policies[0]!;
  const { Statement: statements } = JSON.parse(unescape(policy['policy'])) as Document;
  return {
    policyAddress: `aws_iam_role_policy.${policyId}`,
    name: String(role['name']),
    trust: JSON.parse(unescape(role['assume_role_policy'])) as Document,
    statements: statements.map(({ Action, Resource }) => ({
      actions: Action as string[],
      resources: Resource as string[],
    })),
  };
}
