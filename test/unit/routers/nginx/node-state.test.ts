import { answerOf, notLoaded } from '../../../../lib/routers/nginx/node-state';
import { digest } from '../../../../lib/routers/nginx/slot-file';

const CONTENT = 'the file';
/** A node that booted at 1000 s; the file changed at 1500 s; it is 2000 s now. Workers as pid:ticks since boot. */
const NODE = { content: CONTENT, changed: 1500, clock: 2000, uptime: 1000, ticks: 100, receipt: undefined };
const at = (seconds: number, pid = 7): `${number}:${number}` => `${pid}:${(seconds - 1000) * 100}`;
const receipt = (workers: string[], content = CONTENT) => ({ hash: digest(content), workers });

test('workers that started after the file changed run it', () => {
  expect(notLoaded({ ...NODE, workers: [at(1501), at(1502, 8)] })).toBeUndefined();
});

test('a file that was written and not loaded: the workers from before are named', () => {
  expect(notLoaded({ ...NODE, workers: [at(1400), at(1400, 8)] })).toBe(
    'written but not loaded: 2 of 2 workers are from before (pid 7, 8)',
  );
});

test('one worker that crashed and came back does not stand for the others', () => {
  expect(notLoaded({ ...NODE, workers: [at(1600), at(1400, 8)] })).toMatch(/1 of 2 workers .* \(pid 8\)/);
});

test('workers of a load that was seen run what was loaded then, whatever the clocks say', () => {
  expect(notLoaded({ ...NODE, workers: [at(1400)], receipt: receipt([at(1400)]) })).toBeUndefined();
  expect(notLoaded({ ...NODE, workers: [at(1600)], receipt: receipt([at(1600)], 'another file') })).toMatch(
    /written but not loaded/,
  );
});

test('a pid that is used again is another worker', () => {
  expect(notLoaded({ ...NODE, workers: [at(1400)], receipt: receipt([at(1300)]) })).toMatch(/written but not loaded/);
});

test('a doubt counts against it: the same moment, or a start later than now', () => {
  expect(notLoaded({ ...NODE, workers: [at(1500)] })).toMatch(/not loaded/);
  expect(notLoaded({ ...NODE, workers: [at(2100)] })).toMatch(/not loaded/);
});

test('without a worker nothing is loaded', () => {
  expect(notLoaded({ ...NODE, workers: [] })).toBe('nginx has no worker that accepts');
});

const answer = (lines: Record<string, string>): string =>
  `${Object.entries(lines)
    .map(([key, value]) => `${key}=${value}`)
    .join('\n')}\nend=ok\n`;
const base64 = (text: string): string => Buffer.from(text).toString('base64');
const LINES = {
  clock: '1795299189.042667980',
  uptime: '36229.87',
  ticks: '100',
  changed: '2026-11-21 21:58:58.820607613 +0000',
  master: '1',
  workers: '2:3622936 3:3622936',
  receipt: '',
  content: base64(CONTENT),
};

test('an answer is read as the script prints it', () => {
  expect(answerOf(answer(LINES))).toEqual({ content: CONTENT, loaded: true, why: '', uptime: 3_622_987 });
});

test('without fractions of a second (busybox) a start in the same second is a doubt', () => {
  const same = { ...LINES, changed: '2026-11-21 22:13:08 +0000', clock: '1795299189' };
  expect(answerOf(answer(same))).toMatchObject({ loaded: false });
  expect(answerOf(answer({ ...same, changed: '2026-11-21 22:13:07 +0000' }))).toMatchObject({ loaded: true });
});

test('no file, and no nginx', () => {
  const { content: _, ...without } = LINES;
  expect(answerOf(answer(without))).toMatchObject({ content: undefined, loaded: false });
  expect(answerOf(answer({ ...LINES, master: '', workers: '' }))).toMatchObject({ why: 'nginx is not running' });
});

test('a refusal has the words of the node', () => {
  expect(answerOf(answer({ failed: 'test', said: base64('nginx: [emerg] x\n') }))).toEqual({
    failed: 'test',
    said: 'nginx: [emerg] x',
  });
});
