import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { lstatSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { lockPathOf, readLock, writeLock } from '../../../lib/settings/lock-file';
import { lockOf, lockOfTime, NO_LOCK } from '../blueprint/settings-of';

describe('the lock file', () => {
  let folder: string;
  let path: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'kdc-lock-'));
    path = join(folder, 'dual-cluster.lock.json');
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  test('stands beside the settings', () => {
    expect(lockPathOf('/a/dual-cluster.yaml')).toBe('/a/dual-cluster.lock.json');
    expect(lockPathOf('/a/eu.yml')).toBe('/a/eu.lock.json');
  });

  test('given no file, then nothing is locked', async () => {
    expect(await readLock(path)).toEqual(NO_LOCK);
  });

  test('given a lock, when written and read, then it is the same, and nothing else is left in the folder', async () => {
    await writeLock(path, lockOf('green'));
    expect(await readLock(path)).toEqual(lockOf('green'));
    expect(readdirSync(folder)).toEqual(['dual-cluster.lock.json']);
    expect(readFileSync(path, 'utf8')).toMatch(/\}\n$/);
  });

  test('given a lock that is not valid, when written, then it is refused and the old file stays', async () => {
    await writeLock(path, lockOf('green'));
    await expect(writeLock(path, { ...lockOf('green'), lockVersion: 2 as 1 })).rejects.toMatchObject({
      code: 'LOCK_INVALID',
    });
    expect(await readLock(path)).toEqual(lockOf('green'));
  });

  test('given a slot with both ways to restore it, or none, then it is refused: nobody knew which holds', async () => {
    const both = { ...lockOf('green').slots.green, ...lockOfTime('green').slots.green };
    for (const green of [both, {}])
      await expect(writeLock(path, { lockVersion: 1, slots: { green } })).rejects.toMatchObject({
        code: 'LOCK_INVALID',
      });
    await writeLock(path, lockOfTime('green'));
    expect(await readLock(path)).toEqual(lockOfTime('green'));
  });

  test('given a link, when written, then the link stays and its target changes', async () => {
    const target = join(folder, 'real.json');
    writeFileSync(target, '{}');
    symlinkSync(target, path);
    await writeLock(path, NO_LOCK);
    expect(lstatSync(path).isSymbolicLink()).toBe(true);
    expect(JSON.parse(readFileSync(target, 'utf8'))).toEqual(NO_LOCK);
  });

  test('given a folder that cannot be written, then nothing half is left', async () => {
    const missing = join(folder, 'none', 'dual-cluster.lock.json');
    await expect(writeLock(missing, NO_LOCK)).rejects.toThrow('ENOENT');
    expect(existsSync(join(folder, 'none'))).toBe(false);
  });

  test.each([
    ['half a file', '{"lockVersion":1,'],
    ['an empty file', ''],
    ['another version', '{"lockVersion":2,"slots":{}}'],
    ['a lock edited by hand', '{"lockVersion":1,"slots":{"green":{"snapshot":{"id":"x"}}}}'],
  ])('given %s, then it is refused and never taken for empty', async (_, text) => {
    writeFileSync(path, text);
    await expect(readLock(path)).rejects.toMatchObject({
      code: 'LOCK_INVALID',
      remedy: expect.stringContaining('git checkout'),
    });
  });
});
