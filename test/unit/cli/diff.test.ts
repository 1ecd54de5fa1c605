import * as fc from 'fast-check';
import { diffLines } from '../../../lib/cli/diff';

const side = (lines: string[], dropped: string) =>
  lines.filter((line) => !line.startsWith(dropped)).map((line) => line.slice(2));

describe('diffLines', () => {
  test('shows what went and what came', () => {
    expect(diffLines('a\nb\nc', 'a\nx\nc')).toEqual(['  a', '- b', '+ x', '  c']);
  });

  test('law: without what came it is the text before, without what went the text after', () => {
    const text = fc.array(fc.constantFrom('a', 'b', 'c'), { minLength: 1, maxLength: 12 }).map((l) => l.join('\n'));
    fc.assert(
      fc.property(text, text, (before, after) => {
        const lines = diffLines(before, after);
        expect(side(lines, '+ ').join('\n')).toBe(before);
        expect(side(lines, '- ').join('\n')).toBe(after);
      }),
    );
  });
});
