import type { EdgeSpec } from './spec';

/** Said by every listener of ours to a request that no rule takes. */
export const NO_RULE = { statusCode: 503, contentType: 'text/plain', messageBody: 'no rule matched' } as const;

/** HTTP to HTTPS, for good. */
export const TO_HTTPS = { protocol: 'HTTPS', port: '443', statusCode: 'HTTP_301' } as const;

/** Of a listener whose settings name a certificate and no policy. */
const DEFAULT_SSL_POLICY = 'ELBSecurityPolicy-TLS13-1-2-2021-06';

export interface ListenerSpec {
  /** Construct id. */
  readonly id: string;
  readonly port: number;
  /** Absent: plain HTTP. */
  readonly tls?: { readonly certificateArn: string; readonly sslPolicy: string };
  /** redirect: `TO_HTTPS`, and no rule stands on it; answer: `NO_RULE`, and the rules are added by whoever owns them. */
  readonly otherwise: 'redirect' | 'answer';
}

/** Listeners of a load balancer of our own. */
export function ownListenerSpecs({ http, https }: EdgeSpec): Partial<Record<'http' | 'https', ListenerSpec>> {
  return {
    ...(http !== 'off' && { http: { id: 'Http', port: 80, otherwise: http === 'redirect' ? 'redirect' : 'answer' } }),
    ...(https && { https: { id: 'Https', port: 443, tls: https, otherwise: 'answer' } }),
  };
}

/** Listener of the Admin API, on a load balancer of its own. */
export const adminListenerSpec = ({ admin, https }: EdgeSpec): ListenerSpec => ({
  id: 'Listener',
  port: admin.port,
  ...(admin.certificateArn !== undefined && {
    tls: { certificateArn: admin.certificateArn, sslPolicy: https?.sslPolicy ?? DEFAULT_SSL_POLICY },
  }),
  otherwise: 'answer',
});
