import { STATUS_CODES } from 'node:http';
import { cookieValue } from './choice';
import type { RequestFacts } from './conditions';
import type { Action, AuthenticateConfig } from './state';

/** An answer that the load balancer makes itself. */
export interface Answer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

const SERVER = 'awselb/2.0';
/** A session cookie of a signed-in client, as ALB names its first shard. */
export const SESSION_COOKIE = 'AWSELBAuthSessionCookie-0';

/** 502, 503 and 504 as ALB words them. */
export function errorAnswer(status: number): Answer {
  const title = `${status} ${STATUS_CODES[status] ?? ''}`;
  const body = `<html>\r\n<head><title>${title}</title></head>\r\n<body>\r\n<center><h1>${title}</h1></center>\r\n</body>\r\n</html>\r\n`;
  return { status, headers: { Server: SERVER, 'Content-Type': 'text/html' }, body };
}

export function fixedAnswer(action: Action): Answer {
  const config = action.FixedResponseConfig ?? {};
  return {
    status: Number(config.StatusCode ?? 200),
    headers: { Server: SERVER, 'Content-Type': config.ContentType ?? 'text/plain' },
    body: config.MessageBody ?? '',
  };
}

/**
 * A redirect; the port is always written, and each part left out stays as the request has it ("Redirect actions":
 * `#{protocol}`, `#{host}`, `#{port}`, `#{path}` without its leading slash, `#{query}`).
 */
export function redirectAnswer(action: Action, request: RequestFacts, protocol: string, port: number): Answer {
  const config = action.RedirectConfig ?? {};
  const keywords: Record<string, string> = {
    protocol: protocol.toLowerCase(),
    host: request.host,
    port: String(port),
    path: request.path.replace(/^\//, ''),
    query: request.query,
  };
  const fill = (text: string): string =>
    text.replace(/#\{(\w+)\}/g, (found, keyword: string) => keywords[keyword] ?? found);
  const query = fill(config.Query ?? '#{query}');
  const location =
    `${fill(config.Protocol ?? '#{protocol}').toLowerCase()}://${fill(config.Host ?? '#{host}')}` +
    `:${fill(config.Port ?? '#{port}')}${fill(config.Path ?? '/#{path}')}${query === '' ? '' : `?${query}`}`;
  const body = errorAnswer(config.StatusCode === 'HTTP_301' ? 301 : 302);
  return { ...body, headers: { ...body.headers, Location: location } };
}

/**
 * A stand-in for `authenticate-cognito` and `authenticate-oidc`: nothing is exchanged or verified. A request with a
 * session cookie passes (undefined); one without is sent to the authorization endpoint with 302, or denied with 401, or
 * let through, as `OnUnauthenticatedRequest` says (default: authenticate).
 */
export function authenticateAnswer(action: Action, request: RequestFacts): Answer | undefined {
  const cookies = request.headers['cookie'];
  if (cookieValue(Array.isArray(cookies) ? cookies.join(';') : cookies, SESSION_COOKIE) !== undefined) return undefined;
  const config = action.AuthenticateCognitoConfig ?? action.AuthenticateOidcConfig ?? {};
  if (config.OnUnauthenticatedRequest === 'allow') return undefined;
  if (config.OnUnauthenticatedRequest === 'deny') return errorAnswer(401);
  const query = new URLSearchParams({
    client_id: config.ClientId ?? config.UserPoolClientId ?? '',
    redirect_uri: `https://${request.host}/oauth2/idpresponse`,
    response_type: 'code',
    scope: config.Scope ?? 'openid',
    state: 'local-stand-in',
  });
  const found = errorAnswer(302);
  return { ...found, headers: { ...found.headers, Location: `${authorizationEndpoint(config)}?${query.toString()}` } };
}

/** Cognito's own domain is `<prefix>.auth.<region>.amazoncognito.com`; a domain with a dot is the user's. */
function authorizationEndpoint(config: AuthenticateConfig): string {
  if (config.AuthorizationEndpoint !== undefined) return config.AuthorizationEndpoint;
  const domain = config.UserPoolDomain ?? '';
  const region = config.UserPoolArn?.split(':')[3] ?? 'us-east-1';
  return `https://${domain.includes('.') ? domain : `${domain}.auth.${region}.amazoncognito.com`}/oauth2/authorize`;
}
