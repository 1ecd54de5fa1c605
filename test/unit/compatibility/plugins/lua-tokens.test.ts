import fc from 'fast-check';
import { luaTokens } from '../../../../lib/compatibility/plugins/lua-tokens';

const seen = (source: string): string[] => luaTokens(source).map(({ kind, text }) => `${kind} ${text}`);

describe('Lua as tokens', () => {
  test('names, numbers, symbols and strings are told apart', () => {
    expect(seen(`x = y.z(0x1F, 1.5e3, "a", 'b') ~= nil`)).toEqual([
      'name x',
      'symbol =',
      'name y',
      'symbol .',
      'name z',
      'symbol (',
      'number 0x1F',
      'symbol ,',
      'number 1.5e3',
      'symbol ,',
      'string a',
      'symbol ,',
      'string b',
      'symbol )',
      'symbol ~=',
      'name nil',
    ]);
  });

  test('a line comment ends with its line, a long one with its bracket', () => {
    expect(seen('a -- b\nc --[[ d\n e ]] f --[==[ ]] ]==] g')).toEqual([
      'name a',
      'comment -- b',
      'name c',
      'comment --[[ d\n e ]]',
      'name f',
      'comment --[==[ ]] ]==]',
      'name g',
    ]);
  });

  test('two dashes in a string begin no comment, quotes in a comment no string', () => {
    expect(seen(`"a -- b" -- it's\nc`)).toEqual(['string a -- b', "comment -- it's", 'name c']);
  });

  test('a long string keeps its lines, and other levels in it', () => {
    expect(seen('[==[ a ]] [=[ ]==]')).toEqual(['string  a ]] [=[ ']);
  });

  test('an escaped quote does not end a string', () => {
    expect(seen(String.raw`"a\"b" c`)).toEqual([String.raw`string a\"b`, 'name c']);
  });

  test('lines are counted through strings and comments', () => {
    const tokens = luaTokens('#!/usr/bin/resty\n--[[\n\n]]\nlocal s = [[\n\n]]\nx');
    expect(tokens.at(-1)).toMatchObject({ text: 'x', line: 8 });
  });

  test('an index is no long bracket', () => {
    expect(seen('t[ [[k]] ]').slice(1)).toEqual(['symbol [', 'string k', 'symbol ]']);
  });

  test('what is not finished ends with its line or with the file', () => {
    expect(seen('"open\nx')).toEqual(['string open', 'name x']);
    expect(seen('[[open')).toEqual(['string open']);
    expect(seen('--[[open')).toEqual(['comment --[[open']);
  });

  test('law: every text ends, tokens are in order and lie in it', () => {
    const piece = fc.constantFrom(
      '"',
      "'",
      '[[',
      ']]',
      '[=[',
      ']=]',
      '--',
      '\n',
      '\\',
      'a',
      '1',
      '.',
      ' ',
      '--[[',
      '$',
      'é',
    );
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 40 }), (pieces) => {
        const source = pieces.join('');
        let at = 0;
        let line = 1;
        for (const token of luaTokens(source)) {
          expect(token.start).toBeGreaterThanOrEqual(at);
          expect(token.end).toBeGreaterThan(token.start);
          expect(token.line).toBeGreaterThanOrEqual(line);
          at = token.end;
          line = token.line;
        }
        expect(at).toBeLessThanOrEqual(source.length);
      }),
    );
  });
});
