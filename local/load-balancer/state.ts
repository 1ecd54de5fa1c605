/**
 * The two JSON documents between the local AWS and the load balancer. Actions and conditions are the ELBv2 API's own
 * shapes (API reference: `Action`, `RuleCondition`), as far as the load balancer reads them.
 */

/** `GET /_local/load-balancers`: what is to be served now, whole. */
export interface LoadBalancerState {
  readonly loadBalancers: readonly LoadBalancer[];
  readonly targetGroups: readonly TargetGroup[];
}

export interface LoadBalancer {
  readonly arn: string;
  readonly name: string;
  /** The loopback address, as everything that reads the DNS name connects to it. */
  readonly dnsName: string;
  /** Loopback address of its own (127.3.x.y). */
  readonly address: string;
  readonly scheme: string;
  /** Load balancer attributes; read: `idle_timeout.timeout_seconds` (default 60). */
  readonly attributes: Readonly<Record<string, string>>;
  readonly listeners: readonly Listener[];
}

export interface Listener {
  readonly arn: string;
  readonly port: number;
  readonly protocol: string;
  readonly certificateArn?: string;
  readonly sslPolicy?: string;
  readonly defaultActions: readonly Action[];
  readonly rules: readonly Rule[];
}

export interface Rule {
  readonly arn: string;
  /** 1–50000 as AWS writes it (a string) or a number; `default` is ignored, the default actions stand on the listener. */
  readonly priority: string | number;
  readonly conditions: readonly Condition[];
  readonly actions: readonly Action[];
}

interface Values {
  readonly Values?: readonly string[];
  readonly RegexValues?: readonly string[];
}
export interface Condition {
  readonly Field?: string;
  readonly Values?: readonly string[];
  readonly RegexValues?: readonly string[];
  readonly HostHeaderConfig?: Values;
  readonly PathPatternConfig?: Values;
  readonly HttpHeaderConfig?: Values & { readonly HttpHeaderName?: string };
  readonly HttpRequestMethodConfig?: Values;
  readonly QueryStringConfig?: { readonly Values?: readonly { readonly Key?: string; readonly Value?: string }[] };
  readonly SourceIpConfig?: Values;
}

export interface WeightedGroup {
  readonly TargetGroupArn?: string;
  /** 0–999; 1 when AWS leaves it out. */
  readonly Weight?: number;
}
export interface ForwardConfig {
  readonly TargetGroups?: readonly WeightedGroup[];
  readonly TargetGroupStickinessConfig?: { readonly Enabled?: boolean; readonly DurationSeconds?: number };
}
export interface AuthenticateConfig {
  readonly AuthorizationEndpoint?: string;
  readonly ClientId?: string;
  readonly UserPoolArn?: string;
  readonly UserPoolClientId?: string;
  readonly UserPoolDomain?: string;
  readonly Scope?: string;
  readonly OnUnauthenticatedRequest?: string;
}
export interface Action {
  readonly Type: string;
  readonly Order?: number;
  readonly TargetGroupArn?: string;
  readonly ForwardConfig?: ForwardConfig;
  readonly FixedResponseConfig?: {
    readonly StatusCode?: string;
    readonly ContentType?: string;
    readonly MessageBody?: string;
  };
  readonly RedirectConfig?: {
    readonly Protocol?: string;
    readonly Host?: string;
    readonly Port?: string;
    readonly Path?: string;
    readonly Query?: string;
    readonly StatusCode?: string;
  };
  readonly AuthenticateCognitoConfig?: AuthenticateConfig;
  readonly AuthenticateOidcConfig?: AuthenticateConfig;
}

export interface HealthCheck {
  readonly protocol: string;
  /** A port, or `traffic-port`. */
  readonly port: string | number;
  readonly path: string;
  readonly intervalSeconds: number;
  readonly timeoutSeconds: number;
  readonly healthyCount: number;
  readonly unhealthyCount: number;
  /** Matcher: `200`, `200,202` or `200-299`. */
  readonly successCodes: string;
}
export interface Target {
  readonly id: string;
  readonly port: number;
  /** draining: deregistered, its deregistration delay not over. */
  readonly state: 'registered' | 'draining';
}
export interface TargetGroup {
  readonly arn: string;
  readonly name: string;
  readonly protocol: string;
  readonly port: number;
  readonly healthCheck: HealthCheck;
  readonly attributes: Readonly<Record<string, string>>;
  readonly targets: readonly Target[];
}

/** `POST /_local/target-health`: the health of every target of every target group, by target group ARN. */
export type TargetHealthDocument = Readonly<Record<string, readonly TargetHealth[]>>;
export interface TargetHealth {
  readonly id: string;
  readonly port: number;
  readonly state: 'initial' | 'healthy' | 'unhealthy' | 'draining' | 'unused';
  readonly reason?: string;
  readonly description?: string;
}

export const targetKey = (target: { readonly id: string; readonly port: number }): string =>
  `${target.id}:${target.port}`;
