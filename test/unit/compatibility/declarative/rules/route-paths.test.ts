import fc from 'fast-check';
import { RRegex } from 'rregex';
import { checkDeclarative } from '../../../../../lib/compatibility/declarative/check';
import { readDeclarative } from '../../../../../lib/compatibility/declarative/document';
import { rewrite } from '../../../../../lib/compatibility/declarative/rewrite';
import { RULES } from '../../../../../lib/compatibility/declarative/rules';
import {
  isRegexIn2x,
  migratedPath,
  normalizedPath,
  rustPattern,
} from '../../../../../lib/compatibility/regex/kong-path';
import { context } from '../entity';

function rewritten(paths: readonly string[], version: string, nested: boolean) {
  const routes = [{ name: 'r', paths }];
  const file = nested
    ? { _format_version: version, services: [{ name: 's', host: 'h', routes }] }
    : { _format_version: version, routes };
  const given = context();
  const document = readDeclarative(JSON.stringify(file), 'kong.json', given.upgrade);
  const { findings } = checkDeclarative(document, { ...given, formatVersion: document.formatVersion }, RULES);
  const text = rewrite(document.tree);
  const { services, routes: top } = JSON.parse(text) as {
    services?: { routes: typeof routes }[];
    routes?: typeof routes;
  };
  return { text, findings, paths: (top ?? services?.[0]?.routes)?.[0]?.paths ?? [] };
}

const compiles = (path: string): boolean => {
  try {
    new RRegex(rustPattern(path)).free();
    return true;
  } catch {
    return false;
  }
};

/** Findings that say what can not be written for anybody, and those that are told for good measure. */
const HARMLESS = ['route-multipath-priority', 'migration-no-regex-precheck', 'format-version-3'];

describe('the paths of a rewritten file', () => {
  const piece = fc.constantFrom(
    '/',
    'users',
    '{id}',
    '%20',
    '%7Ea',
    '%2F',
    '%2E',
    'é',
    '.',
    '..',
    '\\d+',
    '\\y',
    '\\/',
    '(a|b)',
    '[\\w-.]',
    '[a[b]',
    '(?!x)',
    '(?<n>x)',
    '(x)\\1',
    '*',
    'a++',
    '$',
    ' ',
    '~',
    '{2}',
    '-',
    '%C3%A9',
  );
  const path = fc.array(piece, { maxLength: 5 }).map((pieces) => `/${pieces.join('')}`);
  it.each([
    ['1.1', true],
    ['1.1', false],
  ])('of format %s (nested: %s) are what 3.4 takes, or a finding says why not', (version, nested) => {
    fc.assert(
      fc.property(fc.array(path, { minLength: 1, maxLength: 3 }), (paths) => {
        const result = rewritten(paths, version, nested);
        result.paths.forEach((now, index) => {
          const open = result.findings.filter(
            ({ id, field, fix }) => field === `paths[${index}]` && fix.mode === 'manual' && !HARMLESS.includes(id),
          );
          const accepted = now.startsWith('~') ? compiles(now) : normalizedPath(now) === now;
          expect([paths[index], now, accepted || open.length > 0]).toEqual([paths[index], now, true]);
          // What was a regex is one, and what was none is none: nothing else than the migration's guess decides.
          expect([now, now.startsWith('~')]).toEqual([now, isRegexIn2x(paths[index] ?? '')]);
          if (open.length === 0 && now !== migratedPath(paths[index] ?? ''))
            expect(compiles(migratedPath(paths[index] ?? '') ?? '')).toBe(false);
        });
      }),
      { numRuns: 300 },
    );
  });
  it('are rewritten once', () => {
    fc.assert(
      fc.property(fc.array(path, { minLength: 1, maxLength: 3 }), fc.boolean(), (paths, nested) => {
        const once = rewritten(paths, '1.1', nested);
        const { _format_version: version, ...rest } = JSON.parse(once.text) as Record<string, unknown>;
        expect(version).toBe('3.0');
        expect(rest).toBeDefined();
        const twice = rewritten(once.paths, '3.0', nested);
        expect(twice.paths).toEqual(once.paths);
      }),
      { numRuns: 300 },
    );
  });
});
