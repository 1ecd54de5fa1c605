/** Names of the stacks' outputs, the same for both backends: commands and people read them. */
export const EDGE_OUTPUTS = {
  loadBalancerDns: 'LoadBalancerDns',
  loadBalancerArn: 'LoadBalancerArn',
  adminDns: 'AdminDns',
  adminListenerArn: 'AdminListenerArn',
  /** Weighted rule of the Admin API: it goes where the traffic goes. */
  adminRuleArn: 'AdminRuleArn',
  freezeRuleArn: 'FreezeRuleArn',
  testerHeaderName: 'TesterHeaderName',
  testerSecretArn: 'TesterSecretArn',
  /** DynamoDB table with the lock and the state of the shift under way. */
  shiftTable: 'ShiftTable',
  /** JSON: alarm names by what they watch, `{"blue": […], "green": […], "loadBalancer": […]}`. */
  alarmNames: 'AlarmNames',
  /** JSON list of the weighted rules' ARNs. */
  weightedRuleArns: 'WeightedRuleArns',
  /** State machine that runs a shift without a machine of yours; absent with `weightOwnership: template`. */
  shiftMachineArn: 'ShiftMachineArn',
  /** State machine that puts the weights back to where they were before a run, with its checks. */
  rollbackMachineArn: 'RollbackMachineArn',
  /** Role that EventBridge Scheduler starts the rollback machine with. */
  schedulerRoleArn: 'SchedulerRoleArn',
  targetGroupArn: { blue: 'BlueTargetGroupArn', green: 'GreenTargetGroupArn' },
  adminTargetGroupArn: { blue: 'BlueAdminTargetGroupArn', green: 'GreenAdminTargetGroupArn' },
} as const;

/** What a slot's stack needs of the edge where no exports join the two: published beside the outputs by Terraform alone. */
export const EDGE_CONNECTIONS = {
  vpcId: 'VpcId',
  /** Ids with commas between them, as those of the database. */
  nodeSubnetIds: 'NodeSubnetIds',
  databaseSubnetIds: 'DatabaseSubnetIds',
  nodeSecurityGroupId: { blue: 'BlueNodeSecurityGroupId', green: 'GreenNodeSecurityGroupId' },
} as const;

export const SLOT_OUTPUTS = {
  clusterName: 'ClusterName',
  serviceName: 'ServiceName',
  databaseIdentifier: 'DatabaseIdentifier',
  databaseEndpoint: 'DatabaseEndpoint',
  databaseResourceId: 'DatabaseResourceId',
  databaseSecretArn: 'DatabaseSecretArn',
  migrationTaskDefinitionArn: 'MigrationTaskDefinitionArn',
  migrationSubnetIds: 'MigrationSubnetIds',
  migrationSecurityGroupId: 'MigrationSecurityGroupId',
  migrationLogGroupName: 'MigrationLogGroupName',
} as const;

/** A stack that Terraform made: another text after it was destroyed and made again, as CloudFormation's StackId is. */
export const STATE_ID = 'StateId';
