import type { Alarm, EventRule, Fn, Found, Machine, Table } from './meaning';
import type { Paper } from './world';
import { list, ofType, said } from './world';

export const alarmsOf = (paper: Paper): Found<Alarm>[] =>
  ofType(paper, 'AWS::CloudWatch::Alarm').map(({ at, props }) => ({
    at,
    is: {
      description: props.AlarmDescription,
      operator: props.ComparisonOperator,
      threshold: props.Threshold,
      periods: props.EvaluationPeriods,
      datapoints: props.DatapointsToAlarm ?? props.EvaluationPeriods,
      missing: props.TreatMissingData ?? 'missing',
      measured: props.Metrics ? ofQueries(props.Metrics) : ofMetric(props),
      actions: list<string>(props.AlarmActions),
    },
  }));

const ofQueries = (queries: readonly any[]): unknown => ({
  expressions: queries
    .filter(({ Expression }) => Expression !== undefined)
    .map(({ Expression, Label, ReturnData }) => ({
      expression: Expression,
      label: Label,
      returned: ReturnData ?? true,
    })),
  metrics: Object.fromEntries(
    queries
      .filter(({ MetricStat }) => MetricStat !== undefined)
      .map(({ Id, ReturnData, MetricStat: { Metric, Period, Stat } }) => [
        Id,
        { ...ofMetric({ ...Metric, Period, Statistic: Stat }), returned: ReturnData ?? true },
      ]),
  ),
});

const ofMetric = (metric: any): Record<string, unknown> => ({
  namespace: metric.Namespace,
  name: metric.MetricName,
  dimensions: Object.fromEntries(list<any>(metric.Dimensions).map(({ Name, Value }) => [Name, Value])),
  statistic: metric.Statistic ?? metric.ExtendedStatistic,
  periodSeconds: metric.Period,
  fewSamples: metric.EvaluateLowSampleCountPercentile ?? 'evaluate',
});

export const dashboardsOf = (paper: Paper): Found<unknown>[] =>
  ofType(paper, 'AWS::CloudWatch::Dashboard').map(({ at, props }) => ({ at, is: JSON.parse(props.DashboardBody) }));

export const tablesOf = (paper: Paper): Found<Table>[] =>
  ofType(paper, 'AWS::DynamoDB::Table').map(({ at, props }) => {
    const types = Object.fromEntries(
      props.AttributeDefinitions.map(({ AttributeName, AttributeType }: any) => [AttributeName, AttributeType]),
    );
    return {
      at,
      is: {
        key: Object.fromEntries(
          props.KeySchema.map(({ AttributeName, KeyType }: any) => [
            KeyType,
            `${AttributeName} ${types[AttributeName]}`,
          ]),
        ),
        billing: props.BillingMode,
        atTheEnd: props.DeletionPolicy === 'Delete' ? 'deleted' : String(props.DeletionPolicy),
        pointInTimeRecovery: props.PointInTimeRecoverySpecification?.PointInTimeRecoveryEnabled ?? false,
      },
    };
  });

export const machinesOf = (paper: Paper): Found<Machine>[] =>
  ofType(paper, 'AWS::StepFunctions::StateMachine').map(({ at, props }) => ({
    at,
    is: {
      definition: JSON.parse(props.DefinitionString),
      role: props.RoleArn,
      type: props.StateMachineType ?? 'STANDARD',
    },
  }));

export const eventRulesOf = (paper: Paper): Found<EventRule>[] =>
  ofType(paper, 'AWS::Events::Rule').map(({ at, props }) => ({
    at,
    is: {
      description: props.Description,
      pattern: props.EventPattern,
      targets: props.Targets.map((target: any) =>
        said({
          arn: target.Arn,
          role: target.RoleArn,
          paths: target.InputTransformer?.InputPathsMap,
          template: target.InputTransformer?.InputTemplate,
          attempts: target.RetryPolicy?.MaximumRetryAttempts,
          ageSeconds: target.RetryPolicy?.MaximumEventAgeInSeconds,
        }),
      ),
    },
  }));

export const functionsOf = (paper: Paper): Found<Fn>[] =>
  ofType(paper, 'AWS::Lambda::Function').map(({ at, props }) => ({
    at,
    is: {
      handler: props.Handler,
      runtime: props.Runtime,
      memoryMib: props.MemorySize ?? 128,
      timeoutSeconds: props.Timeout ?? 3,
      environment: props.Environment?.Variables ?? {},
      role: props.Role,
      logGroup: props.LoggingConfig?.LogGroup ?? 'of its own',
    },
  }));
