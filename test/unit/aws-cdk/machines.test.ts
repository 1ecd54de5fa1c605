import { Match, Template } from 'aws-cdk-lib/assertions';
import aslValidator from 'asl-validator';
import { allowedActions, calledActions } from '../blueprint/called-actions';
import { adoptedSpec, makeEdge, systemSpec } from './fixtures';
import { statementsOf } from './iam-statements';

/** A definition as CloudFormation would write it: references become texts. */
function definitions(template: Template): any[] {
  return Object.values(template.findResources('AWS::StepFunctions::StateMachine')).map(({ Properties }) => {
    const text = Properties.DefinitionString['Fn::Join'][1] as (string | object)[];
    return JSON.parse(
      text
        .map((part) => (typeof part === 'string' ? part : `arn:aws:${Object.values(part).join('')}:eu-central-1:1:x`))
        .join('')
        .replaceAll('arn:aws:AWS::Partition:eu-central-1:1:x', 'aws'),
    );
  });
}

describe.each([
  ['of our own', systemSpec()],
  ['on an adopted load balancer', adoptedSpec()],
])('given an edge %s, when it is synthesised', (_, spec) => {
  const { template } = makeEdge(spec);

  test('both machines are valid and know the rules that they may write', () => {
    const made = definitions(template);
    expect(made).toHaveLength(2);
    for (const definition of made) {
      expect(aslValidator(definition)).toMatchObject({ isValid: true });
      expect(definition.States.Begin.Assign.places).toHaveLength(spec.edge.rules.length);
    }
  });

  test('each machine may do what its definition calls, and nothing else', () => {
    const statements = statementsOf('edge', template.toJSON() as never);
    for (const definition of definitions(template)) {
      const name = definition.States.Gates ? 'EdgeShiftMachineRole' : 'EdgeRollbackMachineRole';
      const allowed = statements.filter(({ role }) => role === name);
      expect(allowedActions(allowed)).toEqual(calledActions(definition));
      for (const { actions, resources } of allowed) {
        const takesNone = actions.every((action) => /:Describe/.test(action));
        expect([actions, resources.includes('*')]).toEqual([actions, takesNone]);
        if (actions.includes('elasticloadbalancing:ModifyRule'))
          expect(resources).toHaveLength(spec.edge.rules.length + 1);
      }
    }
  });

  test('the end of a shift that failed, timed out or was stopped starts the rollback machine, with its execution', () => {
    template.hasResourceProperties('AWS::Events::Rule', {
      EventPattern: { source: ['aws.states'], detail: { status: ['FAILED', 'TIMED_OUT', 'ABORTED'] } },
      Targets: [
        Match.objectLike({
          InputTransformer: Match.objectLike({
            InputPathsMap: Match.objectLike({ execution: '$.detail.executionArn' }),
          }),
        }),
      ],
    });
  });

  test.each(['scheduler', 'events'])('%s may start the rollback machine alone, for this account alone', (service) => {
    const roles = template.findResources('AWS::IAM::Role', {
      Properties: {
        AssumeRolePolicyDocument: {
          Statement: [Match.objectLike({ Principal: { Service: `${service}.amazonaws.com` } })],
        },
      },
    });
    const [[id, { Properties }]] = Object.entries(roles) as [[string, any]];
    expect(Properties.AssumeRolePolicyDocument.Statement[0].Condition).toEqual({
      StringEquals: { 'aws:SourceAccount': expect.anything() },
    });
    const [policy] = Object.values(
      template.findResources('AWS::IAM::Policy', { Properties: { Roles: [{ Ref: id }] } }),
    ) as any[];
    const [rollback] = Object.keys(template.findResources('AWS::StepFunctions::StateMachine')).filter((name) =>
      name.includes('Rollback'),
    );
    expect(policy.Properties.PolicyDocument.Statement).toEqual([
      { Action: 'states:StartExecution', Effect: 'Allow', Resource: { Ref: rollback } },
    ]);
  });
});

test('where the template owns the weights there are no machines, and no outputs of them', () => {
  const { template } = makeEdge(systemSpec({ weightOwnership: 'template' }));
  template.resourceCountIs('AWS::StepFunctions::StateMachine', 0);
  template.resourceCountIs('AWS::Events::Rule', 0);
  expect(Object.keys(template.toJSON().Outputs as object)).not.toContain('ShiftMachineArn');
});
