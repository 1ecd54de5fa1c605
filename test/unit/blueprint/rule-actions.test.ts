import { ruleActions, userPools } from '../../../lib/blueprint/rule-actions';
import { adoptedSpec, everyPath } from './edge-specs';

const [, oidc] = adoptedSpec().edge.rules;
const forward = [
  { targetGroupArn: 'arn:blue', weight: 95 },
  { targetGroupArn: 'arn:green', weight: 5 },
];

describe('the action list of a rule', () => {
  test('has the owner’s actions first and the forward last, numbered', () => {
    const actions = ruleActions(oidc!, forward, 'reference');
    expect(actions.map(({ Type, Order }) => [Type, Order])).toEqual([
      ['authenticate-oidc', 1],
      ['forward', 2],
    ]);
    expect(actions[1]).toMatchObject({
      ForwardConfig: {
        TargetGroups: [
          { TargetGroupArn: 'arn:blue', Weight: 95 },
          { TargetGroupArn: 'arn:green', Weight: 5 },
        ],
        TargetGroupStickinessConfig: { Enabled: true, DurationSeconds: 300 },
      },
    });
  });

  test('a new rule is given the client secret and does not go on using one that it never had', () => {
    const [{ AuthenticateOidcConfig }] = ruleActions(oidc!, forward, 'reference') as [
      { AuthenticateOidcConfig: Record<string, unknown> },
    ];
    expect(AuthenticateOidcConfig).toMatchObject({ ClientId: 'shop', ClientSecret: 'reference' });
    expect(AuthenticateOidcConfig).not.toHaveProperty('UseExistingClientSecret');
  });

  test('without stickiness the forward says nothing of it', () => {
    const [action] = ruleActions({ priority: 1, conditions: [everyPath], actionsBefore: [] }, forward);
    expect(action!.ForwardConfig).not.toHaveProperty('TargetGroupStickinessConfig');
  });

  test('the user pools that it names are found', () => {
    const arn = 'arn:aws:cognito-idp:eu-central-1:111122223333:userpool/eu-central-1_a';
    const actionsBefore = [{ Type: 'authenticate-cognito', AuthenticateCognitoConfig: { UserPoolArn: arn } }];
    expect(userPools({ priority: 1, conditions: [], actionsBefore })).toEqual([arn]);
    expect(userPools(oidc!)).toEqual([]);
  });
});
