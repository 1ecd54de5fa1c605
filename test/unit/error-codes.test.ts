import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { ERROR_CODES, errorPage } from '../../lib/error-codes';

const ROOT = join(__dirname, '..', '..');
const sources = ['lib', 'bin'].flatMap((folder) =>
  readdirSync(join(ROOT, folder), { recursive: true, encoding: 'utf8' })
    .filter((path) => path.endsWith('.ts') && path !== 'error-codes.ts')
    .map((path) => readFileSync(join(ROOT, folder, path), 'utf8')),
);
/** Literals in capitals that are words of Kong, AWS or Node, not codes of ours. */
const NOT_OURS =
  /^(KONG_|PROGRAM_|(CREATE|UPDATE|DELETE|ROLLBACK|UPDATE_ROLLBACK)_(COMPLETE|IN_PROGRESS|FAILED)$|TASK_DEFINITION$|DUPLICATE_KEY$|ERR_INVALID_URL$|HTTP_301$|PAY_PER_REQUEST$|CREDENTIAL_USERNAME$|INSUFFICIENT_DATA$|ALL_NEW$|TIMED_OUT$)/;
const used = new Set(
  sources.flatMap((text) => [...text.matchAll(/'([A-Z][A-Z0-9]+(?:_[A-Z0-9]+)+)'/g)].map((match) => match[1]!)),
);
/** Of the demo and the scripts only what is an error: their other literals are AWS's. */
for (const [folder, pattern] of [
  ['local', /KongDualClusterError\(\s*'([A-Z_]+)'/g],
  ['scripts', /\[([A-Z]+(?:_[A-Z]+)+)\]/g],
] as const) {
  for (const path of readdirSync(join(ROOT, folder), { recursive: true, encoding: 'utf8' })) {
    if (!/\.(ts|mjs)$/.test(path)) continue;
    for (const [, code] of readFileSync(join(ROOT, folder, path), 'utf8').matchAll(pattern)) used.add(code!);
  }
}

describe('the catalogue of error codes', () => {
  test('has an entry for every code that the sources use', () => {
    expect([...used].filter((code) => !NOT_OURS.test(code) && !(code in ERROR_CODES)).sort()).toEqual([]);
  });

  test('has no entry that the sources do not use', () => {
    expect(Object.keys(ERROR_CODES).filter((code) => !used.has(code))).toEqual([]);
  });

  test('says of each what it means and what to do, in sentences', () => {
    for (const [code, { means, mend }] of Object.entries(ERROR_CODES)) {
      expect([code, /^[A-Z`-].*[.)]$/s.test(means), mend.endsWith('.')]).toEqual([code, true, true]);
    }
  });

  test('docs/errors.md is current (kong-dual-cluster explain > docs/errors.md)', () => {
    expect(readFileSync(join(ROOT, 'docs', 'errors.md'), 'utf8')).toBe(errorPage());
  });
});
