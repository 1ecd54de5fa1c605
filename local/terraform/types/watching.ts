import { resource } from '../by-type';
import { ACCOUNT, REGION, given, json, list, nameOf, only, optionalText, tagList, text, texts } from '../cloud';
import type { ResourceType } from '../resource-type';
import type { Values } from '../values';

const group = resource({
  type: 'AWS::Logs::LogGroup',
  forceNew: ['name', 'name_prefix', 'log_group_class'],
  defaults: { retention_in_days: 0, skip_destroy: false },
  prepare: (v) => ({ name: nameOf(v) }),
  properties: (v) =>
    given({
      LogGroupName: v['name'],
      RetentionInDays: v['retention_in_days'] || undefined,
      KmsKeyId: optionalText(v['kms_key_id']),
      Tags: tagList(v),
    }),
  made: (_, v) => ({
    id: v['name'],
    arn: `arn:aws:logs:${REGION}:${ACCOUNT}:log-group:${text(v['name'])}`,
    log_group_class: v['log_group_class'] ?? 'STANDARD',
  }),
});

export const logGroup: ResourceType = {
  ...group,
  async read(state) {
    const { logGroups } = await json<{ logGroups: readonly { logGroupName: string; retentionInDays?: number }[] }>(
      'logs',
      'Logs_20140328.DescribeLogGroups',
      { logGroupNamePrefix: state['id'] },
    );
    const found = logGroups.find(({ logGroupName }) => logGroupName === state['id']);
    return found && { retention_in_days: found.retentionInDays ?? 0 };
  },
  remove: async (state) => (state['skip_destroy'] === true ? undefined : group.remove(state)),
};

const dimensions = (of: unknown) =>
  Object.entries((of ?? {}) as Record<string, string>).map(([Name, Value]) => ({ Name, Value }));

function query(v: Values) {
  const metric = only(v['metric']);
  return {
    Id: v['id'],
    Expression: optionalText(v['expression']),
    Label: optionalText(v['label']),
    Period: v['period'] || undefined,
    ReturnData: v['return_data'] ?? false,
    MetricStat: metric && {
      Metric: {
        Namespace: metric['namespace'],
        MetricName: metric['metric_name'],
        Dimensions: dimensions(metric['dimensions']),
      },
      Period: metric['period'],
      Stat: metric['stat'],
      Unit: optionalText(metric['unit']),
    },
  };
}

export const metricAlarm = resource({
  type: 'AWS::CloudWatch::Alarm',
  forceNew: ['alarm_name'],
  defaults: { actions_enabled: true, treat_missing_data: 'missing' },
  properties: (v) =>
    given({
      AlarmName: v['alarm_name'],
      AlarmDescription: v['alarm_description'],
      ActionsEnabled: v['actions_enabled'],
      AlarmActions: texts(v['alarm_actions']),
      OKActions: texts(v['ok_actions']),
      InsufficientDataActions: texts(v['insufficient_data_actions']),
      ComparisonOperator: v['comparison_operator'],
      EvaluationPeriods: v['evaluation_periods'],
      DatapointsToAlarm: v['datapoints_to_alarm'] || undefined,
      Threshold: v['threshold'],
      TreatMissingData: v['treat_missing_data'],
      EvaluateLowSampleCountPercentile: optionalText(v['evaluate_low_sample_count_percentiles']),
      ...(list(v['metric_query']).length > 0
        ? { Metrics: list(v['metric_query']).map(query) }
        : {
            Namespace: v['namespace'],
            MetricName: v['metric_name'],
            Dimensions: dimensions(v['dimensions']),
            Period: v['period'],
            Statistic: optionalText(v['statistic']),
            ExtendedStatistic: optionalText(v['extended_statistic']),
            Unit: optionalText(v['unit']),
          }),
      Tags: tagList(v),
    }),
  made: (_, v) => ({
    id: v['alarm_name'],
    arn: `arn:aws:cloudwatch:${REGION}:${ACCOUNT}:alarm:${text(v['alarm_name'])}`,
  }),
});

export const dashboard = resource({
  type: 'AWS::CloudWatch::Dashboard',
  forceNew: ['dashboard_name'],
  properties: (v) => ({ DashboardName: v['dashboard_name'], DashboardBody: v['dashboard_body'] }),
  made: (_, v) => ({
    id: v['dashboard_name'],
    dashboard_arn: `arn:aws:cloudwatch::${ACCOUNT}:dashboard/${text(v['dashboard_name'])}`,
  }),
});
