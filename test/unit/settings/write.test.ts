import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseSettings } from '../../../lib/settings/load';
import { editSettings, updateSettingsFile } from '../../../lib/settings/write';
import { TEXT } from './text';

const green = { version: '3.10', datastore: { snapshot: { id: 'snap-1' } } };

describe('changing settings', () => {
  test('given a new slot, then every other line stays as it was, comments included', () => {
    const text = editSettings(TEXT, 'f.yaml', [{ path: ['slots', 'green'], value: green }]);
    expect(text.startsWith(TEXT)).toBe(true);
    expect(text.slice(TEXT.length)).toBe(
      "  green:\n    version: '3.10'\n    datastore:\n      snapshot:\n        id: snap-1\n",
    );
  });

  test('given text that looks like a number, then it is quoted, and loads as text', () => {
    const text = editSettings(TEXT, 'f.yaml', [
      { path: ['account'], value: '012345678901' },
      { path: ['slots', 'green'], value: green },
    ]);
    const { settings } = parseSettings(text, 'f.yaml');
    expect(settings.account).toBe('012345678901');
    expect(settings.slots.green?.version).toBe('3.10');
  });

  test('given a key whose parents are missing, empty or without a value, then they are made', () => {
    const edits = [{ path: ['edge', 'admin', 'port'], value: 9001 }];
    for (const before of ['', 'edge: {}\n', 'edge:\n', 'edge:\n  admin: # none\n']) {
      expect(parseSettings(editSettings(TEXT + before, 'f.yaml', edits), 'f.yaml').settings.edge.admin.port).toBe(9001);
    }
  });

  test('given a value that is there, then it is replaced in its place', () => {
    expect(editSettings(TEXT, 'f.yaml', [{ path: ['live'], value: 'green' }])).toBe(
      TEXT.replace('live: blue', 'live: green'),
    );
  });

  test('given undefined, then the key goes; a key that was never there is no matter', () => {
    const text = editSettings(`${TEXT}region: eu-central-1\n`, 'f.yaml', [
      { path: ['region'], value: undefined },
      { path: ['edge', 'https'], value: undefined },
    ]);
    expect(text).toBe(TEXT);
  });

  test('given a long value, then no line is folded', () => {
    const value = `arn:aws:acm:eu-central-1:123456789012:certificate/${'a b '.repeat(60)}x`;
    expect(editSettings(TEXT, 'f.yaml', [{ path: ['region'], value }])).toContain(value);
  });

  test('given a file, when changed, then it is replaced as a whole; broken YAML leaves it as it was; a missing one begins empty', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'kdc-write-'));
    try {
      const path = join(folder, 'dual-cluster.yaml');
      await updateSettingsFile(path, [{ path: ['name'], value: 'kong' }]);
      expect(readFileSync(path, 'utf8')).toBe('name: kong\n');
      writeFileSync(path, 'name: [\n');
      await expect(updateSettingsFile(path, [{ path: ['name'], value: 'x' }])).rejects.toMatchObject({
        code: 'SETTINGS_INVALID',
      });
      expect(readFileSync(path, 'utf8')).toBe('name: [\n');
    } finally {
      rmSync(folder, { recursive: true });
    }
  });
});
