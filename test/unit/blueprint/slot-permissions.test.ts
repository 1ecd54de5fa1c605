import fc from 'fast-check';
import {
  executionStatements,
  guardStatements,
  isCompleteSecretArn,
  launchStatements,
  privateEcr,
} from '../../../lib/blueprint/slot-permissions';

const SECRET = 'arn:aws:secretsmanager:eu-central-1:111122223333:secret:licence';
const needs = (of: Partial<Parameters<typeof executionStatements>[0]>) =>
  executionStatements({ logStreamArns: ['arn:of:log:*'], secretArns: [], images: [], ...of });
const resourcesOf = (statements: ReturnType<typeof needs>, action: string) =>
  statements.filter(({ actions }) => actions.includes(action)).flatMap(({ resources }) => resources);

describe('given what a task needs, when ECS starts it', () => {
  test('it may read the named secrets, each once, and an ARN without its six characters stands for any six', () => {
    expect(
      resourcesOf(needs({ secretArns: [SECRET, `${SECRET}-AbCdEf`, SECRET] }), 'secretsmanager:GetSecretValue'),
    ).toEqual([`${SECRET}-??????`, `${SECRET}-AbCdEf`]);
  });

  test('without secrets and with public images it may write its log and nothing else', () => {
    expect(needs({ images: ['kong:3.4.2', 'public.ecr.aws/docker/library/kong:3.4'] })).toEqual([
      { actions: ['logs:CreateLogStream', 'logs:PutLogEvents'], resources: ['arn:of:log:*'] },
    ]);
  });

  test('an image in a private ECR repository may be pulled, from that one alone', () => {
    const image = '123456789012.dkr.ecr.eu-central-1.amazonaws.com/team/kong:3.4.2';
    expect(resourcesOf(needs({ images: [image] }), 'ecr:BatchGetImage')).toEqual([
      'arn:aws:ecr:eu-central-1:123456789012:repository/team/kong',
    ]);
  });
});

test.each([
  ['123456789012.dkr.ecr.us-gov-west-1.amazonaws.com/kong', 'aws-us-gov', 'latest'],
  ['123456789012.dkr.ecr.cn-north-1.amazonaws.com.cn/kong:3', 'aws-cn', '3'],
  [`123456789012.dkr.ecr.eu-west-1.amazonaws.com/kong@sha256:${'a'.repeat(64)}`, 'aws', `sha256:${'a'.repeat(64)}`],
])('given %s, its partition and what is pulled are told', (image, partition, tagOrDigest) => {
  expect(privateEcr(image)).toMatchObject({ repositoryName: 'kong', tagOrDigest });
  expect(privateEcr(image)?.repositoryArn).toMatch(new RegExp(`^arn:${partition}:ecr:`));
});

test.each([
  ['a complete one', `${SECRET}-AbCdEf`, true],
  ['one without the six characters', SECRET, false],
  ['a reference of cdktf', '${TfToken[TOKEN.12]}', true],
])('given the ARN of a secret, %s is told from the others', (_, arn, complete) => {
  expect(isCompleteSecretArn(arn)).toBe(complete);
});

test('given any name of a secret, what may be read is the named ARN or its completions and never more', () => {
  const name = fc.stringMatching(/^[A-Za-z0-9/_+=.@-]{1,40}$/);
  fc.assert(
    fc.property(name, (secret) => {
      const arn = `arn:aws:secretsmanager:eu-central-1:111122223333:secret:${secret}`;
      const [resource] = resourcesOf(needs({ secretArns: [arn] }), 'secretsmanager:GetSecretValue');
      expect([arn, `${arn}-??????`]).toContain(resource);
    }),
  );
});

test('given the guard alone, it looks as the launch does and changes nothing', () => {
  const actions = (statements: ReturnType<typeof needs>) => statements.flatMap((each) => each.actions);
  expect(actions(guardStatements('arn:of:service'))).toEqual(
    actions(launchStatements('arn:of:service')).filter((action) => action !== 'ecs:UpdateService'),
  );
});
