import { resource } from '../by-type';
import { ACCOUNT, given, list, nameOf, tagList, text, texts } from '../cloud';

export const role = resource({
  type: 'AWS::IAM::Role',
  forceNew: ['name', 'name_prefix', 'path'],
  defaults: { path: '/', max_session_duration: 3600, force_detach_policies: false },
  prepare: (v) => ({ name: nameOf(v, 'terraform-', 64) }),
  properties: (v) => {
    if (list(v['inline_policy']).length > 0)
      throw new Error('the stand-in does not model inline_policy: use aws_iam_role_policy');
    return given({
      RoleName: v['name'],
      Path: v['path'],
      Description: v['description'],
      AssumeRolePolicyDocument: JSON.parse(text(v['assume_role_policy'])) as object,
      ManagedPolicyArns: texts(v['managed_policy_arns']),
      Tags: tagList(v),
    });
  },
  made: ({ id, attributes }, v) => ({
    id,
    arn: attributes['Arn'] ?? `arn:aws:iam::${ACCOUNT}:role${text(v['path'])}${id}`,
    unique_id: attributes['RoleId'] ?? id,
    create_date: v['create_date'] ?? new Date().toISOString(),
    managed_policy_arns: v['managed_policy_arns'] ?? [],
  }),
});

export const rolePolicy = resource({
  type: 'AWS::IAM::Policy',
  forceNew: ['name', 'name_prefix', 'role'],
  prepare: (v) => ({ name: nameOf(v) }),
  properties: (v) => ({
    PolicyName: v['name'],
    Roles: [v['role']],
    PolicyDocument: JSON.parse(text(v['policy'])) as object,
  }),
  id: (state) => text(state['name']),
  made: (_, v) => ({ id: `${text(v['role'])}:${text(v['name'])}` }),
});
