import { checkDeclarative } from '../../../../lib/compatibility/declarative/check';
import { readDeclarative } from '../../../../lib/compatibility/declarative/document';
import { rewriteChecked } from '../../../../lib/compatibility/declarative/rewrite';
import type { DeclarativeRule, Entity, Violation } from '../../../../lib/compatibility/declarative/rule';
import { context } from './entity';

/** Rules of our own under ids of entries that every upgrade from 2.8 to 3.4 meets. */
const renames: DeclarativeRule = {
  id: 'plugin-acl-blacklist-whitelist',
  on: ['plugins:acl'],
  check: ({ value }) => {
    const config = value.config as Record<string, unknown> | undefined;
    return config && 'whitelist' in config
      ? [{ path: ['config', 'whitelist'], edits: [{ op: 'rename', path: ['config', 'whitelist'], to: 'allow' }] }]
      : 'compliant';
  },
};
const tildes: DeclarativeRule = {
  id: 'route-regex-tilde',
  on: ['routes'],
  check: ({ value }) =>
    ((value.paths ?? []) as string[]).flatMap((path, index): Violation[] =>
      /^\/.*\\/.test(path)
        ? [{ path: ['paths', index], edits: [{ op: 'set', path: ['paths', index], value: `~${path}` }], message: path }]
        : [],
    ),
};
const run = (text: string, rules: readonly DeclarativeRule[], options: Parameters<typeof context>[0] = {}) => {
  const given = context(options);
  const document = readDeclarative(`_format_version: "1.1"\n${text}`, 'kong.yaml', given.upgrade);
  const report = checkDeclarative(document, given, rules);
  return { ...report, written: rewriteChecked(document.tree, 'kong.yaml').replace(/^.*\n/, '') };
};
const ACL = (indent: string) => `${indent}- name: acl\n${indent}  config:\n${indent}    whitelist: [a] # who\n`;

test('a finding names entity, field and line, and the file is mended in that place only', () => {
  const text = `services:\n- name: orders # first\n  routes:\n  - name: r\n    paths: ["/a", '/b\\d']\n    plugins:\n${ACL('    ')}`;
  const { findings, rules, mended, written } = run(text, [tildes, renames]);
  expect(findings.map(({ entity, field, line, fix }) => [entity, field, line, fix.mode])).toEqual([
    ['route "r" of service "orders"', 'paths[1]', 6, 'auto'],
    ['plugin "acl" of route "r" of service "orders"', 'config.whitelist', 10, 'auto'],
  ]);
  expect(rules).toEqual([
    { id: 'route-regex-tilde', result: 'non-compliant', entities: 1 },
    { id: 'plugin-acl-blacklist-whitelist', result: 'non-compliant', entities: 1 },
  ]);
  expect(mended).toBe(2);
  expect(written).toBe(text.replace("'/b\\d'", "'~/b\\d'").replace('whitelist', 'allow'));
  expect(run(written, [tildes, renames]).findings).toEqual([]);
});

test('a rule is compliant, non-compliant or has nothing to look at', () => {
  expect(run('plugins:\n- name: acl\n  config: {allow: [a]}\n', [tildes, renames]).rules).toEqual([
    { id: 'route-regex-tilde', result: 'not-applicable', entities: 0 },
    { id: 'plugin-acl-blacklist-whitelist', result: 'compliant', entities: 1 },
  ]);
});

test('a rule whose change the upgrade does not meet is not asked', () => {
  expect(run('plugins: []\n', [tildes, renames], { from: '2.7', to: '2.8' }).rules).toEqual([]);
});

test('later rules see what earlier ones edited', () => {
  const seen: unknown[] = [];
  const looks: DeclarativeRule = {
    ...renames,
    check: ({ value }) => {
      seen.push(value.config);
      return 'compliant';
    },
  };
  run(`plugins:\n${ACL('')}`, [renames, looks]);
  expect(seen).toEqual([{ allow: ['a'] }]);
});

test('what a rule takes out is not looked at any more', () => {
  const takes: DeclarativeRule = {
    id: 'route-regex-tilde',
    on: ['upstreams'],
    check: () => [{ path: ['targets', 1], edits: [{ op: 'remove', path: ['targets', 1] }] }],
  };
  const asked: string[] = [];
  const looks: DeclarativeRule = {
    ...renames,
    on: ['targets'],
    check: ({ name }) => {
      asked.push(name);
      return 'compliant';
    },
  };
  const { written } = run('upstreams:\n- name: u\n  targets:\n  - target: a:1\n  - target: a:1\n  - target: b:1\n', [
    takes,
    looks,
  ]);
  expect(asked).toEqual(['a:1', 'b:1']);
  expect(written).toBe('upstreams:\n- name: u\n  targets:\n  - target: a:1\n  - target: b:1\n');
});

test('an entity can be taken out as a whole', () => {
  const takes: DeclarativeRule = { ...renames, check: () => [{ path: [], edits: [{ op: 'remove', path: [] }] }] };
  expect(run(`plugins:\n- name: cors\n${ACL('')}- name: jwt\n`, [takes]).written).toBe(
    'plugins:\n- name: cors\n- name: jwt\n',
  );
});

test('what is shared by an anchor is mended once, where it stands', () => {
  const text = 'plugins:\n- name: acl\n  config: &c\n    whitelist: [a]\n- name: acl\n  service: s\n  config: *c\n';
  const { findings, written } = run(text, [renames]);
  expect(findings.map(({ line, fix }) => [line, fix.mode])).toEqual([[5, 'auto']]);
  expect(written).toBe(text.replace('whitelist', 'allow'));
});

test('what is inherited by <<, or inherited from, is for a person', () => {
  const inherited =
    'plugins:\n- name: cors\n  config: &c\n    whitelist: [a]\n- name: acl\n  config:\n    <<: *c\n    x: 1\n';
  const bequeathed =
    'plugins:\n- name: acl\n  config: &c\n    whitelist: [a]\n- name: cors\n  config:\n    <<: *c\n    x: 1\n';
  for (const text of [inherited, bequeathed]) {
    const { findings, mended, written } = run(text, [renames]);
    expect([findings.map(({ fix }) => fix.mode), mended, written]).toEqual([['manual'], 0, text]);
  }
});

test('a path with an anchor that another path stands for is mended once, for both; a second time changes nothing', () => {
  const text = "routes:\n- name: a\n  paths: [&p '/a\\d']\n- name: b\n  paths: [*p]\n- name: c\n  hosts: [*p]\n";
  const { findings, written } = run(text, [tildes]);
  expect(findings.map(({ entity, fix }) => [entity, fix.mode])).toEqual([
    ['route "a"', 'auto'],
    ['route "b"', 'auto'],
  ]);
  expect(written).toBe(text.replace("&p '/a\\d'", "&p '~/a\\d'").replace('hosts: [*p]', 'hosts: ["/a\\\\d"]'));
  expect(run(written, [tildes])).toMatchObject({ findings: [], written });
});

test('of _plugin_configs the config itself is mended, for the plugins that take it', () => {
  const text = 'plugins:\n- name: acl\n  _config: groups\n_plugin_configs:\n  groups:\n    whitelist:\n    - a\n';
  const { findings, written } = run(text, [renames]);
  expect(findings.map(({ entity, line, fix }) => [entity, line, fix.mode])).toEqual([
    ['plugin "acl" of _plugin_configs "groups"', 7, 'auto'],
  ]);
  expect(written).toBe(text.replace('whitelist', 'allow'));
});

test('in a flat file an entity is told with what it refers to, by its name', () => {
  const text =
    'services:\n- {id: s1, name: orders}\nroutes:\n- {id: r1, name: r, service: s1}\nplugins:\n- name: acl\n  route: {id: r1}\n  config: {whitelist: [a]}\n';
  expect(run(text, [renames]).findings.map(({ entity }) => entity)).toEqual([
    'plugin "acl" of route "r" of service "orders"',
  ]);
});

test('references in a circle end', () => {
  const text =
    'routes:\n- {id: r1, name: r, route: r1}\nplugins:\n- {name: acl, route: r1, config: {whitelist: [a]}}\n';
  expect(run(text, [renames]).findings.map(({ entity }) => entity)).toEqual([
    'plugin "acl" of route "r" of route "r" of route "r"',
  ]);
});

test('credentials are never called by their key or secret', () => {
  const all: DeclarativeRule = {
    ...renames,
    on: ['keyauth_credentials', 'jwt_secrets', 'basicauth_credentials', 'hmacauth_credentials', 'oauth2_credentials'],
    check: () => [{ path: [] }],
  };
  const text = `consumers:
- username: alice
  keyauth_credentials: [{key: S3CRET}]
  jwt_secrets: [{key: S3CRET, secret: S3CRET}]
  basicauth_credentials: [{username: al, password: S3CRET}]
  hmacauth_credentials: [{username: al, secret: S3CRET}]
  oauth2_credentials: [{name: app, client_id: S3CRET, client_secret: S3CRET}]
`;
  const { findings } = run(text, [all]);
  expect(findings).toHaveLength(5);
  expect(JSON.stringify(findings)).not.toContain('S3CRET');
});

test('what a rule says at the end stands in its place among the findings', () => {
  const atTheEnd: DeclarativeRule<Entity[]> = {
    id: 'route-regex-tilde',
    on: ['plugins'],
    begin: () => [],
    check: (entity, _, seen) => {
      seen.push(entity);
      return 'compliant';
    },
    end: (seen) => seen.slice(0, 1).map((entity) => ({ entity, violation: { path: [], message: `${seen.length}` } })),
  };
  const { findings, rules } = run(`plugins:\n- name: cors\n${ACL('')}`, [renames, atTheEnd]);
  expect(findings.map(({ entity, line, message }) => [entity, line, message])).toEqual([
    ['plugin "cors"', 3, '2'],
    ['plugin "acl"', 6, expect.stringContaining('whitelist')],
  ]);
  expect(rules[1]).toEqual({ id: 'route-regex-tilde', result: 'non-compliant', entities: 2 });
});

test('the same file gives the same findings and the same bytes', () => {
  const text = `services:\n- name: s\n  plugins:\n${ACL('  ')}`;
  expect(run(text, [tildes, renames])).toEqual(run(text, [tildes, renames]));
});
