import { start } from '../../../../local/world/processes';

const node = (script: string, log: string[] = []) =>
  start(process.execPath, ['-e', script], process.env, (line) => log.push(line));

test('a process is stopped by closing its standard input', async () => {
  const child = node("process.stdin.resume(); process.stdin.on('end', () => process.exit(0))");
  expect(child.hasEnded()).toBe(false);
  await child.stop();
  expect(child.hasEnded()).toBe(true);
});

test('its output is heard line by line, and its last lines are kept for an error', async () => {
  const heard: string[] = [];
  const child = node("console.log('one\\ntwo'); console.error('three')", heard);
  await child.ended;
  expect(heard.sort()).toEqual(['one', 'three', 'two']);
  expect(child.lastLines()).toContain('three');
});

test('a line that comes in two pieces is one line', async () => {
  const heard: string[] = [];
  const child = node("process.stdout.write('he'); setTimeout(() => process.stdout.write('llo\\n'), 200)", heard);
  await child.ended;
  expect(heard).toEqual(['hello']);
});

test('a program that does not exist ends at once and says so', async () => {
  const child = start('/nowhere/program', [], process.env, () => undefined);
  await child.ended;
  expect(child.lastLines()).toContain('ENOENT');
});
