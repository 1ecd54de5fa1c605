import { findingsHtml } from '../../../lib/render/findings-html';
import { findingsMarkdown } from '../../../lib/render/findings-markdown';
import { findingsText } from '../../../lib/render/findings-text';
import { checked, finding } from './finding-fixture';

const text = (...args: Parameters<typeof checked>) => findingsText(checked(...args), { colors: false });
const MANY = Array.from({ length: 900 }, (_, i) => finding({ entity: `route "r${i}"`, line: i + 1 }));

describe('what a check found, as text', () => {
  test('a finding: what it is, where, what to do, one source', () => {
    expect(text([finding()])).toBe(
      [
        'kong.yaml: Kong 2.8 → 3.4',
        '1 finding, 1 needs action: 1 breaking',
        '',
        'BEFORE GREEN IS DEPLOYED (1)',
        '',
        '  Behaves differently',
        '',
        '  ✖ route-regex-tilde · breaking',
        '    a regex path begins with ~',
        '    - kong.yaml:12 route "users", paths[0]',
        '    fix (--write does it): put ~ before it',
        '    source: https://developer.konghq.com/gateway/breaking-changes/',
      ].join('\n'),
    );
  });

  test('nothing found: said in one line, with how much was asked', () => {
    const rules = [{ id: 'a', result: 'compliant', entities: 3 } as const];
    expect(text([], { rules })).toBe('kong.yaml: Kong 2.8 → 3.4\nnothing found of 1 rule');
  });

  test('before, during, after; inside them the most severe first', () => {
    const told = text([
      finding({ id: 'later', when: 'after' }),
      finding({ id: 'mild', severity: 'deprecated' }),
      finding({ id: 'bad', severity: 'breaking' }),
      finding({ id: 'meanwhile', when: 'during' }),
    ]);
    const order = ['BEFORE', 'bad', 'mild', 'DURING', 'meanwhile', 'AFTER', 'later'];
    const found = ['BEFORE', 'bad ·', 'mild ·', 'WHILE BOTH', 'meanwhile ·', 'AFTER THE', 'later ·'].map((word) =>
      told.indexOf(word),
    );
    expect(found).toEqual([...found].sort((a, b) => a - b));
    expect(found).not.toContain(-1);
    expect(order).toHaveLength(found.length);
  });

  test('900 routes with one mistake: five places and a count', () => {
    const told = text(MANY);
    expect(told.split('\n').length).toBeLessThan(20);
    expect(told).toContain('kong.yaml:5 route "r4"');
    expect(told).not.toContain('route "r5"');
    expect(told).toContain('… and 895 more places (--output json has all)');
  });

  test('messages that differ stand with their places', () => {
    const told = text([finding({ message: 'one' }), finding({ message: 'two', line: 13 })]);
    expect(told).toMatch(/kong\.yaml:12.*\n {6}one\n.*kong\.yaml:13.*\n {6}two/);
  });

  test('fits into 80 columns, but for words that are longer', () => {
    const long = 'a sentence of many words that goes on and on '.repeat(6);
    const told = text([finding({ message: long, entity: long, fix: { mode: 'manual', how: long } })]);
    expect(told.split('\n').filter((line) => line.length > 80)).toEqual([]);
  });

  test('an Admin API has no lines: the place is its URL', () => {
    expect(text([finding({ file: 'http://127.0.0.1:8001', line: null })])).toContain('- http://127.0.0.1:8001 route');
  });

  test('a kong.conf is named once', () => {
    const conf = finding({ file: '/etc/kong/kong.conf', entity: 'kong.conf', field: 'pg_ssl_version', line: 7 });
    expect(text([conf])).toContain('    - /etc/kong/kong.conf:7 pg_ssl_version\n');
  });

  test('what was written and mended is said', () => {
    expect(text([finding()], { wrote: 'new.yaml', rewritten: 1 })).toContain('; 1 finding mended in new.yaml');
  });

  test('colours only where they are asked for', () => {
    expect(text([finding()])).not.toContain('\u001b');
    expect(findingsText(checked([finding()]), { colors: true })).toContain('\u001b[31m✖');
  });
});

describe('what a check found, in other forms', () => {
  test('Markdown: a box to tick for each id, a link for its source', () => {
    const told = findingsMarkdown(checked(MANY));
    expect(told.match(/^- \[ \] /gm)).toHaveLength(1);
    expect(told).toContain('  - … and 895 more places');
    expect(told).toContain('<https://developer.konghq.com/gateway/breaking-changes/>');
  });

  test('HTML: figures by the time to act, a card for each id', () => {
    const html = findingsHtml(checked([...MANY, finding({ id: 'other', when: 'after' })]));
    expect(html.match(/<article/g)).toHaveLength(2);
    expect(html).toContain('<dt>Before</dt><dd>900<');
    expect(html).toContain('901 findings to act on');
  });
});
