import { spawnSync } from 'node:child_process';
import * as fc from 'fast-check';
import { quoted, readScript, writeScript, type WriteOrder } from '../../../../lib/routers/nginx/scripts';

const sh = (script: string) => spawnSync('sh', ['-s'], { input: script, encoding: 'utf8' });
const EVIL = `/tmp/it's "$(touch /tmp/never)" \`id\` \\ ; & * é`;

test('whatever is in a value, the shell takes it as one word', () => {
  const text = fc
    .string({ unit: 'binary', maxLength: 40 })
    .map((each) => Buffer.from(each.replaceAll('\0', '')).toString());
  fc.assert(
    fc.property(text, (value) => {
      expect(sh(`printf '%s|' ${quoted(value)} end`).stdout).toBe(`${value}|end|`);
    }),
    { numRuns: 50, examples: [[EVIL], ["'"], ["'\\''"], ['\n']] },
  );
});

const ORDER: WriteOrder = {
  file: EVIL,
  pidFile: EVIL,
  content: `${EVIL}\nEOF\n`,
  expected: 'missing',
  loaded: true,
  deadline: 1,
  test: `echo ${EVIL}`,
  reload: `echo ${EVIL}`,
  needs: { text: '# sha256: a\n', variable: 'kong_slot', upstreams: ['a.b', 'c'] },
};

test.each([
  ['read', readScript(ORDER)],
  ['write', writeScript(ORDER)],
])('the script to %s is one that sh takes', (_, script) => {
  const { status, stderr } = spawnSync('sh', ['-n'], { input: script, encoding: 'utf8' });
  expect([status, stderr]).toEqual([0, '']);
});

test('a script that arrives in part runs nothing', () => {
  const script = writeScript({ ...ORDER, file: '/nowhere/at/all', test: 'true', reload: 'true' });
  for (let length = 0; length < script.length - 6; length += 97) {
    expect(sh(script.slice(0, length)).stdout).toBe('');
  }
});
