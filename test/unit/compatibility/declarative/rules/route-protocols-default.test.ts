import type { Entity, Verdict } from '../../../../../lib/compatibility/declarative/rule';
import { routeProtocolsDefault } from '../../../../../lib/compatibility/declarative/rules/route-protocols-default';
import { checked } from '../checked';
import { context, entity, verdict } from '../entity';

const of = (value: Record<string, unknown>): Verdict =>
  verdict(routeProtocolsDefault, entity('routes', { name: 'r', ...value }));
const upgrade = { from: '3.10', to: '3.14' };

describe('a route', () => {
  it.each([{}, { protocols: null }, { protocols: [] }, { snis: ['a.test'] }])(
    'without protocols is given the two that it had: %j',
    (value) => {
      expect(of(value)).toEqual([
        { path: ['protocols'], edits: [{ op: 'set', path: ['protocols'], value: ['http', 'https'] }] },
      ]);
    },
  );
  it.each([['http'], ['https'], ['grpc', 'grpcs'], ['tcp', 'tls'], ['tls_passthrough'], ['ws']])(
    'of %s is left alone',
    (...protocols) => {
      expect(of({ protocols })).toBe('compliant');
    },
  );
});

describe('a file', () => {
  it('that names protocols for all its routes means these, not the old default of Kong', () => {
    const given = context(upgrade);
    const state = routeProtocolsDefault.begin!(given);
    const check = (one: Entity): Verdict => routeProtocolsDefault.check(one, given, state);
    check(entity('file', { _info: { defaults: { route: { protocols: ['grpcs'] } } } }));
    expect(check(entity('routes', { name: 'r' }))).toBe('compliant');
  });
  it('keeps its comments; nested and top-level routes are mended', () => {
    const text = `_format_version: "3.0"
services:
- name: s # mine
  host: s.test
  routes:
  - name: nested
    paths: [/a]
routes:
- name: alone
  paths: [/b]
- name: stream
  protocols: [tcp]
`;
    const { findings, text: after } = checked(text, [routeProtocolsDefault], upgrade);
    expect(findings.map(({ entity: of, fix }) => [of, fix.mode])).toEqual([
      ['route "nested" of service "s"', 'auto'],
      ['route "alone"', 'auto'],
    ]);
    expect(after.match(/protocols/g)).toHaveLength(3);
    expect(after).toContain('- name: s # mine');
  });
  it('is not met by an upgrade that ends before 3.14', () => {
    expect(checked('routes: [{name: r}]\n', [routeProtocolsDefault], { from: '3.4', to: '3.10' }).findings).toEqual([]);
  });
});
