import type { Alarm, EventRule, Fn, Found, Machine, Table } from './meaning';
import type { Paper } from './world';
import { list, marked, ofType, said } from './world';

export const alarmsOf = (paper: Paper): Found<Alarm>[] =>
  ofType(paper, 'aws_cloudwatch_metric_alarm').map(({ at, props }) => ({
    at,
    is: {
      description: props.alarm_description,
      operator: props.comparison_operator,
      threshold: props.threshold,
      periods: props.evaluation_periods,
      datapoints: props.datapoints_to_alarm ?? props.evaluation_periods,
      missing: props.treat_missing_data ?? 'missing',
      measured: props.metric_query ? ofQueries(list(props.metric_query)) : ofMetric(props),
      actions: list<string>(props.alarm_actions),
    },
  }));

const ofQueries = (queries: readonly any[]): unknown => ({
  expressions: queries
    .filter(({ expression }) => expression !== undefined)
    .map(({ expression, label, return_data }) => ({ expression, label, returned: return_data ?? false })),
  metrics: Object.fromEntries(
    queries
      .filter(({ metric }) => metric !== undefined)
      .map(({ id, return_data, metric }) => [
        id,
        { ...ofMetric(list<any>(metric)[0]), returned: return_data ?? false },
      ]),
  ),
});

const ofMetric = (metric: any): Record<string, unknown> => ({
  namespace: metric.namespace,
  name: metric.metric_name,
  dimensions: metric.dimensions,
  statistic: metric.statistic ?? metric.extended_statistic ?? metric.stat,
  periodSeconds: metric.period,
  fewSamples: metric.evaluate_low_sample_count_percentiles ?? 'evaluate',
});

export const dashboardsOf = (paper: Paper): Found<unknown>[] =>
  ofType(paper, 'aws_cloudwatch_dashboard').map(({ at, props }) => ({ at, is: JSON.parse(props.dashboard_body) }));

export const tablesOf = (paper: Paper): Found<Table>[] =>
  ofType(paper, 'aws_dynamodb_table').map(({ at, props }) => {
    const types = Object.fromEntries(list<any>(props.attribute).map(({ name, type }) => [name, type]));
    const key = (kind: string, name: string | undefined) =>
      name === undefined ? {} : { [kind]: `${name} ${types[name]}` };
    return {
      at,
      is: {
        key: { ...key('HASH', props.hash_key), ...key('RANGE', props.range_key) },
        billing: props.billing_mode,
        atTheEnd: props.deletion_protection_enabled ? 'kept' : 'deleted',
        pointInTimeRecovery: list<any>(props.point_in_time_recovery)[0]?.enabled ?? false,
      },
    };
  });

export const machinesOf = (paper: Paper): Found<Machine>[] =>
  ofType(paper, 'aws_sfn_state_machine').map(({ at, props }) => ({
    at,
    is: { definition: JSON.parse(props.definition), role: props.role_arn, type: props.type ?? 'STANDARD' },
  }));

export const eventRulesOf = (paper: Paper): Found<EventRule>[] =>
  ofType(paper, 'aws_cloudwatch_event_rule').map(({ at, props }) => ({
    at,
    is: {
      description: props.description,
      pattern: JSON.parse(props.event_pattern),
      targets: ofType(paper, 'aws_cloudwatch_event_target')
        .filter((target) => marked(target.props.rule) === at)
        .map(({ props: target }) => {
          const [transformer, retry] = [list<any>(target.input_transformer)[0], list<any>(target.retry_policy)[0]];
          return said({
            arn: target.arn,
            role: target.role_arn,
            paths: transformer?.input_paths,
            template: transformer?.input_template,
            attempts: retry?.maximum_retry_attempts,
            ageSeconds: retry?.maximum_event_age_in_seconds,
          });
        }),
    },
  }));

export const functionsOf = (paper: Paper): Found<Fn>[] =>
  ofType(paper, 'aws_lambda_function').map(({ at, props }) => ({
    at,
    is: {
      handler: props.handler,
      runtime: props.runtime,
      memoryMib: props.memory_size ?? 128,
      timeoutSeconds: props.timeout ?? 3,
      environment: list<any>(props.environment)[0]?.variables ?? {},
      role: props.role,
      logGroup: list<any>(props.logging_config)[0]?.log_group ?? 'of its own',
    },
  }));
