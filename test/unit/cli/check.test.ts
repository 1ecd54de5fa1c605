import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { Readable } from 'node:stream';
import { mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { readInput, readText, refuseOut, reportFindings, upgradeOf, writeWhole } from '../../../lib/cli/check';
import type { Context } from '../../../lib/cli/context';
import { summaryOf } from '../../../lib/compatibility/summary';
import { checked, finding } from '../render/finding-fixture';

let folder: string;
beforeEach(async () => (folder = await mkdtemp(join(tmpdir(), 'kong-dual-cluster-check-'))));
afterEach(() => rm(folder, { recursive: true, force: true }));
const at = (name: string): string => join(folder, name);

function context() {
  const printed: { text: () => string; json: () => unknown; markdown: () => string; html: () => string }[] = [];
  const given = {
    colors: false,
    progress: { end: () => undefined },
    print: (text: () => string, json: () => unknown, pages: { markdown: () => string; html: () => string }) =>
      printed.push({ text, json, ...pages }),
  } as unknown as Context;
  return { given, printed };
}

describe('the versions of a check', () => {
  test.each([
    ['2.8', '3.4'],
    ['2.8.4.9', '3.10'],
    ['3.4.3.5', '3.4.3.12'],
    ['3.4.3.5', '3.4'],
  ])('%s → %s', (from, to) => {
    const upgrade = upgradeOf({ from, to });
    expect([upgrade.from.toString(), upgrade.to.toString()]).toEqual([from, to]);
  });

  test.each([
    ['3.4', '2.8'],
    ['3.4', '3.4'],
    ['3.4.3.12', '3.4.3.5'],
    ['3.4.3.5', '3.4.3.5'],
  ])('%s → %s is refused, named, exit 64', (from, to) => {
    expect(() => upgradeOf({ from, to })).toThrow(
      expect.objectContaining({ code: 'VERSION_NOT_LATER', found: `--from ${from} --to ${to}`, exitCode: 64 }),
    );
  });

  test('a version that is none', () => {
    expect(() => upgradeOf({ from: '2.8', to: 'latest' })).toThrow(
      expect.objectContaining({ code: 'VERSION_INVALID', found: 'latest', exitCode: 64 }),
    );
  });

  test.each([
    ['2.8', '9.9'],
    ['2.99', '3.4'],
  ])('%s → %s: a minor that is not known', (from, to) => {
    expect(() => upgradeOf({ from, to })).toThrow(expect.objectContaining({ code: 'VERSION_STEP_UNSUPPORTED' }));
  });
});

describe('the file to check', () => {
  test('is read', async () => {
    await writeFile(at('kong.yaml'), 'services: []\n');
    expect(await readInput(at('kong.yaml'), 1000)).toBe('services: []\n');
  });

  test('missing, or a folder: exit 64', async () => {
    const refused = { code: 'INPUT_NOT_READABLE', exitCode: 64 };
    await expect(readInput(at('nosuch'), 1000)).rejects.toMatchObject({ ...refused, found: 'ENOENT' });
    await expect(readInput(folder, 1000)).rejects.toMatchObject({ ...refused, found: 'a folder' });
    await writeFile(at('latin1.yaml'), Buffer.from('name: café\n', 'latin1'));
    await expect(readInput(at('latin1.yaml'), 1000)).rejects.toMatchObject({
      ...refused,
      found: 'bytes that are no UTF-8 text',
    });
  });

  test('above the limit: refused with both sizes', async () => {
    await writeFile(at('big.yaml'), 'x'.repeat(1001));
    await expect(readInput(at('big.yaml'), 1000)).rejects.toMatchObject({ code: 'INPUT_TOO_LARGE', found: '1 MB' });
  });
});

describe('what is no regular file', () => {
  test('a pipe is read to its end, whoever comes first', async () => {
    execFileSync('mkfifo', [at('pipe')]);
    const read = readInput(at('pipe'), 1000);
    await new Promise((resolve) => setTimeout(resolve, 50));
    const writer = spawn('sh', ['-c', '{ printf "services: "; sleep 0.1; echo "[]"; } > "$0"', at('pipe')]);
    expect(await read).toBe('services: []\n');
    expect(writer.exitCode === 0 || (await once(writer, 'exit'))[0] === 0).toBe(true);
  });

  test('a pipe is read up to the limit and no further', async () => {
    execFileSync('mkfifo', [at('pipe')]);
    const endless = spawn('sh', ['-c', 'exec cat /dev/zero > "$0"', at('pipe')], { stdio: 'ignore' });
    const ended = once(endless, 'exit');
    await expect(readInput(at('pipe'), 1000)).rejects.toMatchObject({ code: 'INPUT_TOO_LARGE', exitCode: 64 });
    await ended;
  });

  test('a device is refused without being read', async () => {
    await expect(readInput('/dev/zero', 1000)).rejects.toMatchObject({
      code: 'INPUT_NOT_READABLE',
      found: 'a device or a socket',
      exitCode: 64,
    });
  });

  test('standard input is held to the same: UTF-8, and not above the limit', async () => {
    const given = (bytes: Buffer) => readText(Readable.from([bytes]), 'standard input', 10);
    expect(await given(Buffer.from('é'))).toBe('é');
    await expect(given(Buffer.from('é', 'latin1'))).rejects.toMatchObject({
      code: 'INPUT_NOT_READABLE',
      problem: 'standard input can not be read',
      exitCode: 64,
    });
    await expect(given(Buffer.alloc(11))).rejects.toMatchObject({ code: 'INPUT_TOO_LARGE' });
  });
});

describe('the file to write', () => {
  beforeEach(() => writeFile(at('kong.yaml'), 'old'));

  test('is written whole, and nothing is left beside it', async () => {
    await writeWhole(at('new.yaml'), 'new', { input: at('kong.yaml') });
    expect(await readFile(at('new.yaml'), 'utf8')).toBe('new');
  });

  test('is never the one that is checked, with --force neither, nor through a link', async () => {
    await symlink(at('kong.yaml'), at('link.yaml'));
    for (const out of ['kong.yaml', 'link.yaml']) {
      await expect(refuseOut(at(out), at('kong.yaml'), true)).rejects.toMatchObject({ code: 'OUT_IS_INPUT' });
    }
    expect(await readFile(at('kong.yaml'), 'utf8')).toBe('old');
  });

  test('one that exists needs --force', async () => {
    await writeFile(at('new.yaml'), 'work');
    await expect(writeWhole(at('new.yaml'), 'new', { input: at('kong.yaml') })).rejects.toMatchObject({
      code: 'OUT_EXISTS',
      exitCode: 64,
    });
    expect(await readFile(at('new.yaml'), 'utf8')).toBe('work');
    await writeWhole(at('new.yaml'), 'new', { input: at('kong.yaml'), force: true });
    expect(await readFile(at('new.yaml'), 'utf8')).toBe('new');
  });

  test('a device or a folder is never replaced', async () => {
    for (const out of ['/dev/null', folder]) {
      await expect(refuseOut(out, at('kong.yaml'), true)).rejects.toMatchObject({ code: 'OUT_NOT_A_FILE' });
    }
  });

  test.each([
    ['no/such.yaml', 'ENOENT'],
    ['new/', 'ENOENT'],
    ['kong.yaml/new', 'ENOTDIR'],
  ])('%s, a folder that does not exist: said before the work, exit 64', async (out, found) => {
    await expect(refuseOut(`${folder}/${out}`, undefined)).rejects.toMatchObject({
      code: 'OUT_NOT_WRITABLE',
      found,
      exitCode: 64,
    });
  });
});

describe('the report of a check', () => {
  test('exit 2 when something needs action, else 0', () => {
    const { given } = context();
    expect(reportFindings(given, checked([finding()]))).toBe(2);
    expect(reportFindings(given, checked([finding({ severity: 'info' }), finding({ severity: 'future' })]))).toBe(0);
    expect(reportFindings(given, checked([]))).toBe(0);
  });

  test('JSON holds every finding and the figures', () => {
    const { given, printed } = context();
    const findings = [...Array<undefined>(7)].map(() => finding()).concat(finding({ severity: 'info', when: 'after' }));
    const rules = [{ id: 'route-regex-tilde', result: 'non-compliant', entities: 9 } as const];
    reportFindings(given, checked(findings, { rules, rewritten: 7, wrote: 'new.yaml' }));
    expect(printed[0]!.json()).toEqual({
      from: '2.8',
      to: '3.4',
      findings,
      summary: {
        findings: 8,
        needAction: 7,
        bySeverity: { breaking: 7, info: 1 },
        byCategory: { 'changed-behaviour': 8 },
        byWhen: { before: 7, after: 1 },
        rules,
        rewritten: 7,
        wrote: 'new.yaml',
      },
    });
  });

  test('all four forms are there', () => {
    const { given, printed } = context();
    reportFindings(given, checked([finding()]));
    expect(printed[0]!.text()).toMatch(/^kong\.yaml: Kong 2\.8 → 3\.4\n/);
    expect(printed[0]!.markdown()).toMatch(/^# kong\.yaml/);
    expect(printed[0]!.html()).toMatch(/^<!doctype html>/);
  });

  test('nothing written and no rules named: null and an empty list', () => {
    expect(summaryOf(checked([]))).toMatchObject({ findings: 0, rules: [], rewritten: 0, wrote: null });
  });
});
