import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import Ajv from 'ajv';
import { type Change, changes, meets } from '../../../lib/compatibility/changes';
import { needsAction } from '../../../lib/compatibility/finding';
import { KongVersion } from '../../../lib/release/kong-version';

const FOLDER = join(__dirname, '../../../lib/compatibility/facts/changes');
const read = (name: string): unknown => JSON.parse(readFileSync(join(FOLDER, name), 'utf8'));
const files = readdirSync(FOLDER).filter((name) => name !== 'change.schema.json');

const upgrade = (from: string, to: string) => ({ from: KongVersion.parse(from), to: KongVersion.parse(to) });
const change = (id: string): Change => {
  const found = changes().get(id);
  if (found === undefined) throw new Error(id);
  return found;
};

describe('the breaking changes', () => {
  const validate = new Ajv({ allErrors: true }).compile(read('change.schema.json') as object);

  test.each(files)('%s holds to change.schema.json', (name) => {
    validate(read(name));
    expect(validate.errors ?? []).toEqual([]);
  });

  test.each(files)('%s carries the name of its area', (name) => {
    expect(read(name)).toMatchObject({ area: name.replace('.json', '') });
  });

  test('no id stands twice', () => {
    const ids = files.flatMap((name) => (read(name) as { changes: Change[] }).changes.map(({ id }) => id));
    expect(ids).toHaveLength(new Set(ids).size);
    expect([...changes().keys()].sort()).toEqual([...ids].sort());
  });

  test('every "since" is a version of Kong', () => {
    for (const { since } of changes().values()) expect(() => KongVersion.parse(since)).not.toThrow();
  });

  test('none is of the future: whoever reaches its version has to act on it', () => {
    expect([...changes().values()].filter(({ severity }) => severity === 'future')).toEqual([]);
    expect(needsAction(change('workspace-reserved-names'))).toBe(true);
    expect(needsAction(change('plugin-redis-shared-config-future'))).toBe(true);
  });
});

describe('whether an upgrade meets a change', () => {
  test('a change of 3.0 stands between 2.8 and 3.4', () => {
    expect(meets(upgrade('2.8', '3.4'), change('route-regex-tilde'))).toBe(true);
    expect(meets(upgrade('2.8.4.1', '3.4.3.12'), change('route-regex-tilde'))).toBe(true);
  });

  test('a change of 3.0 is not told to whoever is on 3.4 already', () => {
    expect(meets(upgrade('3.4', '3.10'), change('route-regex-tilde'))).toBe(false);
  });

  test('a change of a late patch is told to whoever goes to the minor, and to nobody who stops before it', () => {
    expect(meets(upgrade('2.8', '3.4'), change('conf-openssl-seclevel2'))).toBe(true);
    expect(meets(upgrade('2.8', '3.4.3.4'), change('conf-openssl-seclevel2'))).toBe(false);
  });

  test('a change of 3.6 is not met on the way to 3.4', () => {
    expect(meets(upgrade('2.8', '3.4'), change('pdk-header-multi-future'))).toBe(false);
    expect(meets(upgrade('3.4', '3.10'), change('pdk-header-multi-future'))).toBe(true);
  });
});
