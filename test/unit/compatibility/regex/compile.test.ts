import fc from 'fast-check';
import { RRegex } from 'rregex';
import { compile } from '../../../../lib/compatibility/regex/compile';
import { migratedPath, rustPattern } from '../../../../lib/compatibility/regex/kong-path';
import { mended } from '../../../../lib/compatibility/regex/mend';
import recorded from '../../../recorded/declarative/routes-2.8.5-3.4.2.json';

function fits(pattern: string): boolean {
  try {
    new RRegex(pattern).free();
    return true;
  } catch (thrown) {
    expect(thrown instanceof Error ? thrown.message : thrown).toMatch(/size limit/);
    return false;
  }
}

describe('compiling a pattern', () => {
  // The counts at which the crate was found to refuse them, within 2 %.
  it.each([
    ['\\w', 390],
    ['\\d', 3920],
    ['[^/]', 20_500],
    ['\\p{L}', 458],
    ['[\\w-]', 390],
  ])('that repeats %s tells of the limit where the crate refuses it at %i, and not at half of it', (atom, count) => {
    expect(fits(`^${atom}{${count}}`)).toBe(false);
    expect(compile(`^${atom}{${count}}`)).toMatchObject({ ok: false, refusal: { kind: 'size', certain: false } });
    expect(fits(`^${atom}{${Math.floor(count / 2)}}`)).toBe(true);
    expect(compile(`^${atom}{${Math.floor(count / 2)}}`).ok).toBe(true);
  });
  it('that repeats a repetition counts both', () => {
    expect(compile('^/(\\w{1,20}-){1,25}$').ok).toBe(false);
    expect(compile('^/(\\w{1,20}-){1,5}$').ok).toBe(true);
  });
  it('refuses of the recorded paths exactly those that 3.4.2 dropped', () => {
    const refused = recorded.routes
      .filter(({ paths }) =>
        (paths['3.4.2'] ?? []).some((path) => path.startsWith('~') && !compile(rustPattern(path)).ok),
      )
      .map(({ name }) => name);
    expect(refused.sort()).toEqual(Object.keys(recorded.dropped).sort());
  });
  it('takes any text there is', () => {
    const any = fc.string({
      unit: fc.oneof(
        fc.nat({ max: 0xffff }).map((unit) => String.fromCharCode(unit)),
        fc.constantFrom(...'()[]{}?<>\\|*+-&~:^%Q'),
      ),
    });
    fc.assert(
      fc.property(any, (text) => {
        compile(text);
        mended(text);
        migratedPath(`/${text}`);
      }),
      { numRuns: 2000 },
    );
  });
});
