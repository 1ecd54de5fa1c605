import { refuse, refusals } from '../../../../lib/blueprint/refusals';
import type { KongDualClusterError } from '../../../../lib/errors';
import { BLUE, GREEN, lockOf, NO_LOCK, settingsOf } from '../settings-of';

const errorOf = (run: () => void): KongDualClusterError => {
  try {
    run();
  } catch (error) {
    return error as KongDualClusterError;
  }
  throw new Error('nothing was refused');
};

describe('refusing settings', () => {
  test('given settings that are in order, then nothing is refused', () => {
    expect(refusals(settingsOf({ slots: { blue: BLUE, green: GREEN } }), lockOf('green'))).toEqual([]);
    expect(() => refuse(settingsOf(), NO_LOCK)).not.toThrow();
  });

  test('given one thing, then it is refused under its own code with place, value found and remedy, and exit code 8', () => {
    const error = errorOf(() =>
      refuse(settingsOf({ slots: { blue: BLUE, green: GREEN } }), NO_LOCK, { locate: () => 'dual-cluster.yaml:12:9' }),
    );
    expect(error).toMatchObject({ code: 'SNAPSHOT_NOT_LOCKED', exitCode: 8, found: 'snap-1' });
    expect(error.message).toContain(
      'dual-cluster.yaml:12:9: slots.green.datastore.snapshot.id: the lock file names no snapshot for green',
    );
    expect(error.message).toContain('to mend it: run `kong-dual-cluster snapshot --for green`');
  });

  test('given several things, then all are told at once, each with its code', () => {
    const error = errorOf(() => refuse(settingsOf({ live: 'green', weights: { blue: 0, green: 0 } }), NO_LOCK));
    expect(error.code).toBe('SETTINGS_REFUSED');
    for (const code of ['LIVE_SLOT_MISSING', 'WEIGHTS_NOT_OWNED', 'WEIGHTS_ALL_ZERO'])
      expect(error.message).toContain(`[${code}]`);
    expect(error.message).toContain('3 things in the settings are refused');
  });
});
