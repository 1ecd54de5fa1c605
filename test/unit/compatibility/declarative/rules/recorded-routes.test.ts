import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { checkDeclarative } from '../../../../../lib/compatibility/declarative/check';
import { readDeclarative } from '../../../../../lib/compatibility/declarative/document';
import { rewrite } from '../../../../../lib/compatibility/declarative/rewrite';
import { RULES } from '../../../../../lib/compatibility/declarative/rules';
import recorded from '../../../../recorded/declarative/routes-2.8.5-3.4.2.json';
import { context } from '../entity';

const FOLDER = join(__dirname, '../../../../recorded/declarative');

interface Route {
  readonly name: string;
  readonly paths?: readonly string[];
}
interface File {
  readonly _format_version: string;
  readonly routes?: readonly Route[];
  readonly services: readonly { readonly routes?: readonly Route[] }[];
}

function looked(text: string, conf?: Record<string, string>) {
  const given = context(conf ? { conf } : {});
  const document = readDeclarative(text, 'kong.yaml', given.upgrade);
  const report = checkDeclarative(document, { ...given, formatVersion: document.formatVersion }, RULES);
  return { report, text: rewrite(document.tree), root: document.tree.root as File };
}
const routesOf = ({ services, routes = [] }: File): readonly Route[] => [
  ...routes,
  ...services.flatMap((service) => service.routes ?? []),
];

describe.each(['2.8.5-deck.yaml', '2.8.5-db_export.yml'])('the recorded configuration of 2.8.5 in %s', (name) => {
  const text = readFileSync(join(FOLDER, name), 'utf8');
  const { report, text: rewritten, root } = looked(text);
  const found = (...ids: string[]): string[] => {
    const routes = report.findings
      .filter(({ id }) => ids.includes(id))
      .map(({ entity }) => /^route "([^"]*)"/.exec(entity)?.[1] ?? '');
    return [...new Set(routes)].sort();
  };

  it('has exactly the routes that 3.4.2 dropped told as not compiling', () => {
    expect(
      found(
        'route-regex-lookaround',
        'route-regex-backreference',
        'route-regex-overescape',
        'route-regex-rust-dialect',
      ),
    ).toEqual(Object.keys(recorded.dropped).sort());
    expect(found('route-regex-lookaround')).toEqual(['re-lookahead', 're-multi']);
    expect(found('route-regex-backreference')).toEqual(['re-backref']);
    expect(found('route-regex-meaning')).toEqual([]);
  });
  it('has exactly the routes that 3.4.2 refused to write told as not normalised', () => {
    expect(found('route-plain-path-normalization')).toEqual(Object.keys(recorded.nonNormalized).sort());
  });
  it('has every route whose regex the migration marked told once', () => {
    const marked = recorded.routes.filter(({ paths }) => paths['3.4.2']?.some((path) => path.startsWith('~')));
    expect(found('route-regex-tilde', 'route-serviceless-regex-not-converted', 'route-wildcard-star')).toEqual(
      marked.map((route) => route.name).sort(),
    );
  });
  it('is rewritten to the paths that the migration wrote, of every route', () => {
    const routes = routesOf(root);
    expect(routes).toHaveLength(65);
    const expected = new Map(recorded.routes.map((route) => [route.name, route.paths['3.4.2'] ?? undefined]));
    for (const route of routes)
      expect([route.name, route.paths ?? undefined]).toEqual([route.name, expected.get(route.name)]);
    expect(root._format_version).toBe('3.0');
  });
  it('is rewritten once: a second look changes nothing more', () => {
    const again = looked(rewritten);
    expect(again.text).toBe(rewritten);
    expect(again.report.mended).toBe(0);
  });
  it('is fine for the old router where kong.conf asks for it', () => {
    const { findings } = looked(text, { router_flavor: 'traditional' }).report;
    const ids = new Set(findings.map(({ id }) => id));
    for (const id of [
      'route-regex-lookaround',
      'route-path-handling-v1',
      'migration-no-regex-precheck',
      'router-flavor-default',
    ]) {
      expect(ids).not.toContain(id);
    }
    expect(ids).toContain('route-regex-tilde');
  });
  it('names the five routes with path_handling v1', () => {
    const expected = recorded.routes
      .filter(({ path_handling: handling }) => handling === 'v1')
      .map((route) => route.name);
    expect(found('route-path-handling-v1')).toEqual(expected.sort());
  });
});
