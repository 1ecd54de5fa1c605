import fc from 'fast-check';
import { FREEZE_OFF, FREEZE_OFF_ANSWER } from '../../../lib/blueprint/freeze';
import { actionBlock, conditionBlock } from '../../../lib/cdktf/rule-blocks';

describe('given a condition of the ELBv2 API', () => {
  test.each([
    [
      { Field: 'host-header', HostHeaderConfig: { Values: ['a.example.com'] } },
      { hostHeader: { values: ['a.example.com'] } },
    ],
    [
      { Field: 'host-header', HostHeaderConfig: { RegexValues: ['^a[0-9]+$'] } },
      { hostHeader: { regexValues: ['^a[0-9]+$'] } },
    ],
    [{ Field: 'path-pattern', PathPatternConfig: { Values: ['/*'] } }, { pathPattern: { values: ['/*'] } }],
    [{ Field: 'path-pattern', Values: ['/old'] }, { pathPattern: { values: ['/old'] } }],
    [
      { Field: 'http-header', HttpHeaderConfig: { HttpHeaderName: 'X-A', Values: ['1'] } },
      { httpHeader: { httpHeaderName: 'X-A', values: ['1'] } },
    ],
    [FREEZE_OFF, { httpRequestMethod: { values: ['KONG_FREEZE_IS_OFF'] } }],
    [
      { Field: 'query-string', QueryStringConfig: { Values: [{ Key: 'v', Value: '2' }, { Value: 'beta' }] } },
      { queryString: [{ key: 'v', value: '2' }, { value: 'beta' }] },
    ],
    // The provider takes a range by its first address alone.
    [{ Field: 'source-ip', SourceIpConfig: { Values: ['10.1.2.3/16'] } }, { sourceIp: { values: ['10.1.0.0/16'] } }],
  ])('%j is the provider’s block', (condition, block) => {
    expect(conditionBlock(condition)).toEqual(block);
  });

  test.each([
    ['a field that nobody knows', { Field: 'moon-phase', MoonPhaseConfig: { Values: ['full'] } }],
    ['a field that every object has', { Field: 'constructor' }],
    ['no field', { HostHeaderConfig: { Values: ['a'] } }],
    [
      'a key that the field does not have',
      { Field: 'source-ip', SourceIpConfig: { Values: ['10.0.0.0/8'], RegexValues: [] } },
    ],
    ['the configuration of another field', { Field: 'host-header', PathPatternConfig: { Values: ['/*'] } }],
    [
      'two configurations',
      { Field: 'path-pattern', PathPatternConfig: { Values: ['/*'] }, HostHeaderConfig: { Values: ['a'] } },
    ],
    ['values beside a configuration', { Field: 'path-pattern', Values: ['/a'], PathPatternConfig: { Values: ['/a'] } }],
    ['values of another kind', { Field: 'path-pattern', PathPatternConfig: { Values: '/*' } }],
    ['no values', { Field: 'path-pattern', PathPatternConfig: {} }],
    ['a header without a name', { Field: 'http-header', HttpHeaderConfig: { Values: ['1'] } }],
  ])('with %s it is refused', (_, condition) => {
    expect(() => conditionBlock(condition)).toThrow('RULE_CONDITION_UNKNOWN');
  });
});

describe('given an action of the ELBv2 API', () => {
  test('one target group alone stands in an argument of its own, two with their weights, zero among them', () => {
    const forward = (...groups: object[]) =>
      actionBlock({ Type: 'forward', Order: 1, ForwardConfig: { TargetGroups: groups } });
    expect(forward({ TargetGroupArn: 'arn:blue', Weight: 1 })).toEqual({
      type: 'forward',
      order: 1,
      targetGroupArn: 'arn:blue',
    });
    expect(forward({ TargetGroupArn: 'arn:blue', Weight: 100 }, { TargetGroupArn: 'arn:green', Weight: 0 })).toEqual({
      type: 'forward',
      order: 1,
      forward: {
        targetGroup: [
          { arn: 'arn:blue', weight: 100 },
          { arn: 'arn:green', weight: 0 },
        ],
      },
    });
    expect(actionBlock({ Type: 'forward', TargetGroupArn: 'arn:blue' })).toEqual({
      type: 'forward',
      targetGroupArn: 'arn:blue',
    });
  });

  test('stickiness stands beside the groups, where it is on', () => {
    const forward = (TargetGroupStickinessConfig: object) =>
      actionBlock({
        Type: 'forward',
        ForwardConfig: { TargetGroups: [{ TargetGroupArn: 'arn:blue' }], TargetGroupStickinessConfig },
      });
    expect(forward({ Enabled: true, DurationSeconds: 300 })).toEqual({
      type: 'forward',
      forward: { targetGroup: [{ arn: 'arn:blue' }], stickiness: { enabled: true, duration: 300 } },
    });
    expect(forward({ Enabled: false })).toEqual({ type: 'forward', targetGroupArn: 'arn:blue' });
  });

  test('an answer and a redirect', () => {
    expect(actionBlock(FREEZE_OFF_ANSWER)).toMatchObject({
      type: 'fixed-response',
      fixedResponse: { statusCode: '423', contentType: 'application/json' },
    });
    expect(actionBlock({ Type: 'redirect', RedirectConfig: { Host: '#{host}', StatusCode: 'HTTP_302' } })).toEqual({
      type: 'redirect',
      redirect: { host: '#{host}', statusCode: 'HTTP_302' },
    });
  });

  test('authentication by Cognito and by a token', () => {
    expect(
      actionBlock({
        Type: 'authenticate-cognito',
        AuthenticateCognitoConfig: {
          UserPoolArn: 'arn:pool',
          UserPoolClientId: 'client',
          UserPoolDomain: 'domain',
          SessionTimeout: 60,
          AuthenticationRequestExtraParams: { prompt: 'login' },
        },
      }),
    ).toEqual({
      type: 'authenticate-cognito',
      authenticateCognito: {
        userPoolArn: 'arn:pool',
        userPoolClientId: 'client',
        userPoolDomain: 'domain',
        sessionTimeout: 60,
        authenticationRequestExtraParams: { prompt: 'login' },
      },
    });
    const JwtValidationConfig = {
      JwksEndpoint: 'https://id.example.com/jwks',
      Issuer: 'https://id.example.com',
      AdditionalClaims: [{ Format: 'single-string', Name: 'aud', Values: ['shop'] }],
    };
    expect(actionBlock({ Type: 'jwt-validation', JwtValidationConfig })).toEqual({
      type: 'jwt-validation',
      jwtValidation: {
        jwksEndpoint: 'https://id.example.com/jwks',
        issuer: 'https://id.example.com',
        additionalClaim: [{ format: 'single-string', name: 'aud', values: ['shop'] }],
      },
    });
  });

  test.each([
    ['a type that nobody knows', { Type: 'teleport', TeleportConfig: {} }],
    ['no type', { FixedResponseConfig: { StatusCode: '200', ContentType: 'text/plain' } }],
    ['a key that is not known', { Type: 'redirect', RedirectConfig: { StatusCode: 'HTTP_301', Fragment: 'a' } }],
    ['the configuration of another type', { Type: 'redirect', FixedResponseConfig: { StatusCode: '200' } }],
    ['a field that the provider wants missing', { Type: 'fixed-response', FixedResponseConfig: { StatusCode: '200' } }],
    [
      'a number that is text',
      { Type: 'forward', ForwardConfig: { TargetGroups: [{ TargetGroupArn: 'a', Weight: '1' }] } },
    ],
    ['a forward to nothing', { Type: 'forward' }],
    [
      'stickiness without a duration',
      {
        Type: 'forward',
        ForwardConfig: { TargetGroups: [{ TargetGroupArn: 'a' }], TargetGroupStickinessConfig: { Enabled: true } },
      },
    ],
  ])('with %s it is refused', (_, action) => {
    expect(() => actionBlock(action)).toThrow('RULE_ACTION_UNKNOWN');
  });
});

test('whatever key is added to a condition or an action, it is refused and never dropped', () => {
  const known = ['Field', 'Type', 'Order', 'Values', 'PathPatternConfig', 'RedirectConfig'];
  fc.assert(
    fc.property(
      fc
        .oneof(fc.string({ minLength: 1 }), fc.constantFrom('constructor', 'toString', 'hasOwnProperty'))
        .filter((key) => !known.includes(key) && key !== '__proto__'),
      fc.boolean(),
      (key, inside) => {
        const path = inside ? { Values: ['/*'], [key]: ['x'] } : { Values: ['/*'] };
        const condition = { Field: 'path-pattern', PathPatternConfig: path, ...(!inside && { [key]: 'x' }) };
        expect(() => conditionBlock(condition)).toThrow(/RULE_CONDITION_UNKNOWN/);
        const redirect = inside ? { StatusCode: 'HTTP_301', [key]: 1 } : { StatusCode: 'HTTP_301' };
        const action = { Type: 'redirect', RedirectConfig: redirect, ...(!inside && { [key]: 'x' }) };
        expect(() => actionBlock(action)).toThrow(/RULE_ACTION_UNKNOWN/);
      },
    ),
  );
});
