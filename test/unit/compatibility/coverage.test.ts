import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { changes } from '../../../lib/compatibility/changes';
import { BY_COMMAND, BY_PERSON, BY_STEP, DONE_BY } from '../../../lib/compatibility/coverage';
import { RULES } from '../../../lib/compatibility/declarative/rules';
import { ERROR_CODES } from '../../../lib/error-codes';
import { KONG_CONF_CHANGES } from '../../../lib/compatibility/kong-conf';
import { SOURCE_CHANGES } from '../../../lib/compatibility/plugins/check';
import { breakingChanges } from './breaking-changes-doc';
import { mendedInConf, mendedInDeclarative } from './mended';
import { stepIds } from './runbook-steps';

const DOCUMENT = join(__dirname, '../../../docs/breaking-changes.md');
const DECLARATIVE = new Set(RULES.map(({ id }) => id));
const ids = [...changes().keys()];
const isDetected = (id: string): boolean =>
  DECLARATIVE.has(id) || KONG_CONF_CHANGES.includes(id) || SOURCE_CHANGES.includes(id);

describe('coverage of the breaking changes', () => {
  test('every entry is met by a check, a command, a step or a person who is told where to look', () => {
    const open = ids.filter((id) => !isDetected(id) && !(id in BY_COMMAND) && !(id in BY_STEP) && !(id in BY_PERSON));
    expect(open).toEqual([]);
  });

  test.each(Object.entries({ BY_COMMAND, BY_STEP, BY_PERSON, DONE_BY }))(
    '%s names entries that there are',
    (_name, table) => {
      expect(Object.keys(table).filter((id) => !changes().has(id))).toEqual([]);
    },
  );

  test('every rule, whichever check asks it, is of an entry that there is', () => {
    const rules = [...DECLARATIVE, ...KONG_CONF_CHANGES, ...SOURCE_CHANGES];
    expect(rules.filter((id) => !changes().has(id))).toEqual([]);
  });

  test('every code that a command is said to answer is one of ours', () => {
    const codes = Object.values(BY_COMMAND).flatMap((text) => text.match(/[A-Z]+(?:_[A-Z0-9]+)+/g) ?? []);
    expect(codes.length).toBeGreaterThan(0);
    expect(codes.filter((code) => !(code in ERROR_CODES))).toEqual([]);
  });

  test('every step that is named stands in a runbook', () => {
    expect([...new Set(Object.values(BY_STEP))].filter((id) => !stepIds().has(id))).toEqual([]);
  });

  test('an entry whose fix is auto is mended by --write, or it is said what does it', () => {
    const mended = new Set([...mendedInDeclarative(), ...mendedInConf()]);
    const auto = [...changes().values()].filter(({ fix }) => fix.mode === 'auto').map(({ id }) => id);
    expect(auto.filter((id) => !mended.has(id) && !(id in DONE_BY))).toEqual([]);
  });
});

test('docs/breaking-changes.md says how each entry is met (UPDATE_DOCS=1 writes it)', () => {
  const current = breakingChanges(new Set([...mendedInDeclarative(), ...mendedInConf()]));
  if (process.env.UPDATE_DOCS === '1') writeFileSync(DOCUMENT, current);
  expect(readFileSync(DOCUMENT, 'utf8')).toBe(current);
});
