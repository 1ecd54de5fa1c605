import { datastoreReplaced, snapshotElsewhere, snapshotNotLocked } from '../../../../lib/blueprint/refusals/snapshot';
import { BLUE, GREEN, lockOf, NO_LOCK, refused, settingsOf, SNAPSHOT } from '../settings-of';

const withSnapshot = (id: string) =>
  settingsOf({ slots: { blue: BLUE, green: { ...GREEN, datastore: { snapshot: { id } } } } });

describe('refusals about the snapshot', () => {
  test('given a snapshot and no lock entry, then the command that writes it is named', () => {
    expect(refused(snapshotNotLocked, withSnapshot('snap-1'))).toEqual([
      ['SNAPSHOT_NOT_LOCKED', 'slots.green.datastore.snapshot.id', 'snap-1'],
    ]);
    expect(snapshotNotLocked(withSnapshot('snap-1'), NO_LOCK)[0]?.remedy).toContain(
      'kong-dual-cluster snapshot --for green',
    );
  });

  test('given another snapshot than the locked one, then it is refused and both are named', () => {
    expect(refused(snapshotNotLocked, withSnapshot('snap-2'), lockOf('green'))).toEqual([
      ['SNAPSHOT_NOT_LOCKED', 'slots.green.datastore.snapshot.id', 'snap-2, locked: snap-1'],
    ]);
  });

  test('given the locked snapshot by identifier or ARN, then nothing is refused', () => {
    expect(refused(snapshotNotLocked, withSnapshot('snap-1'), lockOf('green'))).toEqual([]);
    expect(refused(snapshotNotLocked, withSnapshot(SNAPSHOT.arn), lockOf('green'))).toEqual([]);
  });

  test('given a locked slot whose datastore is now a new one, then it is refused: an empty database would take its place', () => {
    const settings = settingsOf({ slots: { blue: BLUE, green: { ...GREEN, datastore: { new: {} } } } });
    expect(refused(datastoreReplaced, settings, lockOf('green'))).toEqual([
      ['DATASTORE_REPLACED', 'slots.green.datastore', 'datastore.new, locked: snapshot snap-1'],
    ]);
    expect(refused(datastoreReplaced, settings)).toEqual([]);
  });

  test('given a locked slot that was torn down, then nothing is refused', () => {
    expect(refused(datastoreReplaced, settingsOf(), lockOf('green'))).toEqual([]);
  });

  test('given a snapshot of another account and region, then both are refused', () => {
    const settings = { ...withSnapshot('snap-1'), account: '999999999999', region: 'us-east-1' };
    expect(refused(snapshotElsewhere, settings, lockOf('green'))).toEqual([
      ['SNAPSHOT_ELSEWHERE', 'account', '999999999999, locked: 123456789012'],
      ['SNAPSHOT_ELSEWHERE', 'region', 'us-east-1, locked: eu-central-1'],
    ]);
    expect(refused(snapshotElsewhere, withSnapshot('snap-1'), lockOf('green'))).toEqual([]);
  });
});
