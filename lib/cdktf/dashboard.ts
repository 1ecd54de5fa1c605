import { CloudwatchDashboard } from '@cdktf/provider-aws/lib/cloudwatch-dashboard';
import type { Construct } from 'constructs';
import { dashboardBody } from '../blueprint/dashboard';
import type { EdgeDimensions } from '../blueprint/metrics';
import type { EdgeSpec } from '../blueprint/spec';
import type { EdgeAlarms } from './alarms';
import { literalJson } from './literal';
import { regionName } from './surroundings';

export interface EdgeDashboardProps extends EdgeDimensions {
  /** Of the system. */
  readonly name: string;
  readonly spec: EdgeSpec['alarms'];
  readonly alarms: Pick<EdgeAlarms, 'all'>;
}

/** What the blueprint shows (lib/blueprint/dashboard.ts). */
export function edgeDashboard(
  scope: Construct,
  id: string,
  { name, alarms, ...shown }: EdgeDashboardProps,
): CloudwatchDashboard {
  const stackName = `${name}-edge`;
  const region = regionName(scope);
  const body = dashboardBody({ ...shown, stackName, region, alarmArns: alarms.all.map(({ arn }) => arn) });
  return new CloudwatchDashboard(scope, id, {
    // An account has one list of dashboards for all regions.
    dashboardName: `${stackName}-${region}`,
    dashboardBody: literalJson(body),
  });
}
