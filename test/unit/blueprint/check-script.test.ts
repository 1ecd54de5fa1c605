import { CHECK_EXIT_CODES, checkScript } from '../../../lib/blueprint/check-script';
import { MIGRATION_OUTCOMES } from '../../../lib/blueprint/migration-outcomes';
import type { MigrationCause } from '../../../lib/blueprint/migration-outcomes';
import { runScript } from './fake-kong';
import type { Step } from './fake-kong';

const check = (version: string, steps: readonly Step[], imageVersion = version) =>
  runScript(checkScript({ version, attempts: 3, pauseSeconds: 0 }), { version: imageVersion, steps });

describe('given what a node finds before Kong starts, when the check runs', () => {
  test.each<[string, string, string, MigrationCause]>([
    ['a bootstrapped 2.8.5 database', '2.8.5', '019', 'clean'],
    ['a bootstrapped 3.4.2 database', '3.4.2', '012', 'clean'],
    ['a database after up and finish', '3.4.2', '039', 'clean'],
    ['a 2.8 database under 3.4.2', '3.4.2', '023', 'newFound'],
    ['a database after up and before finish, with which Kong itself would start', '3.4.2', '031', 'pendingFound'],
    [
      'a database whose up failed in the middle, which has exit code 4 like pending',
      '3.4.2',
      '123',
      'pendingAndNewFound',
    ],
    ['an empty database under 2.8.5', '2.8.5', '001', 'notBootstrapped'],
    ['an empty database under 3.4.2', '3.4.2', '005', 'notBootstrapped'],
    ['a wrong password', '3.4.2', '063', 'refusedByDatabase'],
    ['a wrong password under 2.8.5', '2.8.5', '065', 'refusedByDatabase'],
    ['a database that does not exist', '3.4.2', '075', 'refusedByDatabase'],
    ['a role that does not exist', '3.4.2', '076', 'refusedByDatabase'],
  ])('%s gives its own code', (_what, version, step, cause) => {
    const run = check(version, [step]);

    expect(run).toMatchObject({ exitCode: MIGRATION_OUTCOMES[cause].code, surprises: [], unused: 0 });
    expect(run.lastLine).toBe(`kong-dual-cluster: ${MIGRATION_OUTCOMES[cause].message}`);
  });

  test.each([
    ['3.4.2', '068'],
    ['3.4.2', '077'],
    ['2.8.5', '073'],
  ])('an unreachable database (%s, recording %s) is tried as often as allowed, and no more', (version, step) => {
    const run = check(version, [step, step, step]);

    expect(run).toMatchObject({ exitCode: MIGRATION_OUTCOMES.noConnection.code, surprises: [], unused: 0 });
  });

  test('a database that comes up meanwhile is clean in the end', () => {
    expect(check('3.4.2', ['068', '068', '039'])).toMatchObject({ exitCode: 0, commands: ['list', 'list', 'list'] });
  });

  test('a wrong password is not tried again', () => {
    expect(check('3.4.2', ['063', '039'])).toMatchObject({ unused: 1 });
  });

  test('a text that nobody knows decides nothing', () => {
    const made = { command: 'list', text: 'Something new in Kong 9\n', exitCode: 0 };
    expect(check('3.4.2', [made]).exitCode).toBe(MIGRATION_OUTCOMES.unknownText.code);
  });

  test('a clean text with an exit code other than 0 is not clean', () => {
    const made = { command: 'list', text: 'Executed migrations:\n core: 000_base\n', exitCode: 1 };
    expect(check('3.4.2', [made]).exitCode).toBe(MIGRATION_OUTCOMES.unknownText.code);
  });

  test('no exit code 0 without a word is believed', () => {
    expect(check('3.4.2', [{ command: 'list', text: '', exitCode: 0 }]).exitCode).toBe(
      MIGRATION_OUTCOMES.unknownText.code,
    );
  });
});

describe('given an image of another Kong than the settings say, when the check runs', () => {
  test('a 2.8.5 image in a 3.4 slot is refused before the database is asked, which it would take for its own', () => {
    const run = check('3.4', ['043'], '2.8.5');

    expect(run).toMatchObject({ exitCode: MIGRATION_OUTCOMES.imageVersionMismatch.code, calls: [] });
    expect(run.lines[0]).toBe('kong-dual-cluster: the settings say Kong 3.4, the image holds 2.8');
  });

  test.each([
    ['3.4', '3.4.2'],
    ['3.4.3.12', 'Kong Enterprise 3.4.3.12'],
    ['3.10', '3.10.0.1'],
  ])('settings %s and an image that says %s agree', (version, imageVersion) => {
    expect(check(version, ['039'], imageVersion).exitCode).toBe(0);
  });

  test('3.1 is not 3.10', () => {
    expect(check('3.1', ['039'], '3.10.0').exitCode).toBe(MIGRATION_OUTCOMES.imageVersionMismatch.code);
  });
});

test('the check only ever lists: it changes no database', () => {
  for (const step of ['019', '023', '031', '123', '001']) {
    expect(check('3.4.2', [step]).commands).toEqual(['list']);
  }
  expect(checkScript({ version: '3.4' })).not.toMatch(/migrations (up|finish|bootstrap|reset)/);
});

test('the check ends within the 120 s that Fargate waits for it, even when no attempt is answered', () => {
  const script = checkScript({ version: '3.4' });
  const timeout = Number(/--db-timeout (\d+)/.exec(script)?.[1]);
  const attempts = Number(/-lt (\d+) \]/.exec(script)?.[1]);
  const pause = Number(/sleep (\d+)/.exec(script)?.[1]);
  const startOfTheProgram = 3; // seconds each, on a quarter of a CPU
  expect(attempts * (timeout + startOfTheProgram) + (attempts - 1) * pause).toBeLessThan(120);
});

test('every cause has a code of its own, and none that kong or a shell uses', () => {
  const codes = Object.values(MIGRATION_OUTCOMES).map((outcome) => outcome.code);
  expect(new Set(codes).size).toBe(codes.length);
  expect(codes.filter((code) => code !== 0).every((code) => code >= 20 && code <= 39)).toBe(true);
  expect(CHECK_EXIT_CODES).toMatchObject({ clean: 0, pendingFound: 24 });
});
