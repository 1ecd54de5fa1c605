import {
  datastoreReplaced,
  pointInTimeNotLocked,
  snapshotElsewhere,
  snapshotNotLocked,
} from '../../../../lib/blueprint/refusals/snapshot';
import { BLUE, GREEN, lockOf, lockOfTime, NO_LOCK, refused, settingsOf, SNAPSHOT } from '../settings-of';

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

const toTime = (time: string) =>
  settingsOf({ slots: { blue: BLUE, green: { ...GREEN, datastore: { pointInTime: { time } } } } });

describe('refusals about a point in time', () => {
  test('given a point in time and no lock entry, then the command that writes it is named', () => {
    expect(refused(pointInTimeNotLocked, toTime('latest'))).toEqual([
      ['POINT_IN_TIME_NOT_LOCKED', 'slots.green.datastore.pointInTime.time', 'latest'],
    ]);
    expect(pointInTimeNotLocked(toTime('latest'), NO_LOCK)[0]?.remedy).toContain(
      'kong-dual-cluster snapshot --for green --point-in-time',
    );
  });

  test('given another time than the locked one, then it is refused and both are named', () => {
    expect(refused(pointInTimeNotLocked, toTime('2026-11-21T12:00:01Z'), lockOfTime('green'))).toEqual([
      [
        'POINT_IN_TIME_NOT_LOCKED',
        'slots.green.datastore.pointInTime.time',
        '2026-11-21T12:00:01Z, locked: 2026-11-21T12:00:00Z',
      ],
    ]);
  });

  test('given the locked time or the latest, which is later, then nothing is refused', () => {
    expect(refused(pointInTimeNotLocked, toTime(SNAPSHOT.takenAt), lockOfTime('green'))).toEqual([]);
    expect(refused(pointInTimeNotLocked, toTime('latest'), lockOfTime('green'))).toEqual([]);
    expect(refused(datastoreReplaced, toTime('latest'), lockOfTime('green'))).toEqual([]);
  });

  test.each([
    [
      'a snapshot',
      withSnapshot('snap-1'),
      lockOfTime('green'),
      'datastore.snapshot, locked: pointInTime 2026-11-21T12:00:00Z',
    ],
    ['a point in time', toTime('latest'), lockOf('green'), 'datastore.pointInTime, locked: snapshot snap-1'],
  ])('given %s where the other way is locked, then it is refused once', (_, settings, lock, found) => {
    const all = [snapshotNotLocked, pointInTimeNotLocked, datastoreReplaced].flatMap((check) =>
      refused(check, settings, lock),
    );
    expect(all).toEqual([['DATASTORE_REPLACED', 'slots.green.datastore', found]]);
  });

  test('given a source in another region, then it is refused', () => {
    expect(refused(snapshotElsewhere, { ...toTime('latest'), region: 'us-east-1' }, lockOfTime('green'))).toEqual([
      ['SNAPSHOT_ELSEWHERE', 'region', 'us-east-1, locked: eu-central-1'],
    ]);
  });
});
