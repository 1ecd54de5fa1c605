import { Aws, Stack, aws_cloudwatch as cloudwatch } from 'aws-cdk-lib';
import { Construct } from 'constructs';
import { dashboardBody } from '../blueprint/dashboard';
import type { EdgeDimensions } from '../blueprint/metrics';
import type { EdgeSpec } from '../blueprint/spec';
import type { EdgeAlarms } from './alarms';

/** What the blueprint shows (lib/blueprint/dashboard.ts). */
export function edgeDashboard(
  scope: Construct,
  id: string,
  props: EdgeDimensions & { readonly spec: EdgeSpec['alarms']; readonly alarms: EdgeAlarms },
): cloudwatch.CfnDashboard {
  const { alarms, ...shown } = props;
  const body = dashboardBody({
    ...shown,
    stackName: Stack.of(scope).stackName,
    region: Aws.REGION,
    alarmArns: alarms.all.map(({ alarmArn }) => alarmArn),
  });
  // A resource of a construct of its own, as cloudwatch.Dashboard makes it: the logical id of earlier releases.
  return new cloudwatch.CfnDashboard(new Construct(scope, id), 'Resource', {
    // Names and ARNs, which JSON writes as they are.
    dashboardBody: JSON.stringify(body),
  });
}
