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
  targetGroupArn: { blue: 'BlueTargetGroupArn', green: 'GreenTargetGroupArn' },
  adminTargetGroupArn: { blue: 'BlueAdminTargetGroupArn', green: 'GreenAdminTargetGroupArn' },
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
