import { testerRules } from '../../../lib/blueprint/tester-rules';
import { adoptedSpec, host, ownRule } from './edge-specs';

const priorities = { blue: 10, green: 11 };
const tested = (conditions: readonly Readonly<Record<string, unknown>>[]) => ({
  id: 'WeightedHttps',
  rule: ownRule('https', { conditions, stickinessSeconds: 60 }),
  priorities,
});
const header = (...sourceCidrs: string[]) => ({ name: 'X-T', sourceCidrs });

describe('the tester rules above a weighted one', () => {
  test('take the rule’s own conditions, the header with slot and token, and the source ranges', () => {
    const [blue, green] = testerRules(header('192.0.2.0/24'), tested([host('api.example.com')]), 'TOKEN');
    expect(blue).toMatchObject({ slot: 'blue', rule: { priority: 10 } });
    expect(green!.rule.conditions).toEqual([
      host('api.example.com'),
      { Field: 'http-header', HttpHeaderConfig: { HttpHeaderName: 'X-T', Values: ['green-TOKEN'] } },
      { Field: 'source-ip', SourceIpConfig: { Values: ['192.0.2.0/24'] } },
    ]);
  });

  test('keep its authentication and not its stickiness', () => {
    const [, oidc] = adoptedSpec().edge.rules;
    const [blue] = testerRules(header(), { id: oidc!.id, rule: oidc!, priorities }, 'TOKEN');
    expect(blue!.rule.actionsBefore).toEqual(oidc!.actionsBefore);
    expect(blue!.rule.oidcClientSecret).toEqual(oidc!.oidcClientSecret);
    expect(blue!.rule).not.toHaveProperty('stickinessSeconds');
  });

  test('five condition values are taken and six are refused', () => {
    const hosts = tested([host('a.example.com', 'b.example.com', 'c.example.com')]);
    expect(testerRules(header('192.0.2.0/25'), hosts, 'TOKEN')).toHaveLength(2);
    expect(() => testerRules(header('192.0.2.0/25', '192.0.2.128/25'), hosts, 'TOKEN')).toThrow(
      'TESTER_RULE_TOO_MANY_VALUES',
    );
  });

  test('two source conditions are refused', () => {
    const sources = tested([{ Field: 'source-ip', SourceIpConfig: { Values: ['198.51.100.0/24'] } }]);
    expect(() => testerRules(header('192.0.2.0/24'), sources, 'TOKEN')).toThrow('TESTER_RULE_TWO_SOURCES');
  });
});
