import { IamRole } from '@cdktf/provider-aws/lib/iam-role';
import { IamRolePolicy } from '@cdktf/provider-aws/lib/iam-role-policy';
import { Construct } from 'constructs';
import type { Statement } from '../blueprint/permissions';
import { literal, literalJson } from './literal';
import { accountId, regionName } from './surroundings';

export interface ServiceRoleProps {
  /**
   * Without the region, which ends the role's name: roles are of an account, and a system of that name may stand in two
   * regions. At most 49 characters, since IAM takes 64.
   */
  readonly name: string;
  /** Of AWS, without its `.amazonaws.com`: `states`, `lambda`. */
  readonly service: string;
  readonly description: string;
  readonly statements: readonly Statement[];
  /** @default - whichever account the service acts for (Lambda and ECS tasks say none) */
  readonly forThisAccount?: boolean;
}

/** A role that a service of AWS takes, with one inline policy. What uses it must depend on the policy too. */
export class ServiceRole extends Construct {
  readonly arn: string;
  readonly policy: IamRolePolicy;

  constructor(scope: Construct, id: string, props: ServiceRoleProps) {
    super(scope, id);
    const trust = {
      Effect: 'Allow',
      Action: 'sts:AssumeRole',
      Principal: { Service: `${props.service}.amazonaws.com` },
      ...(props.forThisAccount && { Condition: { StringEquals: { 'aws:SourceAccount': accountId(this) } } }),
    };
    const role = new IamRole(this, 'Role', {
      name: `${props.name}-${regionName(this)}`,
      description: literal(props.description),
      assumeRolePolicy: policyDocument([trust]),
    });
    this.arn = role.arn;
    this.policy = new IamRolePolicy(this, 'Policy', {
      name: 'allowed',
      role: role.id,
      policy: policyDocument(
        props.statements.map(({ actions, resources, conditions }) => ({
          Effect: 'Allow',
          Action: actions,
          Resource: resources,
          ...(conditions && { Condition: conditions }),
        })),
      ),
    });
  }
}

const policyDocument = (Statement: readonly object[]): string => literalJson({ Version: '2012-10-17', Statement });
