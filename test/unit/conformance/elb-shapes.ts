import type { Action, Condition } from './meaning';
import { list, scalar } from './world';

/** ELBv2's conditions: in the order of their fields, because all of them must hold. */
export const shapesOfConditions = (conditions: readonly any[]): Condition[] =>
  conditions
    .map((condition): Condition => {
      const config = Object.entries(condition).find(([key]) => key.endsWith('Config'))?.[1] as any;
      return {
        field: condition.Field,
        ...(config?.HttpHeaderName !== undefined && { name: config.HttpHeaderName }),
        values: inOrder(config?.Values ?? condition.Values ?? []),
        ...(config?.RegexValues && { regexes: inOrder(config.RegexValues) }),
      };
    })
    .sort(byText);

export const inOrder = (values: readonly unknown[]): unknown[] => [...values].sort(byText);
const byText = (a: unknown, b: unknown): number => (JSON.stringify(a) < JSON.stringify(b) ? -1 : 1);

export const shapesOfActions = (actions: readonly any[]): Action[] => actions.map(shapeOfAction);

function shapeOfAction(action: any): Action {
  switch (action.Type) {
    case 'fixed-response': {
      const { StatusCode, ContentType, MessageBody } = action.FixedResponseConfig;
      return { kind: 'fixed response', status: String(StatusCode), contentType: ContentType, body: MessageBody };
    }
    case 'redirect': {
      const { Protocol, Port, StatusCode } = action.RedirectConfig;
      return { kind: 'redirect', protocol: Protocol, port: Port, status: StatusCode };
    }
    case 'forward': {
      const { TargetGroups, TargetGroupStickinessConfig } = action.ForwardConfig;
      return forward(
        TargetGroups.map((group: any) => [group.TargetGroupArn, group.Weight]),
        TargetGroupStickinessConfig?.Enabled ? TargetGroupStickinessConfig.DurationSeconds : undefined,
      );
    }
    case 'authenticate-oidc':
      return authenticate('oidc', action.AuthenticateOidcConfig);
    case 'authenticate-cognito':
      return authenticate('cognito', action.AuthenticateCognitoConfig);
    default:
      throw new Error(`an action of type ${action.Type}`);
  }
}

export const forward = (weights: readonly [string, number][], stickinessSeconds: number | undefined): Action => ({
  kind: 'forward',
  weights: Object.fromEntries(weights),
  stickinessSeconds: stickinessSeconds ?? 'none',
});

/** Defaults of ELBv2 (API reference, AuthenticateOidcActionConfig): the same whether they are said or not. */
const DEFAULTS = {
  Scope: 'openid',
  SessionCookieName: 'AWSELBAuthSessionCookie',
  SessionTimeout: 604800,
  OnUnauthenticatedRequest: 'authenticate',
};

export const authenticate = (how: string, config: Readonly<Record<string, unknown>>): Action => ({
  kind: 'authenticate',
  with: how,
  settings: {
    ...DEFAULTS,
    ...Object.fromEntries(
      Object.entries(config)
        .filter(([, value]) => value !== undefined && list(value).length > 0)
        .map(([key, value]) => [key, scalar(value)]),
    ),
  },
});
