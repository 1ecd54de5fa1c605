import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Match, Template } from 'aws-cdk-lib/assertions';

const ROOT = join(__dirname, '../../..');

/** `npm run build` compiles the example against the public API: its imports are the package's own names. */
describe('the constructs in an app of somebody else', () => {
  const folder = mkdtempSync(join(tmpdir(), 'kdc-constructs-'));
  const template = (stack: string) =>
    Template.fromJSON(JSON.parse(readFileSync(join(folder, `${stack}.template.json`), 'utf8')) as object);

  beforeAll(() => {
    const { status, stderr } = spawnSync(process.execPath, [join(ROOT, 'dist/examples/constructs/app.js')], {
      encoding: 'utf8',
      env: { ...process.env, CDK_OUTDIR: folder, CDK_VALIDATION: 'false' },
    });
    expect([status, stderr]).toEqual([0, '']);
  });
  afterAll(() => rmSync(folder, { recursive: true }));

  test("the edge stands in the owner's network and makes none", () => {
    template('gateway-edge').resourceCountIs('AWS::EC2::VPC', 0);
    template('platform').resourceCountIs('AWS::EC2::VPC', 1);
    template('gateway-edge').hasResourceProperties('AWS::ElasticLoadBalancingV2::TargetGroup', {
      VpcId: { 'Fn::ImportValue': Match.stringLikeRegexp('^platform:') },
    });
  });

  test("every alarm calls the owner's pager", () => {
    const alarms = template('gateway-edge').findResources('AWS::CloudWatch::Alarm');
    expect(Object.keys(alarms).length).toBeGreaterThan(0);
    template('gateway-edge').allResourcesProperties('AWS::CloudWatch::Alarm', {
      AlarmActions: [{ 'Fn::ImportValue': Match.stringLikeRegexp('^platform:.*Pager') }],
    });
  });

  test('the nodes may do what the owner grants them', () => {
    template('gateway-blue').hasResourceProperties('AWS::IAM::Policy', {
      PolicyDocument: { Statement: Match.arrayWith([Match.objectLike({ Action: 'lambda:InvokeFunction' })]) },
    });
  });

  test('the slot has its nodes, its database and its migrations', () => {
    template('gateway-blue').resourceCountIs('AWS::ECS::Service', 1);
    template('gateway-blue').hasResourceProperties('AWS::RDS::DBInstance', { DBInstanceIdentifier: 'gateway-blue' });
    template('gateway-blue').resourceCountIs('Custom::KongMigrations', 1);
  });
});
