import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { loadSettings, loadSettingsFile, parseSettings, settingsOf } from '../../../lib/settings/load';
import type { KongDualClusterError } from '../../../lib/errors';
import type { SettingsInput } from '../../../lib/settings/schema';
import { TEXT } from './text';

/** Lines of what is said about a text. */
const mistakes = (text: string): string[] => {
  try {
    parseSettings(text, 'f.yaml');
  } catch (error) {
    expect(error).toMatchObject({ code: 'SETTINGS_INVALID', exitCode: 64 });
    return (error as KongDualClusterError).problem.split('\n').map((line) => line.trim());
  }
  throw new Error('nothing was wrong');
};

describe('loading settings', () => {
  let folder: string;
  beforeAll(() => (folder = mkdtempSync(join(tmpdir(), 'kdc-settings-'))));
  afterAll(() => rmSync(folder, { recursive: true }));

  test('given an alias without its anchor, then it is a mistake and no crash', () => {
    expect(mistakes(`${TEXT}region: *nowhere\n`)).toEqual([
      expect.stringMatching(/^f\.yaml:\d+:\d+: .*unresolved alias.*nowhere/i),
    ]);
  });

  test('given the smallest file, then every default is filled in', async () => {
    const path = join(folder, 'dual-cluster.yaml');
    writeFileSync(path, TEXT);
    const settings = await loadSettings(path);
    expect(settings).toMatchObject({
      weightOwnership: 'runner',
      edge: {
        drainSeconds: 30,
        admin: { port: 8001 },
        loadBalancer: { scheme: 'internet-facing', deletionProtection: true },
      },
      slots: { blue: { edition: 'oss', migrations: 'task', size: { count: 2, cpu: 1024, memoryMib: 2048 } } },
    });
    const { locate } = await loadSettingsFile(path);
    expect(locate(['slots', 'blue', 'version'])).toBe(`${path}:8:5`);
  });

  test('given a key that is not there, then the nearest key above it is located', () => {
    const { locate } = parseSettings(TEXT, 'f.yaml');
    expect(locate(['slots', 'green', 'version'])).toBe('f.yaml:6:1');
    expect(locate(['slots', 'blue', 'datastore', 'new', 'iops'])).toBe('f.yaml:10:7');
    expect(locate(['edge'])).toBe('f.yaml:2:1');
  });

  test('given no file, then the ways to name one are told', async () => {
    await expect(loadSettings(join(folder, 'none.yaml'))).rejects.toMatchObject({
      code: 'SETTINGS_NOT_FOUND',
      found: expect.stringContaining('none.yaml: ENOENT'),
      remedy: expect.stringContaining('KONG_DUAL_CLUSTER_SETTINGS'),
    });
  });

  test('given a wrong key, then file, line, key, the keys known there and the nearest one are named', () => {
    expect(mistakes(TEXT.replace('live: blue', 'live: blue\nwieghts: {}'))).toEqual([
      'f.yaml:4:1: wieghts: is no key that is known here, found: wieghts, allowed: name, account, region, live, weightOwnership, weights, terraform, network, edge, configWrites, shift, slots; did you mean weights?',
    ]);
  });

  test('given a value that is not allowed, then the value and the values allowed are named', () => {
    expect(mistakes(TEXT.replace('live: blue', 'live: red'))[0]).toMatch(
      /^f\.yaml:3:1: live: not an allowed value, found: red, allowed: blue, green/,
    );
  });

  test('given an unquoted version, then the value is named as it was typed, and how to write it', () => {
    expect(mistakes(TEXT.replace("'2.8'", '3.10'))[0]).toMatch(
      /f\.yaml:8:5: slots\.blue\.version: .*found: 3\.10, .*write it in quotes: '3\.10'$/,
    );
  });

  test('given numbers out of range, then the range is named', () => {
    expect(mistakes(TEXT.replace('new: {}', 'new: { allocatedStorageGib: 5 }'))[0]).toContain(
      'found: 5, allowed: a whole number from 20 to 65536',
    );
    expect(mistakes(`${TEXT}edge: { alarms: { errorShare: 2 } }\n`)[0]).toContain(
      'found: 2, allowed: a number above 0 to 1',
    );
    expect(mistakes(`${TEXT}edge: { alarms: { p99Seconds: 0 } }\n`)[0]).toContain(
      'found: 0, allowed: a number above 0',
    );
  });

  test('given a value of a wrong shape, then the words of the schema are used', () => {
    expect(mistakes(`${TEXT}account: '12'\n`)[0]).toBe(
      'f.yaml:11:1: account: not an allowed value, found: 12, allowed: twelve digits',
    );
  });

  test.each(['a', 'gateway-eu-1', 'a'.repeat(30)])('given the name %s, then it is taken', (name) => {
    expect(parseSettings(TEXT.replace('name: kong', `name: ${name}`), 'f.yaml').settings.name).toBe(name);
  });

  test.each(['A', '1a', 'a-', 'a--b', 'a_b', 'a'.repeat(31)])(
    'given the name %s, then it is refused: RDS would',
    (name) => {
      expect(mistakes(TEXT.replace('name: kong', `name: ${name}`))[0]).toContain(
        'lower-case letters, digits and single dashes, 30 at most',
      );
    },
  );

  test.each(['sg', 'sg-kong'])(
    'given the name %s, then it is refused: EC2 would refuse its security groups',
    (name) => {
      expect(mistakes(TEXT.replace('name: kong', `name: ${name}`))[0]).toContain('not sg and not sg-…');
    },
  );

  test.each(['sgateway', 'my-sg'])('given the name %s, then it is taken', (name) => {
    expect(parseSettings(TEXT.replace('name: kong', `name: ${name}`), 'f.yaml').settings.name).toBe(name);
  });

  const ranged = (cidr: string): SettingsInput => ({
    name: 'kong',
    live: 'blue',
    network: { create: { cidr } },
    slots: { blue: { version: '2.8', datastore: { new: {} } } },
  });

  test.each(['10.20.0.0/16', '255.255.255.255/32', '0.0.0.0/0', '199.249.9.99/20'])(
    'given the range %s, then it is taken',
    (cidr) => {
      expect(settingsOf(ranged(cidr)).network).toMatchObject({ create: { cidr } });
    },
  );

  test.each(['256.0.0.0/16', '10.0.0.0/33', '010.0.0.0/8', '10.0.0/8', '10.0.0.0/08'])(
    'given the range %s, then it is refused before AWS would',
    (cidr) => {
      expect(() => settingsOf(ranged(cidr))).toThrow('an IPv4 range such as 10.0.0.0/16');
    },
  );

  test('given a missing key, then the key above it is named', () => {
    expect(mistakes(TEXT.replace('name: kong\n', ''))).toEqual([
      expect.stringMatching(/^f\.yaml:2:1: name: is missing, allowed: text/),
    ]);
  });

  test('given a misspelt kind of datastore, then the kinds are named', () => {
    expect(mistakes(TEXT.replace('new: {}', 'snapshott: { id: x }'))).toEqual([
      'f.yaml:10:7: slots.blue.datastore.snapshott: is no key that is known here, found: snapshott, allowed: new, snapshot, pointInTime, existing; did you mean snapshot?',
    ]);
  });

  test('given two kinds of datastore, none, or no map at all, then exactly one is asked for', () => {
    const two = mistakes(TEXT.replace('new: {}', 'new: {}\n      snapshot: { id: x }'));
    expect(two).toEqual([
      'f.yaml:9:5: slots.blue.datastore: only one of these keys may be here, found: new, snapshot, allowed: one of new, snapshot, pointInTime, existing',
    ]);
    expect(mistakes(TEXT.replace('datastore:\n      new: {}', 'datastore: {}'))[0]).toContain('one key is missing');
    expect(mistakes(TEXT.replace('datastore:\n      new: {}', 'datastore: new'))[0]).toContain(
      'found: new, allowed: one of new, snapshot, pointInTime, existing',
    );
    expect(mistakes(TEXT.replace('    datastore:\n      new: {}\n', ''))[0]).toContain(
      'slots.blue.datastore: is missing',
    );
  });

  test('given a mistake inside the chosen kind, then it alone is told', () => {
    expect(mistakes(TEXT.replace('new: {}', 'snapshot: { idd: x }')).slice(1)).toEqual([
      expect.stringContaining('slots.blue.datastore.snapshot.id: is missing'),
      expect.stringContaining('slots.blue.datastore.snapshot.idd: is no key that is known here'),
    ]);
  });

  test('given several mistakes, then all are told at once, in the order of the file', () => {
    const told = mistakes(
      TEXT.replace('live: blue', 'live: red').replace("'2.8'", '2.8').replace('name: kong', 'name: Kong!'),
    );
    expect(told[0]).toBe('3 mistakes in the settings');
    expect(told.slice(1).map((line) => line.split(' ')[0])).toEqual(['f.yaml:2:1:', 'f.yaml:3:1:', 'f.yaml:8:5:']);
  });

  test('given a secret in a wrong place, then it is not repeated', () => {
    const text = TEXT.replace('new: {}', 'existing: { identifier: a, host: b, securityGroupId: c, password: hunter2 }');
    const told = mistakes(text).join('\n');
    expect(told).toContain('password: not an allowed value, found: a value (not shown)');
    expect(told).not.toContain('hunter2');
  });

  test('given a name of the environment in lower case, then the form is named', () => {
    expect(
      mistakes(TEXT.replace("version: '2.8'", "version: '2.8'\n    environment: { kong_log_level: info }"))[0],
    ).toContain('upper-case letters, digits and _');
  });

  test.each([
    ['a duplicate key', `${TEXT}live: green\n`, 'f.yaml:11:1: the key live is there twice'],
    ['a tab', TEXT.replace('  create: {}', '\tcreate: {}'), 'f.yaml:5:1: tabs are not allowed as indentation'],
    ['an open bracket', 'name: [kong\n', 'f.yaml:2:1:'],
  ])('given %s, then line and column are named', (_, text, start) => {
    expect(mistakes(text)[0]).toContain(start);
  });

  test('given broken YAML in several places, then the first line tells where', () => {
    expect(mistakes('a: b: c\n').join(' ')).toMatch(/f\.yaml:1:\d+:/);
  });

  test.each(['', '# only a comment\n', 'kong\n', '- a\n'])(
    'given %j instead of a map, then a map is asked for',
    (text) => {
      expect(mistakes(text)[0]).toMatch(/^f\.yaml:1:1: .*allowed: a map with name, account/);
    },
  );
});

describe('settings as data', () => {
  const blue = { version: '2.8', datastore: { new: {} } };

  test('are those of the file that says the same', () => {
    const data = settingsOf({ name: 'kong', live: 'blue', network: { create: {} }, slots: { blue } });
    expect(data).toEqual(parseSettings(TEXT, 'f.yaml').settings);
  });

  test('given mistakes, then each is named with its key', () => {
    const wrong = { name: 'kong', live: 'blue', network: { create: {} }, slots: { blue, gren: {} }, lvie: 1 };
    const attempt = () => settingsOf(wrong as unknown as Parameters<typeof settingsOf>[0]);
    expect(attempt).toThrow(/\n {2}slots\.gren: .*did you mean green\?\n {2}lvie: .*did you mean live\?/);
  });
});
