import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { readDeclarative } from '../../../../lib/compatibility/declarative/document';
import { entitiesOf } from '../../../../lib/compatibility/declarative/walk';
import { KongVersion } from '../../../../lib/release/kong-version';

const RECORDED = join(__dirname, '../../../recorded/declarative');
const upgrade = (from: string) => ({ from: KongVersion.parse(from), to: KongVersion.parse('3.10') });
const read = (text: string, from = '2.8') => readDeclarative(text, 'kong.yaml', upgrade(from));
const value = (text: string) => read(text).tree.root;
const kong = (rest: string) => `_format_version: "1.1"\n${rest}`;

describe('values', () => {
  test('are those that Kong and decK read: words of YAML 1.1 are booleans, quoted ones texts', () => {
    expect(value(kong('a: yes\nb: "yes"\nc: Off\nd: y\ne: ~\nf: 0x1F\ng: 1.50\nh: 1.2.3\ni:\nj: "012"\n'))).toEqual({
      ...{ _format_version: '1.1', a: true, b: 'yes', c: false, d: 'y', e: null, f: 31, g: 1.5, h: '1.2.3', i: null },
      j: '012',
    });
  });

  test('are the same in YAML with Windows line ends, a byte order mark, --- and comments, and in JSON', () => {
    const services = { _format_version: '1.1', services: [{ name: 'a', tags: ['x', 'y'] }] };
    const yaml = '# c\n---\n_format_version: "1.1" # d\nservices:\n# e\n- name: a\n  tags: [x, # f\n    y]\n';
    for (const text of [yaml, `\ufeff${yaml}`, yaml.replaceAll('\n', '\r\n'), JSON.stringify(services, null, '\t')]) {
      expect(value(text)).toEqual(services);
    }
  });

  test('of aliases and << are those of their anchors', () => {
    const text = kong(
      'services:\n- &a\n  name: a\n  port: 80\n  tags: &t [x]\n- <<: *a\n  name: b\n- {name: c, tags: *t}\n',
    );
    expect((value(text) as { services: unknown }).services).toEqual([
      { name: 'a', port: 80, tags: ['x'] },
      { name: 'b', port: 80, tags: ['x'] },
      { name: 'c', tags: ['x'] },
    ]);
  });

  test('under the key __proto__ harm nobody', () => {
    const root = value(kong('__proto__: {polluted: 1}\n')) as object;
    expect(Object.keys(root)).toEqual(['_format_version', '__proto__']);
    expect(({} as { polluted?: number }).polluted).toBeUndefined();
  });
});

describe('what is refused, with line and column', () => {
  test.each([
    ['services:\n- name: a\n  port: [80\n', 'DECLARATIVE_SYNTAX', /^kong\.yaml:4:1 /],
    ['services:\n\t- name: a\n', 'DECLARATIVE_SYNTAX', /^kong\.yaml:2:1 .*tab/],
    ['services:\r\n- name: "a\r\n', 'DECLARATIVE_SYNTAX', /^kong\.yaml:3:1 /],
    ['services: [*nobody]\n', 'DECLARATIVE_SYNTAX', /^kong\.yaml:1:12 .*\*nobody/],
    ['s\0ervices: []\n', 'DECLARATIVE_SYNTAX', /^kong\.yaml:1:2 .*null byte/],
    ['services:\n- name: a\n  port: 1\n  name: b\n', 'DECLARATIVE_DUPLICATE_KEY', /^kong\.yaml:4:3 .*found: name/],
    ['services: &s\n- routes: *s\n', 'DECLARATIVE_CYCLIC_ANCHOR', /^kong\.yaml:2:11 /],
    ['services: []\n---\nservices: []\n', 'DECLARATIVE_SEVERAL_DOCUMENTS', /second one/],
  ])('%j', (text, code, message) => {
    expect(() => read(text)).toThrow(expect.objectContaining({ code, message: expect.stringMatching(message) }));
  });

  test('aliases that grow into more than a machine can hold', () => {
    const lines = [...'abcdefghij'].map((name, index, all) => {
      const item = index === 0 ? 'x' : `*${all[index - 1]}`;
      return `${name}: &${name} [${Array(9).fill(item).join(', ')}]`;
    });
    expect(() => read(kong(`${lines.join('\n')}\n`))).toThrow(expect.objectContaining({ code: 'DECLARATIVE_EXPANDS' }));
  });

  test.each([
    ['', 'nothing'],
    ['- name: a\n', 'a list'],
    ['database = postgres\npg_host = db\n', 'kong.conf'],
    ['apiVersion: v1\nkind: Service\n', 'a Kubernetes manifest, kind Service'],
    ['version: 2\nsettings: []\n', 'keys version, settings'],
    ['hello\n', 'one text'],
  ])('no Kong configuration: %j', (text, found) => {
    expect(() => read(text)).toThrow(
      expect.objectContaining({ code: 'DECLARATIVE_NOT_KONG', message: expect.stringContaining(found) }),
    );
  });

  test.each([
    ['_format_version: "4.0"\n', '2.8'],
    ['_format_version: "1.1"\n', '3.4'],
    ['_format_version:\n', '2.8'],
  ])('a format version that does not fit: %j from %s', (text, from) => {
    expect(() => read(text, from)).toThrow(expect.objectContaining({ code: 'DECLARATIVE_FORMAT_VERSION' }));
  });
});

describe('the format version', () => {
  test.each([
    ['_format_version: 1.1\n', '2.8', '1.1'],
    ["_format_version: '2.1'\n", '2.8', '2.1'],
    ['_format_version: 3.0\n', '3.4', '3.0'],
    ['{"services": [], "_format_version": "3.0"}', '3.4', '3.0'],
  ])('of %j is read as it is written', (text, from, expected) => {
    expect(read(text, from)).toMatchObject({ formatVersion: expected, notes: [] });
  });

  test('that is missing, or later than --from, is said', () => {
    expect(read('services: []\n')).toMatchObject({
      formatVersion: '1.1',
      notes: [expect.stringContaining('names no')],
    });
    expect(read('_format_version: "3.0"\n')).toMatchObject({ notes: [expect.stringContaining('converted already')] });
  });
});

describe('recorded files', () => {
  const nested = {
    ...{ file: 1, ca_certificates: 1, certificates: 2, snis: 3, consumers: 5, acls: 3, basicauth_credentials: 2 },
    ...{ jwt_secrets: 1, keyauth_credentials: 3, hmacauth_credentials: 1, plugins: 31, oauth2_credentials: 2 },
    ...{ routes: 65, services: 13, upstreams: 3, targets: 7 },
  };
  test.each([
    ['2.8.5-deck.yaml', '1.1', nested],
    ['3.4.2-deck.yaml', '3.0', nested],
    ['2.8.5-deck-with-id.json', '1.1', nested],
    ['2.8.5-db_export.yml', '2.1', { ...nested, oauth2_tokens: 4, sessions: 2, parameters: 1 }],
  ])('%s holds what was put into Kong', (file, formatVersion, expected) => {
    const document = readDeclarative(readFileSync(join(RECORDED, file), 'utf8'), file, upgrade(file.slice(0, 5)));
    const counts: Record<string, number> = {};
    for (const { kind } of entitiesOf(document)) counts[kind] = (counts[kind] ?? 0) + 1;
    expect([document.formatVersion, counts]).toEqual([formatVersion, expected]);
  });
});

describe('what Kong and decK would refuse for its type is refused, with line and what was found', () => {
  const entities = (rest: string) => entitiesOf(read(kong(rest)));
  test.each([
    ['services: 5\n', /^kong\.yaml:2:1 is not a list .*found: services: a number/],
    ['routes: {a: {paths: [/x]}}\n', /^kong\.yaml:2:1 is not a list .*found: routes: a map/],
    ['services:\n- name: s\n  routes: no\n', /^kong\.yaml:4:3 is not a list .*found: routes: a boolean/],
    ['routes:\n- name: r\n  paths: "/x(y)"\n', /^kong\.yaml:4:3 is not a list .*found: paths: a text/],
    ['routes:\n- name: r\n  headers: [a]\n', /^kong\.yaml:4:3 is not a map .*found: headers: a list/],
    ['consumers:\n- username: c\n  tags: a\n', /^kong\.yaml:4:3 is not a list .*found: tags: a text/],
    ['services:\n- name: s\n- orders\n', /^kong\.yaml:4:3 is not a map .*found: a text among the services/],
    ['plugins:\n- name: p\n  config: s3cret\n', /^kong\.yaml:4:3 is not a map(?![^]*s3cret)/],
  ])('%j', (rest, message) => {
    expect(() => entities(rest)).toThrow(
      expect.objectContaining({
        code: 'DECLARATIVE_WRONG_TYPE',
        message: expect.stringMatching(new RegExp(message.source.replaceAll(' .*found', '[^]*found'))) as string,
      }),
    );
  });

  test('and nothing that they take: nulls, empty tables of either kind, what decK puts in', () => {
    const taken =
      'services:\nroutes: {}\nconsumers:\n-\nplugins:\n- {name: a, config: [], tags: {}, protocols: }\n- name: b\n  tags: ${{ env "DECK_TAGS" }}\nour_own: 5\nothers:\n- a\n- tags: a\n';
    expect(entities(taken).map(({ name }) => name)).toEqual(['kong.yaml', 'a', 'b', '#2']);
  });
});

test('plugins of consumer groups in a flat list are plugins of the groups that they name', () => {
  const rest =
    'consumer_group_plugins:\n- {name: rla, consumer_group: g1, config: {limit: [1]}}\n- {name: b, consumer_group: {id: g1}}\n- {name: c, consumer_group: nobody}\nconsumer_groups:\n- {id: g1, name: gold}\n';
  const found = entitiesOf(read(kong(rest))).map(({ kind, name, parent }) => [kind, name, parent?.name]);
  expect(found).toEqual([
    ['file', 'kong.yaml', undefined],
    ['consumer_groups', 'gold', undefined],
    ['plugins', 'rla', 'gold'],
    ['plugins', 'b', 'gold'],
    ['plugins', 'c', undefined],
  ]);
});
