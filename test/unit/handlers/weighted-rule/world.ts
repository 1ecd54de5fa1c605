import type { Resource, ResourceEvent } from '../../../../lib/handlers/weighted-rule/event';
import type { Answer } from '../../../../lib/handlers/weighted-rule/respond';
import { answer } from '../../../../lib/handlers/weighted-rule/respond';
import type { Clients } from '../../../../lib/handlers/weighted-rule/rules';
import type { Weights } from '../../../../lib/traffic/weights';
import { FakeElbv2, targetGroupArn } from './fake-elbv2';

export const everyPath = { Field: 'path-pattern', PathPatternConfig: { Values: ['/*'] } };
export const host = (...names: string[]) => ({ Field: 'host-header', HostHeaderConfig: { Values: names } });

export const SECRET_ARN = 'arn:aws:secretsmanager:eu-central-1:111122223333:secret:oidc-AbCdEf';
export const oidc = (clientId = 'shop') => ({
  Type: 'authenticate-oidc',
  Order: 1,
  AuthenticateOidcConfig: {
    Issuer: 'https://id.example.com',
    AuthorizationEndpoint: 'https://id.example.com/authorize',
    TokenEndpoint: 'https://id.example.com/token',
    UserInfoEndpoint: 'https://id.example.com/userinfo',
    ClientId: clientId,
    SessionTimeout: 3600,
  },
});

export type Properties = Record<string, string>;

/** A custom resource as CloudFormation drives it: one event after another, each answer's physical id kept. */
export class World {
  readonly elbv2 = new FakeElbv2();
  readonly listener = this.elbv2.addListener(443);
  readonly slept: number[] = [];
  stackStatus = 'UPDATE_IN_PROGRESS';
  secret: string | undefined = '{"client_secret":"s3cret"}';
  physicalId: string | undefined;
  /** Happens while the handler waits. */
  onSleep?: () => void;
  private requests = 0;

  constructor(
    private readonly resource: Resource<Clients>,
    private readonly type = 'Custom::KongWeightedRule',
  ) {
    for (const name of ['blue', 'green', 'blue-2', 'green-2']) this.elbv2.targets.set(targetGroupArn(name), []);
  }

  readonly clients: Clients = {
    elbv2: this.elbv2.client,
    secrets: { send: () => Promise.resolve({ SecretString: this.secret }) } as never,
    cloudformation: { send: () => Promise.resolve({ Stacks: [{ StackStatus: this.stackStatus }] }) } as never,
    sleep: (milliseconds) => {
      this.slept.push(milliseconds);
      this.onSleep?.();
      return Promise.resolve();
    },
  };

  /** Properties as they arrive: text and nothing but text. */
  properties(overrides: Record<string, unknown> = {}): Properties {
    const all: Record<string, unknown> = {
      ListenerArn: this.listener,
      Priority: 1000,
      Conditions: JSON.stringify([everyPath]),
      ActionsBefore: '[]',
      BlueTargetGroupArn: targetGroupArn('blue'),
      GreenTargetGroupArn: targetGroupArn('green'),
      BlueWeight: 100,
      GreenWeight: 0,
      ...overrides,
    };
    return Object.fromEntries(
      Object.entries(all)
        .filter(([, value]) => value !== undefined)
        .map(([key, value]) => [key, String(value)]),
    );
  }

  event(RequestType: ResourceEvent['RequestType'], properties: Properties, old?: Properties): ResourceEvent {
    return {
      RequestType,
      ResourceType: this.type,
      StackId: 'arn:aws:cloudformation:eu-central-1:111122223333:stack/kong-edge/1',
      RequestId: `request-${(this.requests += 1)}`,
      LogicalResourceId: 'Rule',
      ResponseURL: 'http://127.0.0.1/',
      ...(this.physicalId !== undefined && { PhysicalResourceId: this.physicalId }),
      ResourceProperties: properties,
      ...(old && { OldResourceProperties: old }),
    };
  }

  send(event: ResourceEvent): Promise<Answer> {
    return answer(event, { getRemainingTimeInMillis: () => 180_000 }, this.resource, this.clients);
  }

  async create(properties = this.properties()): Promise<Answer> {
    const result = await this.send(this.event('Create', properties));
    this.physicalId = result.PhysicalResourceId;
    return result;
  }

  async update(next: Properties, old: Properties): Promise<Answer> {
    const result = await this.send(this.event('Update', next, old));
    if (result.Status === 'SUCCESS') this.physicalId = result.PhysicalResourceId;
    return result;
  }

  delete(properties = this.properties()): Promise<Answer> {
    return this.send(this.event('Delete', properties));
  }

  /** What the runner does: a new weight for each group of the live rule, everything else as it was. */
  shift(weights: Weights, arn = this.physicalId ?? ''): void {
    const rule = this.elbv2.rule(arn);
    const groups = rule.Actions?.at(-1)?.ForwardConfig?.TargetGroups ?? [];
    groups[0]!.Weight = weights.blue;
    groups[1]!.Weight = weights.green;
  }

  shiftAll(weights: Weights): void {
    for (const { RuleArn, IsDefault } of this.elbv2.rules) if (!IsDefault) this.shift(weights, RuleArn);
  }

  /** Weights by target group name, as they live. */
  weights(arn = this.physicalId ?? ''): Record<string, number | undefined> {
    const groups = this.elbv2.rule(arn).Actions?.at(-1)?.ForwardConfig?.TargetGroups ?? [];
    return Object.fromEntries(groups.map((group) => [(group.TargetGroupArn ?? '').split('/')[1], group.Weight]));
  }

  writesSince(count: number): string[] {
    return this.elbv2.writes.slice(count).map(({ name }) => name);
  }
}
