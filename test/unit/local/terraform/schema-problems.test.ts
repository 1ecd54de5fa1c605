import { providerSchema } from '../../../../local/terraform/provider-schema';
import { schemaProblems } from '../../../../local/terraform/schema-problems';

const schema = providerSchema();
const ofLogGroup = (block: object) => schemaProblems({ resource: { aws_cloudwatch_log_group: { l: block } } }, schema);
const ofGroup = (block: object) => schemaProblems({ resource: { aws_lb_target_group: { t: block } } }, schema);

describe("what the provider's schema says against a configuration", () => {
  test('nothing against what it allows, with references, nested blocks and what every block may have', () => {
    const json = {
      resource: {
        aws_lb_target_group: {
          t: { '//': {}, vpc_id: '${aws_vpc.v.id}', health_check: { path: '/' }, tags: { a: 'b' } },
        },
        terraform_data: { id: { input: { any: ['thing'] }, lifecycle: {}, depends_on: [] } },
      },
      data: { aws_region: { here: {} } },
      ephemeral: { aws_secretsmanager_random_password: { p: { password_length: 32 } } },
    };
    expect(schemaProblems(json, schema)).toEqual([]);
  });

  test.each<[string, object, string]>([
    ['an unknown attribute', { retention: 3 }, 'retention: no such attribute'],
    ['what the provider alone gives', { arn: 'x' }, 'arn: the provider alone gives it'],
    ['a value of another kind', { retention_in_days: 'a week' }, 'retention_in_days: not a number'],
    ['a list where a text belongs', { name: ['x'] }, 'name: not a string'],
    ['a text where a map belongs', { tags: 'x' }, 'tags: not a map'],
  ])('%s', (_, block, problem) => {
    expect(ofLogGroup(block)).toEqual([`aws_cloudwatch_log_group.l.${problem}`]);
  });

  test('more blocks than there may be, and an expression in the place of one', () => {
    expect(ofGroup({ health_check: [{}, {}] })).toEqual([
      'aws_lb_target_group.t.health_check: 2 blocks, wanted 0 to 1',
    ]);
    expect(ofGroup({ health_check: '${local.x}' })).toEqual([
      'aws_lb_target_group.t.health_check: a block cannot be an expression',
    ]);
  });

  test('a required attribute and a required block that are missing', () => {
    const json = { resource: { aws_lb_listener_rule: { r: { listener_arn: 'x' } }, aws_eks_cluster: { no: {} } } };
    expect(schemaProblems(json, schema)).toEqual(
      expect.arrayContaining(['aws_lb_listener_rule.r.action: it is required', 'aws_eks_cluster.no: no such type']),
    );
  });
});
