import { estimate, snapshotText } from '../../../lib/cli/snapshot-text';
import { lockOf, lockOfTime, settingsOf } from '../blueprint/settings-of';

describe('estimate', () => {
  test.each([
    [undefined, 5_000, 'creating'],
    [0, 5_000, '0 %'],
    [0.02, 5_000, '2 %'],
    [0.5, 30_000, '50 %, about 30 s left'],
    [0.25, 120_000, '25 %, about 6 min left'],
    [1, 120_000, '100 %'],
  ])('share %s after %d ms: %s', (share, elapsed, text) => {
    expect(estimate({ Status: 'creating' }, share, elapsed)).toBe(text);
  });
});

describe('what is told of a lock entry', () => {
  const told = (locked: ReturnType<typeof lockOf>['slots']['green'], inSettings = false): string[] =>
    snapshotText({
      settings: settingsOf(),
      settingsPath: 'dual-cluster.yaml',
      lockPath: 'dual-cluster.lock.json',
      slot: 'green',
      locked: locked!,
      inSettings,
    }).split('\n');

  test('of a snapshot: its id, and the lines that restore it', () => {
    const lines = told(lockOf('green').slots.green);
    expect(lines[0]).toMatch(/^snap-1: Kong 2\.8, PostgreSQL 15\.18/);
    expect(lines.slice(-2)).toEqual(['      snapshot:', '        id: snap-1']);
  });

  test('of a point in time: of which database, and the lines that restore it, the time as text', () => {
    const lines = told(lockOfTime('green').slots.green);
    expect(lines[0]).toMatch(/^kong-blue at 2026-11-21T12:00:00Z: Kong 2\.8/);
    expect(lines.slice(-2)).toEqual(['      pointInTime:', "        time: '2026-11-21T12:00:00Z'"]);
  });

  test('of a slot that the settings restore in this way already: what to deploy', () => {
    expect(told(lockOfTime('green').slots.green, true).at(-1)).toMatch(/names it for green; next: .*kong-green/);
  });
});
