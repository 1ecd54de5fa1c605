import type { ListResourceRecordSetsCommandInput, ResourceRecordSet } from '@aws-sdk/client-route-53';
import {
  batches,
  nameTold,
  ofSlots,
  recordSets,
  replaced,
  withWeights,
} from '../../../../lib/routers/route53/record-sets';

const SETS = { blue: 'b', green: 'g' };
const record = (Name: string, SetIdentifier: string, Weight: number): ResourceRecordSet => ({
  ...{ Name, Type: 'A', SetIdentifier, Weight, TTL: 60 },
  ResourceRecords: [{ Value: '192.0.2.1' }],
});
const both = (name: string): ResourceRecordSet[] => [record(name, 'b', 100), record(name, 'g', 0)];

/** A listing in pages of `size`, in the order of the records given. */
function listing(records: readonly ResourceRecordSet[], size: number) {
  const calls: ListResourceRecordSetsCommandInput[] = [];
  const send = ({ input }: { input: ListResourceRecordSetsCommandInput }) => {
    calls.push(input);
    const { StartRecordName: name, StartRecordType: type, StartRecordIdentifier: id } = input;
    const start = records.findIndex(
      (set) => set.Name === name && (set.Type ?? '') >= (type ?? '') && (!id || set.SetIdentifier === id),
    );
    const page = records.slice(start, start + size);
    const next = records[start + size];
    return Promise.resolve({
      ResourceRecordSets: page,
      IsTruncated: next !== undefined,
      ...(next && { NextRecordName: next.Name, NextRecordType: next.Type, NextRecordIdentifier: next.SetIdentifier }),
    });
  };
  return { client: { send } as never, calls };
}

describe('names', () => {
  test.each([
    ['API.Example.com', 'api.example.com.'],
    ['*.example.com', '\\052.example.com.'],
    ['\\052.example.com.', '\\052.example.com.'],
    ['_tcp.a-b.example.com', '_tcp.a-b.example.com.'],
  ])('%s is told as %s', (given, told) => expect(nameTold(given)).toBe(told));
});

describe('reading', () => {
  test('records of a name that lie on two pages are all read', async () => {
    const { client, calls } = listing([...both('a.test.'), ...both('b.test.')], 3);
    const found = await recordSets(client, 'Z1', ['a.test.', 'b.test.'], 'A');
    expect([...found].map(([name, sets]) => [name, sets.length])).toEqual([
      ['a.test.', 2],
      ['b.test.', 2],
    ]);
    expect(calls).toHaveLength(2);
  });

  test('names that lie close together come with one call', async () => {
    const { client, calls } = listing([...both('a.test.'), ...both('b.test.'), ...both('c.test.')], 300);
    const found = await recordSets(client, 'Z1', ['c.test.', 'a.test.'], 'A');
    expect([found.get('a.test.')?.length, found.get('c.test.')?.length, calls.length]).toEqual([2, 2, 1]);
  });
});

describe('records of the slots', () => {
  test('exactly two, both weighted', () => {
    expect(ofSlots(both('a.test.'), SETS)).toBeDefined();
    expect(ofSlots([...both('a.test.'), record('a.test.', 'x', 1)], SETS)).toBeUndefined();
    expect(ofSlots([record('a.test.', 'b', 1)], SETS)).toBeUndefined();
    expect(ofSlots([record('a.test.', 'b', 1), { Name: 'a.test.', Type: 'A' }], SETS)).toBeUndefined();
    expect(
      ofSlots(
        [record('a.test.', 'b', 1), { Name: 'a.test.', Type: 'A', SetIdentifier: 'g', Region: 'eu-west-1' }],
        SETS,
      ),
    ).toBeUndefined();
  });

  test('a change deletes what was read as it was read, and creates it with nothing else changed', () => {
    const records = ofSlots(both('a.test.'), SETS)!;
    expect(withWeights(records, { blue: 95, green: 5 })).toEqual([
      { Action: 'DELETE', ResourceRecordSet: records.blue },
      { Action: 'CREATE', ResourceRecordSet: { ...records.blue, Weight: 95 } },
      { Action: 'DELETE', ResourceRecordSet: records.green },
      { Action: 'CREATE', ResourceRecordSet: { ...records.green, Weight: 5 } },
    ]);
  });

  test('putting records back leaves alone what is as it was', () => {
    const before = both('a.test.');
    const changed = record('a.test.', 'g', 7);
    expect(replaced([before[0]!, changed], before)).toEqual([
      { Action: 'DELETE', ResourceRecordSet: changed },
      { Action: 'CREATE', ResourceRecordSet: before[1] },
    ]);
    expect(replaced(before, structuredClone(before))).toEqual([]);
  });
});

test('a batch holds 1000 records at most, and never parts a name', () => {
  const place = (n: number) => ({
    id: n,
    changes: withWeights(ofSlots(both(`n${n}.test.`), SETS)!, { blue: 1, green: 1 }),
  });
  const made = batches(Array.from({ length: 600 }, (_, n) => place(n)));
  expect(made.map((batch) => batch.length)).toEqual([250, 250, 100]);
});
