import {
  authenticateAnswer,
  errorAnswer,
  fixedAnswer,
  redirectAnswer,
  SESSION_COOKIE,
} from '../../../../local/load-balancer/answers';
import type { RequestFacts } from '../../../../local/load-balancer/conditions';
import { forwardedHeaders } from '../../../../local/load-balancer/headers';
import { socketPort } from '../../../../local/load-balancer/ports';

const request: RequestFacts = {
  method: 'GET',
  host: 'api.example.test',
  path: '/v1/items',
  query: 'a=1',
  headers: {},
  sourceIp: '127.0.0.1',
};

describe('a redirect', () => {
  test('to HTTPS keeps host, path and query, and writes the port', () => {
    const action = { Type: 'redirect', RedirectConfig: { Protocol: 'HTTPS', Port: '443', StatusCode: 'HTTP_301' } };
    expect(redirectAnswer(action, request, 'http', 80)).toMatchObject({
      status: 301,
      headers: { Location: 'https://api.example.test:443/v1/items?a=1' },
    });
  });

  test('fills the keywords, and leaves out the question mark of an empty query', () => {
    const action = {
      Type: 'redirect',
      RedirectConfig: { Host: 'new.#{host}', Path: '/moved/#{path}', Query: '', StatusCode: 'HTTP_302' },
    };
    expect(redirectAnswer(action, request, 'http', 8080)).toMatchObject({
      status: 302,
      headers: { Location: 'http://new.api.example.test:8080/moved/v1/items' },
    });
  });
});

describe('the stand-in for an authenticate action', () => {
  const cognito = {
    Type: 'authenticate-cognito',
    AuthenticateCognitoConfig: {
      UserPoolArn: 'arn:aws:cognito-idp:eu-central-1:0:userpool/x',
      UserPoolClientId: 'client',
      UserPoolDomain: 'admins',
    },
  };

  test('sends a request without a session to the authorization endpoint', () => {
    const answer = authenticateAnswer(cognito, request);
    expect(answer?.status).toBe(302);
    expect(answer?.headers['Location']).toMatch(
      /^https:\/\/admins\.auth\.eu-central-1\.amazoncognito\.com\/oauth2\/authorize\?client_id=client&/,
    );
  });

  test('lets a request with a session cookie pass', () => {
    expect(authenticateAnswer(cognito, { ...request, headers: { cookie: `${SESSION_COOKIE}=x` } })).toBeUndefined();
  });

  test.each([
    ['deny', 401],
    ['allow', undefined],
  ])('OnUnauthenticatedRequest %s gives %s', (OnUnauthenticatedRequest, status) => {
    const oidc = {
      Type: 'authenticate-oidc',
      AuthenticateOidcConfig: { AuthorizationEndpoint: 'https://idp.test/auth', OnUnauthenticatedRequest },
    };
    expect(authenticateAnswer(oidc, request)?.status).toBe(status);
  });
});

test('a fixed response is as configured; an error of the load balancer names itself', () => {
  const action = {
    Type: 'fixed-response',
    FixedResponseConfig: { StatusCode: '503', ContentType: 'application/json', MessageBody: '{}' },
  };
  expect(fixedAnswer(action)).toEqual({
    status: 503,
    headers: { Server: 'awselb/2.0', 'Content-Type': 'application/json' },
    body: '{}',
  });
  expect(errorAnswer(502).body).toContain('<h1>502 Bad Gateway</h1>');
});

describe('headers towards the target', () => {
  const id = '0123456789abcdef01234567';
  const trace = (before?: string) =>
    forwardedHeaders(
      { 'x-amzn-trace-id': before },
      { sourceIp: '127.0.0.1', protocol: 'https', port: 443 },
      1_700_000_000_000,
      id,
    )['x-amzn-trace-id'];

  test('a request without a trace gets a root, one with a root gets a self in front, an old self is replaced', () => {
    expect(trace()).toBe(`Root=1-6553f100-${id}`);
    expect(trace('Root=1-a-b;CalledFrom=app')).toBe(`Self=1-6553f100-${id};Root=1-a-b;CalledFrom=app`);
    expect(trace('Self=1-c-d;Root=1-a-b')).toBe(`Self=1-6553f100-${id};Root=1-a-b`);
  });
});

test.each([
  [80, false, 8080],
  [443, false, 8443],
  [80, true, 80],
  [1023, false, 9023],
  [1024, false, 1024],
  [8001, false, 8001],
])('a listener on %d, low ports allowed %s, is bound to %d', (port, canBindLow, expected) => {
  expect(socketPort(port, canBindLow)).toBe(expected);
});
