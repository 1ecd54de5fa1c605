import { mkdirSync, mkdtempSync, rmSync, symlinkSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { readFolder, runCheckPlugins } from '../../../lib/cli/check-plugins';
import { checkContext } from './check-context';

let folder: string;
const { context, notes, printed } = checkContext();
const run = (flags: object = {}, of = folder) => runCheckPlugins(context, of, { from: '2.8', to: '3.4', ...flags });
const write = (name: string, text: string): void => {
  mkdirSync(join(folder, name, '..'), { recursive: true });
  writeFileSync(join(folder, name), text);
};

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'plugins-'));
  notes.length = 0;
});
afterEach(() => rmSync(folder, { recursive: true }));

test('finds with file and line and ends with 2', async () => {
  write('kong/plugins/mine/access.lua', '\nlocal s = require "kong.singletons"');
  expect(await run()).toBe(2);
  expect(printed().json.findings).toMatchObject([
    { id: 'pdk-singletons', file: join(folder, 'kong/plugins/mine/access.lua'), line: 2, entity: 'plugin "mine"' },
  ]);
  expect(printed().json.summary.findings).toBe(1);
  expect(printed().text).toContain('kong.singletons');
});

test('the folder of one plugin gives the plugin its name', async () => {
  write('mine/handler.lua', 'return { PRIORITY = 5 }');
  write('mine/schema.lua', 'return { name = "mine", fields = {} }');
  await run({}, join(folder, 'mine/'));
  expect(printed().json.findings).toMatchObject([{ id: 'pdk-priority-version', entity: 'plugin "mine"', line: 1 }]);
});

test('ends with 0 when nothing needs action', async () => {
  write('access.lua', 'kong.log("hello")');
  expect(await run()).toBe(0);
});

test('what is no source, of others, or binary is not read', async () => {
  write('node_modules/x/a.lua', 'require "kong.singletons"');
  write('.git/a.lua', 'require "kong.singletons"');
  write('a.png', 'require "kong.singletons"');
  write('b.lua', '\0require "kong.singletons"');
  write('c.lua', 'local x');
  expect(await run()).toBe(0);
  expect(notes).toEqual([`not looked at (binary, or larger than 5 MB): ${join(folder, 'b.lua')}`]);
});

test('a file of more than 5 MB is left out and named', async () => {
  write('a.lua', 'local x');
  write('big.lua', 'local y');
  truncateSync(join(folder, 'big.lua'), 5_000_001);
  expect((await readFolder(folder)).leftOut).toEqual(['big.lua']);
});

test('links are followed once, also when they lead in a circle or nowhere', async () => {
  write('real/a.lua', 'require "kong.singletons"');
  symlinkSync('..', join(folder, 'real/up'));
  symlinkSync('real', join(folder, 'again'));
  symlinkSync('nowhere', join(folder, 'gone.lua'));
  expect((await readFolder(folder)).texts.map(({ text }) => text)).toEqual(['require "kong.singletons"']);
});

test.each([
  ['a folder that is not there', 'missing', 'PLUGINS_NOT_A_FOLDER'],
  ['a file', 'a.txt', 'PLUGINS_NOT_A_FOLDER'],
  ['an empty folder', 'empty', 'PLUGINS_NO_SOURCES'],
])('%s is refused with a remedy', async (_what, name, code) => {
  write('a.txt', 'x');
  mkdirSync(join(folder, 'empty'));
  await expect(run({}, join(folder, name))).rejects.toMatchObject({
    code,
    exitCode: 64,
    remedy: expect.any(String) as string,
  });
});

test('a source that can not be read is no source passed over', async () => {
  // Root may read every file, but nobody the beginning of a process's memory.
  symlinkSync('/proc/self/mem', join(folder, 'a.lua'));
  await expect(run()).rejects.toMatchObject({ code: 'INPUT_NOT_READABLE' });
});

test('versions are asked for first', async () => {
  await expect(run({ from: '3.4', to: '2.8' })).rejects.toMatchObject({ code: 'VERSION_NOT_LATER' });
});
