import fc from 'fast-check';
import { readLua } from '../../../../lib/compatibility/plugins/lua';

const pathsOf = (source: string): string[] => readLua(source).accesses.map(({ path }) => path.join('.'));

describe('Lua as rules read it', () => {
  test('a local name stands for what it was declared as, until it is declared again', () => {
    const paths = pathsOf('local c = ngx.ctx\nc.a = 1\nlocal c = {}\nc.b = 1');
    expect(paths).toContain('ngx.ctx.a');
    expect(paths).not.toContain('ngx.ctx.b');
  });

  test('several names are declared at once', () => {
    const paths = pathsOf('local r, s = kong.request, kong.response\nr.get_path()\ns.exit(200)');
    expect(paths).toEqual(expect.arrayContaining(['kong.request.get_path', 'kong.response.exit']));
  });

  test('what a call returned is not what was called', () => {
    expect(pathsOf('local p = kong.request.get_path()\np.x = 1')).not.toContain('kong.request.get_path.x');
  });

  test('an index by a string is a field, one by a name is not', () => {
    const paths = pathsOf('a["b"].c = d[e].f');
    expect(paths).toContain('a.b.c');
    expect(paths).not.toContain('d.e.f');
  });

  test('the table of a file is found where it is returned, by name and with what is assigned later', () => {
    const keys = (source: string) => readLua(source).returned?.map(({ key }) => key);
    expect(keys('return { a = 1, ["b"] = 2, { c = 3 }, [d] = 4 }')).toEqual(['a', 'b', undefined, '?']);
    expect(keys('local M = { a = 1 }\nM.b = 2\nreturn M')).toEqual(['a', 'b']);
    expect(
      keys('local M = { a = function() if x then return { z = 1 } elseif y then end end, b = 1 }\nreturn M'),
    ).toEqual(['a', 'b']);
    expect(keys('local M = {}\nfunction M.f() return { z = 1 } end\nreturn M')).toEqual([]);
    expect(keys('return setmetatable({}, {})')).toBeUndefined();
    expect(keys('local x = 1')).toBeUndefined();
  });

  test('law: any text can be read', () => {
    const piece = fc.constantFrom(
      'local ',
      'return ',
      'function ',
      'end ',
      'if ',
      'then ',
      'elseif ',
      'do ',
      'repeat ',
      'until ',
      'require ',
      'a',
      'ngx',
      '.',
      ':',
      '=',
      ',',
      ';',
      '{',
      '}',
      '(',
      ')',
      '[',
      ']',
      '"x"',
      '[[',
      ']]',
      '--',
      '\n',
      '1',
      '..',
      '"',
    );
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 60 }), (pieces) => {
        const source = pieces.join('');
        const lines = source.split('\n').length;
        const { accesses, requires, returned } = readLua(source);
        for (const { line } of [...accesses, ...requires, ...(returned ?? [])]) expect(line).toBeLessThanOrEqual(lines);
      }),
      { numRuns: 500 },
    );
  });
});
