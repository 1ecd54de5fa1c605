import { MIGRATION_OUTCOMES, RESULT_MARK } from '../../../lib/blueprint/migration-outcomes';
import type { MigrationCause, MigrationResult } from '../../../lib/blueprint/migration-outcomes';
import { migrationScript, recordedSchema } from '../../../lib/blueprint/migration-script';
import { recording, runScript } from './fake-kong';
import type { Run, Step } from './fake-kong';

const migrate = (
  kind: 'bootstrap' | 'upgrade',
  steps: readonly Step[],
  version = '3.4.2',
  edition: 'oss' | 'enterprise' = 'oss',
) => runScript(migrationScript({ version, edition, kind, attempts: 3, pauseSeconds: 0 }), { version, steps });

const resultOf = (run: Run): MigrationResult => {
  expect(run.lastLine.startsWith(RESULT_MARK)).toBe(true);
  return JSON.parse(run.lastLine.slice(RESULT_MARK.length)) as MigrationResult;
};

function expectEnd(run: Run, cause: MigrationCause, commands: readonly string[]): void {
  expect(run.surprises).toEqual([]);
  expect(run.commands).toEqual(commands);
  expect(resultOf(run).cause).toBe(cause);
  expect(run.exitCode).toBe(MIGRATION_OUTCOMES[cause].code);
  expect(run.lines).toContain(`kong-dual-cluster: ${MIGRATION_OUTCOMES[cause].message}`);
}

describe('given a database restored from a 2.8.5 snapshot, when 3.4.2 upgrades it', () => {
  test('it goes list, up, list, finish, list and is clean', () => {
    const run = migrate('upgrade', ['023', '030', '031', '038', '039']);

    expectEnd(run, 'clean', ['list', 'up', 'list', 'finish', 'list']);
    expect(resultOf(run)).toEqual({
      kind: 'upgrade',
      version: '3.4.2',
      cause: 'clean',
      comparedWith: 'recorded 3.4.2',
      missing: [],
    });
  });

  test('everything Kong said is in the log', () => {
    const run = migrate('upgrade', ['023', '030', '031', '038', '039']);
    for (const number of ['023', '030', '031', '038', '039']) {
      for (const line of recording(number)
        .text.split('\n')
        .filter((text) => text !== ''))
        expect(run.lines).toContain(line);
    }
  });

  test('up and finish wait long for the lock and the database', () => {
    const run = migrate('upgrade', ['023', '030', '031', '038', '039']);
    expect(run.calls.filter((call) => /up|finish/.test(call))).toEqual([
      'migrations up --lock-timeout 600 --db-timeout 600',
      'migrations finish --lock-timeout 600 --db-timeout 600',
    ]);
  });

  test('an up that leaves nothing pending needs no finish', () => {
    expectEnd(migrate('upgrade', ['127', '130', '131']), 'clean', ['list', 'up', 'list']);
  });

  test('a database that is clean already is a retry after a success', () => {
    expectEnd(migrate('upgrade', ['039']), 'clean', ['list']);
  });

  test('a database that only just comes up is waited for', () => {
    expectEnd(migrate('upgrade', ['068', '077', '039']), 'clean', ['list', 'list', 'list']);
  });
});

describe('given a database that must not be migrated, when the upgrade looks at it', () => {
  test.each<[string, string, MigrationCause]>([
    ['pending migrations that this run did not make', '031', 'pendingFound'],
    ['pending and new ones at once', '123', 'pendingAndNewFound'],
    ['no Kong schema', '005', 'notBootstrapped'],
    ['a refused password', '063', 'refusedByDatabase'],
    ['a database of another name', '075', 'refusedByDatabase'],
  ])('%s stop it before anything is changed', (_what, step, cause) => {
    expectEnd(migrate('upgrade', [step]), cause, ['list']);
  });

  test('one that never answers stops it before anything is changed', () => {
    expectEnd(migrate('upgrade', ['068', '068', '068']), 'noConnection', ['list', 'list', 'list']);
  });

  test('an image of another version stops it before the database is asked', () => {
    const script = migrationScript({ version: '3.4.2', edition: 'oss', kind: 'upgrade' });
    expectEnd(runScript(script, { version: '2.8.5', steps: ['043'] }), 'imageVersionMismatch', []);
  });
});

describe('given another runner that holds the lock', () => {
  test('an up that says aborted has failed although its exit code is 0', () => {
    expect(recording('057').exitCode).toBe(0);
    expectEnd(migrate('upgrade', ['023', '057']), 'lockHeld', ['list', 'up']);
    expectEnd(migrate('upgrade', ['023', '061']), 'lockHeld', ['list', 'up']);
  });

  test('an up that waited too long has failed', () => {
    expectEnd(migrate('upgrade', ['023', '053']), 'lockHeld', ['list', 'up']);
  });

  test('a finish that says aborted has failed although its exit code is 0', () => {
    expect(recording('054').exitCode).toBe(0);
    expectEnd(migrate('upgrade', ['023', '030', '031', '054']), 'lockHeld', ['list', 'up', 'list', 'finish']);
  });
});

describe('given migrations that fail', () => {
  test('an up that fails in the middle is not finished', () => {
    expectEnd(migrate('upgrade', ['023', '122']), 'upFailed', ['list', 'up']);
  });

  test('tables of another owner make up fail', () => {
    expectEnd(migrate('upgrade', ['023', '112']), 'upFailed', ['list', 'up']);
  });

  test('duplicate targets make finish fail', () => {
    expectEnd(migrate('upgrade', ['023', '030', '031', '099']), 'finishFailed', ['list', 'up', 'list', 'finish']);
  });

  test('an up with exit code 0 that leaves new migrations is not finished', () => {
    expectEnd(migrate('upgrade', ['023', '030', '123']), 'notCleanAfterwards', ['list', 'up', 'list']);
  });

  test('a finish with exit code 0 that leaves new migrations is not clean', () => {
    expect(recording('126').exitCode).toBe(0);
    expectEnd(migrate('upgrade', ['023', '030', '031', '126', '127']), 'notCleanAfterwards', [
      'list',
      'up',
      'list',
      'finish',
      'list',
    ]);
  });
});

describe('given migrations that ran with limited plugins, which Kong calls done', () => {
  test('the plugins that the recording has and the database has not are named', () => {
    const run = migrate('upgrade', ['085', '086', { ...recording('031'), command: 'list' }, '087', '088']);

    expectEnd(run, 'schemaIncomplete', ['list', 'up', 'list', 'finish', 'list']);
    expect(resultOf(run).missing).toContain('acme/000_base_acme');
    expect(resultOf(run).missing.some((name) => name.startsWith('core/'))).toBe(false);
  });

  test('a single migration that is missing is found', () => {
    const text = recording('039').text.replace(', 002_320_to_330', '');
    const run = migrate('upgrade', [{ command: 'list', text, exitCode: 0 }]);
    expect(resultOf(run)).toMatchObject({ cause: 'schemaIncomplete', missing: ['acme/002_320_to_330'] });
  });

  test('a plugin of the user that the recording does not know is no fault', () => {
    const text = `${recording('039').text}              my-own: 000_base_my_own\n`;
    expect(migrate('upgrade', [{ command: 'list', text, exitCode: 0 }]).exitCode).toBe(0);
  });

  test.each([
    ['3.10.0', 'oss'],
    ['3.4.3.12', 'enterprise'],
  ] as const)('nothing is compared for %s %s, which is not recorded, and the result says so', (version, edition) => {
    const run = migrate('upgrade', ['088'], version, edition);
    expect(resultOf(run)).toMatchObject({ cause: 'clean', comparedWith: 'not recorded' });
    expect(recordedSchema(version, edition)).toBeUndefined();
  });
});

describe('given a new database, when it is bootstrapped', () => {
  test.each([
    ['2.8.5', '001', '018', '019'],
    ['3.4.2', '005', '011', '012'],
  ])('an empty one is, by %s', (version, empty, bootstrap, clean) => {
    const run = migrate('bootstrap', [empty, bootstrap, clean], version);
    expectEnd(run, 'clean', ['list', 'bootstrap', 'list']);
    expect(resultOf(run).comparedWith).toBe(`recorded ${version}`);
  });

  test('one that is bootstrapped and clean is left as it is', () => {
    expectEnd(migrate('bootstrap', ['019'], '2.8.5'), 'clean', ['list']);
  });

  test('one of an older Kong is not upgraded', () => {
    expectEnd(migrate('bootstrap', ['023']), 'newFound', ['list']);
  });

  test('one that "is already bootstrapped" and still not clean is not called done', () => {
    expect(recording('055')).toMatchObject({ exitCode: 0, text: expect.stringContaining('already bootstrapped') });
    expectEnd(migrate('bootstrap', ['005', '055', '023']), 'notCleanAfterwards', ['list', 'bootstrap', 'list']);
  });

  test('a bootstrap that fails is said to have failed', () => {
    const made = {
      command: 'bootstrap',
      text: 'Error: [PostgreSQL error] permission denied for schema public\n',
      exitCode: 1,
    };
    expectEnd(migrate('bootstrap', ['005', made]), 'bootstrapFailed', ['list', 'bootstrap']);
  });
});
