import {
  CfnOutput,
  CfnResource,
  CustomResource,
  Duration,
  Fn,
  RemovalPolicy,
  Stack,
  aws_cloudwatch as cloudwatch,
  aws_dynamodb as dynamodb,
  aws_ec2 as ec2,
  aws_elasticloadbalancingv2 as elbv2,
  aws_iam as iam,
  aws_lambda as lambda,
  aws_logs as logs,
  aws_secretsmanager as secretsmanager,
} from 'aws-cdk-lib';
import { handlers, type Colour } from './common';
import { machines } from './machines';

export interface Edge {
  vpc: ec2.IVpc;
  proxy: Record<Colour, elbv2.ApplicationTargetGroup>;
  admin: Record<Colour, elbv2.ApplicationTargetGroup>;
  nodes: Record<Colour, ec2.ISecurityGroup>;
}

const CERTIFICATE = 'arn:aws:acm:eu-central-1:123456789012:certificate/6f1c1c9e-0000-4000-8000-000000000001';

const everyPath = { Field: 'path-pattern', PathPatternConfig: { Values: ['/*'] } };
const nothing = elbv2.ListenerAction.fixedResponse(503, { contentType: 'text/plain', messageBody: 'no rule matched' });

export function makeEdge(stack: Stack): Edge {
  const vpc = new ec2.Vpc(stack, 'Vpc', {
    ipAddresses: ec2.IpAddresses.cidr('10.20.0.0/16'),
    maxAzs: 2,
    natGateways: 1,
    restrictDefaultSecurityGroup: false,
    subnetConfiguration: [
      { name: 'Public', subnetType: ec2.SubnetType.PUBLIC, cidrMask: 24, mapPublicIpOnLaunch: false },
      { name: 'Nodes', subnetType: ec2.SubnetType.PRIVATE_WITH_EGRESS, cidrMask: 22 },
      { name: 'Database', subnetType: ec2.SubnetType.PRIVATE_ISOLATED, cidrMask: 24 },
    ],
  });
  const flowLogs = new logs.LogGroup(stack, 'FlowLogs', {
    retention: logs.RetentionDays.ONE_MONTH,
    removalPolicy: RemovalPolicy.DESTROY,
  });
  vpc.addFlowLog('FlowLog', { destination: ec2.FlowLogDestination.toCloudWatchLogs(flowLogs) });

  const proxyGroup = securityGroup(stack, 'ProxyGroup', vpc, 'Load balancer of the Kong proxy');
  for (const port of [80, 443]) proxyGroup.addIngressRule(ec2.Peer.ipv4('0.0.0.0/0'), ec2.Port.tcp(port));
  const proxyBalancer = loadBalancer(stack, 'Proxy', vpc, proxyGroup, true);
  proxyBalancer.addListener('Http', {
    port: 80,
    open: false,
    defaultAction: elbv2.ListenerAction.redirect({ protocol: 'HTTPS', port: '443', permanent: true }),
  });
  const https = proxyBalancer.addListener('Https', {
    port: 443,
    open: false,
    certificates: [elbv2.ListenerCertificate.fromArn(CERTIFICATE)],
    sslPolicy: 'ELBSecurityPolicy-TLS13-1-2-2021-06' as elbv2.SslPolicy,
    defaultAction: nothing,
  });

  const adminGroup = securityGroup(stack, 'AdminGroup', vpc, 'Internal load balancer of the Kong Admin API');
  adminGroup.addIngressRule(ec2.Peer.ipv4('10.20.0.0/16'), ec2.Port.tcp(8001));
  const adminBalancer = loadBalancer(stack, 'Admin', vpc, adminGroup, false);
  const adminListener = adminBalancer.addListener('Listener', {
    port: 8001,
    protocol: elbv2.ApplicationProtocol.HTTP,
    open: false,
    defaultAction: nothing,
  });

  const proxy = {
    blue: targetGroup(stack, 'BlueProxy', vpc, 8000, '/status'),
    green: targetGroup(stack, 'GreenProxy', vpc, 8000, '/status/ready'),
  };
  const admin = {
    blue: targetGroup(stack, 'BlueAdmin', vpc, 8001, '/status'),
    green: targetGroup(stack, 'GreenAdmin', vpc, 8001, '/status/ready'),
  };
  const nodes = {
    blue: nodeGroup(stack, 'BlueNodes', vpc, proxyGroup, adminGroup),
    green: nodeGroup(stack, 'GreenNodes', vpc, proxyGroup, adminGroup),
  };

  const rules = weightedRules(stack, { https, adminListener, proxy, admin });
  testerRules(stack, https, proxy);
  for (const [priority, colour] of [[10, 'blue'] as const, [11, 'green'] as const]) {
    rule(stack, `Slot-${colour}`, adminListener, priority, [header('X-Kong-Slot', colour)], admin[colour]);
  }
  monitoring(stack, proxyBalancer, proxy);
  const table = new dynamodb.Table(stack, 'Shift', {
    partitionKey: { name: 'id', type: dynamodb.AttributeType.STRING },
    billingMode: dynamodb.BillingMode.PAY_PER_REQUEST,
    removalPolicy: RemovalPolicy.DESTROY,
  });

  machines(stack, { balancer: proxyBalancer, table, ...rules, proxy, admin });

  new CfnOutput(stack, 'LoadBalancerDns', { value: proxyBalancer.loadBalancerDnsName });
  new CfnOutput(stack, 'ShiftTable', { value: table.tableName });
  new CfnOutput(stack, 'AdminDns', { value: adminBalancer.loadBalancerDnsName });
  return { vpc, proxy, admin, nodes };
}

const securityGroup = (stack: Stack, id: string, vpc: ec2.IVpc, description: string): ec2.SecurityGroup =>
  new ec2.SecurityGroup(stack, id, { vpc, description, allowAllOutbound: false });

const loadBalancer = (stack: Stack, id: string, vpc: ec2.IVpc, group: ec2.SecurityGroup, internetFacing: boolean) =>
  new elbv2.ApplicationLoadBalancer(stack, id, {
    vpc,
    vpcSubnets: { subnetType: internetFacing ? ec2.SubnetType.PUBLIC : ec2.SubnetType.PRIVATE_WITH_EGRESS },
    internetFacing,
    securityGroup: group,
    dropInvalidHeaderFields: true,
    deletionProtection: true,
    idleTimeout: Duration.seconds(60),
  });

const targetGroup = (stack: Stack, id: string, vpc: ec2.IVpc, port: number, path: string) =>
  new elbv2.ApplicationTargetGroup(stack, id, {
    vpc,
    targetType: elbv2.TargetType.IP,
    protocol: elbv2.ApplicationProtocol.HTTP,
    port,
    deregistrationDelay: Duration.seconds(30),
    healthCheck: {
      protocol: elbv2.Protocol.HTTP,
      port: '8100',
      path,
      interval: Duration.seconds(10),
      timeout: Duration.seconds(5),
      healthyThresholdCount: 2,
      unhealthyThresholdCount: 3,
      healthyHttpCodes: '200',
    },
  });

function nodeGroup(stack: Stack, id: string, vpc: ec2.IVpc, proxy: ec2.SecurityGroup, admin: ec2.SecurityGroup) {
  const group = new ec2.SecurityGroup(stack, id, { vpc, description: id, allowAllOutbound: true });
  const open = (from: ec2.SecurityGroup, port: number) => {
    group.addIngressRule(from, ec2.Port.tcp(port));
    from.addEgressRule(group, ec2.Port.tcp(port));
  };
  for (const port of [8000, 8100]) open(proxy, port);
  for (const port of [8001, 8100]) open(admin, port);
  return ec2.SecurityGroup.fromSecurityGroupId(stack, `${id}ById`, group.securityGroupId, { mutable: false });
}

const header = (HttpHeaderName: string, value: string) => ({
  Field: 'http-header',
  HttpHeaderConfig: { HttpHeaderName, Values: [value] },
});

function rule(
  stack: Stack,
  id: string,
  listener: elbv2.ApplicationListener,
  priority: number,
  conditions: object[],
  group: elbv2.ApplicationTargetGroup,
): void {
  new CfnResource(stack, id, {
    type: 'AWS::ElasticLoadBalancingV2::ListenerRule',
    properties: {
      ListenerArn: listener.listenerArn,
      Priority: priority,
      Conditions: conditions,
      Actions: [
        {
          Type: 'forward',
          Order: 1,
          ForwardConfig: { TargetGroups: [{ TargetGroupArn: group.targetGroupArn, Weight: 1 }] },
        },
      ],
    },
  });
}

function testerRules(stack: Stack, https: elbv2.ApplicationListener, proxy: Edge['proxy']): void {
  const secret = new secretsmanager.Secret(stack, 'TesterSecret', {
    generateSecretString: { excludePunctuation: true, passwordLength: 32 },
  });
  const token = secret.secretValue.unsafeUnwrap();
  for (const [priority, colour] of [[10, 'blue'] as const, [11, 'green'] as const]) {
    const conditions = [everyPath, header('X-Kong-Tester', `${colour}-${token}`)];
    rule(stack, `Tester-${colour}`, https, priority, conditions, proxy[colour]);
  }
}

function weightedRules(
  stack: Stack,
  {
    https,
    adminListener,
    proxy,
    admin,
  }: {
    https: elbv2.ApplicationListener;
    adminListener: elbv2.ApplicationListener;
    proxy: Edge['proxy'];
    admin: Edge['admin'];
  },
): { readonly ruleArn: string; readonly adminRuleArn: string } {
  const logGroup = new logs.LogGroup(stack, 'RuleLogs', {
    retention: logs.RetentionDays.ONE_MONTH,
    removalPolicy: RemovalPolicy.DESTROY,
  });
  const role = new iam.Role(stack, 'RuleRole', { assumedBy: new iam.ServicePrincipal('lambda.amazonaws.com') });
  logGroup.grantWrite(role);
  const policy = (id: string, ...statements: iam.PolicyStatement[]) =>
    new iam.Policy(stack, id, { roles: [role], statements });
  const reading = policy(
    'RuleReading',
    new iam.PolicyStatement({
      actions: ['DescribeListeners', 'DescribeRules', 'DescribeTargetHealth'].map((a) => `elasticloadbalancing:${a}`),
      resources: ['*'],
    }),
  );
  const handler = new lambda.Function(stack, 'RuleHandler', {
    runtime: lambda.Runtime.NODEJS_24_X,
    handler: 'index.handler',
    code: handlers('weighted-rule'),
    role,
    logGroup,
    timeout: Duration.minutes(3),
    memorySize: 256,
  });
  const writing = (id: string, listener: elbv2.ApplicationListener) =>
    policy(
      id,
      new iam.PolicyStatement({ actions: ['elasticloadbalancing:CreateRule'], resources: [listener.listenerArn] }),
      new iam.PolicyStatement({
        actions: ['DeleteRule', 'ModifyRule', 'SetRulePriorities'].map((a) => `elasticloadbalancing:${a}`),
        resources: [`${Fn.join(':listener-rule/', Fn.split(':listener/', listener.listenerArn, 2))}/*`],
      }),
    );
  const httpsPolicy = writing('RulesHttps', https);
  const adminPolicy = writing('RulesAdmin', adminListener);
  const resource = (id: string, resourceType: string, write: iam.Policy, properties: Record<string, unknown>) =>
    dependent(
      new CustomResource(stack, id, {
        resourceType,
        serviceToken: handler.functionArn,
        serviceTimeout: Duration.minutes(4),
        properties,
      }),
      write,
    );
  const dependent = (made: CustomResource, write: iam.Policy): CustomResource => {
    made.node.addDependency(reading, write);
    return made;
  };
  const weighted = (listener: elbv2.ApplicationListener, groups: Edge['proxy']) => ({
    ListenerArn: listener.listenerArn,
    Priority: 1000,
    Conditions: stack.toJsonString([everyPath]),
    ActionsBefore: '[]',
    BlueTargetGroupArn: groups.blue.targetGroupArn,
    GreenTargetGroupArn: groups.green.targetGroupArn,
    BlueWeight: 100,
    GreenWeight: 0,
  });
  const proxyRule = resource('Weighted', 'Custom::KongWeightedRule', httpsPolicy, weighted(https, proxy));
  const adminRule = resource('AdminWeighted', 'Custom::KongWeightedRule', adminPolicy, weighted(adminListener, admin));
  resource('Freeze', 'Custom::KongFreezeRule', adminPolicy, {
    ListenerArn: adminListener.listenerArn,
    Priority: 1,
    Conditions: stack.toJsonString([
      { Field: 'http-request-method', HttpRequestMethodConfig: { Values: ['KONG_FREEZE_IS_OFF'] } },
    ]),
    Actions: stack.toJsonString([
      {
        Type: 'fixed-response',
        FixedResponseConfig: { StatusCode: '423', ContentType: 'text/plain', MessageBody: 'frozen' },
      },
    ]),
  });
  return { ruleArn: proxyRule.ref, adminRuleArn: adminRule.ref };
}

function monitoring(stack: Stack, balancer: elbv2.ApplicationLoadBalancer, proxy: Edge['proxy']): void {
  const period = Duration.minutes(1);
  const metric = (metricName: string, statistic: string, group?: elbv2.ApplicationTargetGroup) =>
    new cloudwatch.Metric({
      namespace: 'AWS/ApplicationELB',
      metricName,
      statistic,
      period,
      dimensionsMap: {
        LoadBalancer: balancer.loadBalancerFullName,
        ...(group && { TargetGroup: group.targetGroupFullName }),
      },
    });
  const alarms: cloudwatch.Alarm[] = [];
  const alarm = (
    id: string,
    what: cloudwatch.IMetric,
    threshold: number,
    missing = cloudwatch.TreatMissingData.MISSING,
  ) =>
    alarms.push(
      new cloudwatch.Alarm(stack, id, {
        metric: what,
        threshold,
        evaluationPeriods: 5,
        datapointsToAlarm: 3,
        comparisonOperator: cloudwatch.ComparisonOperator.GREATER_THAN_THRESHOLD,
        treatMissingData: missing,
      }),
    );
  const errors = (colour: Colour) =>
    new cloudwatch.MathExpression({
      expression: `(FILL(${colour}Errors, 0) + FILL(${colour}Refused, 0)) / ${colour}Requests`,
      usingMetrics: {
        [`${colour}Errors`]: metric('HTTPCode_Target_5XX_Count', 'Sum', proxy[colour]),
        [`${colour}Refused`]: metric('TargetConnectionErrorCount', 'Sum', proxy[colour]),
        [`${colour}Requests`]: metric('RequestCount', 'Sum', proxy[colour]),
      },
      period,
    });
  for (const colour of ['blue', 'green'] as const) {
    alarm(`${colour}-errors`, errors(colour), 0.01);
    alarm(`${colour}-p99`, metric('TargetResponseTime', 'p99', proxy[colour]), 2);
    alarm(`${colour}-unhealthy`, metric('UnHealthyHostCount', 'Maximum', proxy[colour]), 0);
  }
  const own = new cloudwatch.MathExpression({
    expression: 'own / (own + FILL(requests, 0))',
    usingMetrics: { own: metric('HTTPCode_ELB_5XX_Count', 'Sum'), requests: metric('RequestCount', 'Sum') },
    period,
  });
  alarm('own-errors', own, 0.01, cloudwatch.TreatMissingData.NOT_BREACHING);

  const share = (colour: Colour) =>
    new cloudwatch.MathExpression({
      expression: `FILL(${colour}, 0) / (FILL(blue, 0) + FILL(green, 0))`,
      usingMetrics: {
        blue: metric('RequestCount', 'Sum', proxy.blue),
        green: metric('RequestCount', 'Sum', proxy.green),
      },
      period,
    });
  const graph = (title: string, left: cloudwatch.IMetric[]) =>
    new cloudwatch.GraphWidget({ title, left, leftYAxis: { min: 0 }, width: 8, height: 6 });
  const both = (name: string, statistic: string) => [
    metric(name, statistic, proxy.blue).with({ color: cloudwatch.Color.BLUE, label: 'blue' }),
    metric(name, statistic, proxy.green).with({ color: cloudwatch.Color.GREEN, label: 'green' }),
  ];
  new cloudwatch.Dashboard(stack, 'Dashboard', {
    widgets: [
      [new cloudwatch.AlarmStatusWidget({ title: 'alarms', alarms, width: 24, height: 3 })],
      [
        graph('Requests a minute', both('RequestCount', 'Sum')),
        graph('Share of requests', [share('blue'), share('green')]),
        graph('Healthy nodes', both('HealthyHostCount', 'Minimum')),
      ],
      [
        graph('Share of errors', [errors('blue'), errors('green')]),
        graph('99th percentile, seconds', both('TargetResponseTime', 'p99')),
        graph('Errors of the load balancer itself', [own]),
      ],
    ],
  });
}
