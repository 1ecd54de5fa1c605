import fc from 'fast-check';
import {
  compileCondition,
  compileListener,
  wildcard,
  type RequestFacts,
} from '../../../../local/load-balancer/conditions';
import type { Condition, Rule } from '../../../../local/load-balancer/state';

const request = (change: Partial<RequestFacts> = {}): RequestFacts => ({
  method: 'GET',
  host: 'api.example.test',
  path: '/v1/items',
  query: 'colour=red&size=L',
  headers: { 'x-kong-tester': 'green-secret' },
  sourceIp: '127.0.0.1',
  ...change,
});

describe('wildcard', () => {
  test('* is any number of characters, ? is exactly one', () => {
    expect(['/img/', '/img/a/b.png', '/im/a'].map((path) => wildcard('/img/*').test(path))).toEqual([
      true,
      true,
      false,
    ]);
    expect(['v1', 'v', 'v12'].map((text) => wildcard('v?').test(text))).toEqual([true, false, false]);
  });

  test('a backslash takes * and ? literally, and nothing else is special', () => {
    expect(wildcard('a\\*b').test('a*b')).toBe(true);
    expect(wildcard('a\\*b').test('axb')).toBe(false);
    expect(wildcard('a.b').test('axb')).toBe(false);
  });

  test('law: a text without wildcards or backslashes matches itself, and so does it with a * at its end', () => {
    fc.assert(
      fc.property(
        fc.string({ unit: fc.constantFrom(...'abcXYZ019-_.$/~"\'@:+&()!,;=[]{}^|') }),
        fc.string(),
        (text, tail) => wildcard(text, true).test(text) && wildcard(`${text}*`, true).test(text + tail),
      ),
    );
  });
});

describe('a condition', () => {
  const cases: [string, Condition, Partial<RequestFacts>, boolean][] = [
    ['a host ignores case', { Field: 'host-header', HostHeaderConfig: { Values: ['*.EXAMPLE.test'] } }, {}, true],
    ['a host in the short form', { Field: 'host-header', Values: ['api.example.test'] }, {}, true],
    ['a path heeds case', { Field: 'path-pattern', PathPatternConfig: { Values: ['/V1/*'] } }, {}, false],
    ['any of several values', { Field: 'path-pattern', PathPatternConfig: { Values: ['/v2/*', '/v1/*'] } }, {}, true],
    [
      'a header value ignores case',
      { Field: 'http-header', HttpHeaderConfig: { HttpHeaderName: 'X-Kong-Tester', Values: ['GREEN-*'] } },
      {},
      true,
    ],
    [
      'a header that is absent',
      { Field: 'http-header', HttpHeaderConfig: { HttpHeaderName: 'X-Other', Values: ['*'] } },
      {},
      false,
    ],
    ['a method heeds case', { Field: 'http-request-method', HttpRequestMethodConfig: { Values: ['get'] } }, {}, false],
    [
      'a query pair',
      { Field: 'query-string', QueryStringConfig: { Values: [{ Key: 'colour', Value: 'RED' }] } },
      {},
      true,
    ],
    [
      'a query value without a key',
      { Field: 'query-string', QueryStringConfig: { Values: [{ Value: 'l' }] } },
      {},
      true,
    ],
    [
      'a query value of another key',
      { Field: 'query-string', QueryStringConfig: { Values: [{ Key: 'size', Value: 'red' }] } },
      {},
      false,
    ],
    [
      'a source address in the range',
      { Field: 'source-ip', SourceIpConfig: { Values: ['10.0.0.0/8', '127.0.0.0/8'] } },
      {},
      true,
    ],
    ['a source address outside', { Field: 'source-ip', SourceIpConfig: { Values: ['10.0.0.0/8'] } }, {}, false],
    [
      'a source address from a header is not asked',
      { Field: 'source-ip', SourceIpConfig: { Values: ['10.0.0.0/8'] } },
      { headers: { 'x-forwarded-for': '10.0.0.1' } },
      false,
    ],
    ['an unknown field', { Field: 'moon-phase', Values: ['*'] }, {}, false],
  ];
  test.each(cases)('%s', (_, condition, change, expected) => {
    expect(compileCondition(condition)(request(change))).toBe(expected);
  });
});

describe('a listener', () => {
  const rule = (priority: string | number, ...conditions: Condition[]): Rule => ({
    arn: `rule-${priority}`,
    priority,
    conditions,
    actions: [{ Type: 'fixed-response' }],
  });
  const path = (value: string): Condition => ({ Field: 'path-pattern', Values: [value] });

  test('the lowest priority number that matches wins, compared as numbers', () => {
    const match = compileListener({
      defaultActions: [],
      rules: [rule('100', path('/*')), rule('20', path('/v1/*')), rule('3', path('/v2'))],
    });
    expect(match(request()).rule?.arn).toBe('rule-20');
  });

  test('every condition of a rule must hold', () => {
    const host: Condition = { Field: 'host-header', Values: ['other.test'] };
    expect(
      compileListener({ defaultActions: [], rules: [rule(1, path('/v1/*'), host)] })(request()).rule,
    ).toBeUndefined();
  });

  test('without a match the default actions are done, in their order', () => {
    const defaultActions = [
      { Type: 'forward', Order: 2 },
      { Type: 'authenticate-oidc', Order: 1 },
    ];
    const match = compileListener({ defaultActions, rules: [rule('default')] })(request());
    expect(match.actions.map(({ Type }) => Type)).toEqual(['authenticate-oidc', 'forward']);
  });
});
