import { NoSuchKey, S3ServiceException } from '@aws-sdk/client-s3';
import { S3Journals } from '../../../lib/runner/s3-journal';

/** S3 as its API reference says: PutObject with If-None-Match, GetObject, ListObjectsV2 in pages. */
class FakeS3 {
  readonly objects = new Map<string, string>();
  /** Does what was asked and loses the answer. */
  losesAnswer = false;
  pageSize = 1000;

  readonly send = (command: { readonly constructor: { readonly name: string }; readonly input: never }): never => {
    const input = command.input as Record<string, string | undefined>;
    if (command.constructor.name === 'PutObjectCommand') return this.put(input) as never;
    if (command.constructor.name === 'GetObjectCommand') return this.get(input.Key ?? '') as never;
    return this.list(input) as never;
  };

  private async put({ Key = '', Body = '', IfNoneMatch }: Record<string, string | undefined>): Promise<object> {
    await Promise.resolve();
    if (IfNoneMatch !== '*') throw new Error('not a conditional write');
    if (this.objects.has(Key)) throw refused();
    this.objects.set(Key, Body);
    // The SDK asks again and is refused by what its first attempt wrote.
    if (this.losesAnswer) throw refused();
    return {};
  }
  private async get(key: string): Promise<object> {
    await Promise.resolve();
    const text = this.objects.get(key);
    if (text === undefined) throw new NoSuchKey({ message: key, $metadata: {} });
    return { Body: { transformToString: () => Promise.resolve(text) } };
  }
  private async list({ Prefix = '', Delimiter, ContinuationToken = '0' }: Record<string, string | undefined>) {
    await Promise.resolve();
    const keys = [...this.objects.keys()].filter((key) => key.startsWith(Prefix)).sort();
    if (Delimiter) {
      const folders = new Set(keys.map((key) => Prefix + key.slice(Prefix.length).split('/')[0] + '/'));
      return { CommonPrefixes: [...folders].map((each) => ({ Prefix: each })) };
    }
    const first = Number(ContinuationToken);
    const Contents = keys.slice(first, first + this.pageSize).map((Key) => ({ Key }));
    const next = first + this.pageSize;
    return { Contents, ...(next < keys.length && { NextContinuationToken: String(next) }) };
  }
}
const refused = (): Error =>
  new S3ServiceException({ name: 'PreconditionFailed', $fault: 'client', $metadata: { httpStatusCode: 412 } });

const RUN = '20261121T203000Z-1';
const journals = (s3: FakeS3): S3Journals => new S3Journals(s3 as never, 's3://bucket/shifts/', 'kong');
const resumed = { type: 'resumed', by: 'ann' } as const;
const AT = new Date('2026-11-21T20:30:00Z');

describe('a journal in a bucket', () => {
  test('is an object a line, which another machine reads back in their order', async () => {
    const s3 = new FakeS3();
    s3.pageSize = 5;
    const journal = await journals(s3).create(RUN);
    for (let n = 1; n <= 12; n += 1)
      await journal.append({ type: 'raising', stage: n, weights: { blue: 1, green: 0 } }, AT);
    expect([...s3.objects.keys()][0]).toBe(`shifts/kong/${RUN}/000001.json`);
    const lines = await journals(s3).read(RUN);
    expect(lines.map(({ n, type }) => [n, type])).toEqual(Array.from({ length: 12 }, (_, i) => [i + 1, 'raising']));
    expect(await journals(s3).runs()).toEqual([RUN]);
    expect(await journals(s3).read('another')).toEqual([]);
  });

  test('of two writers the one that is late writes nothing and learns that it was fenced off', async () => {
    const s3 = new FakeS3();
    const stale = await journals(s3).create(RUN);
    await stale.append(resumed, AT);
    const { journal } = await journals(s3).reopen(RUN);
    await journal.append({ type: 'done' }, AT);
    await expect(stale.append({ type: 'rolling back', why: 'x' }, AT)).rejects.toMatchObject({
      code: 'LOCK_LOST',
      exitCode: 5,
      found: expect.stringContaining('000002.json'),
    });
    expect((await journals(s3).read(RUN)).map(({ type }) => type)).toEqual(['resumed', 'done']);
  });

  test('an answer that was lost is not taken for another writer', async () => {
    const s3 = new FakeS3();
    const journal = await journals(s3).create(RUN);
    s3.losesAnswer = true;
    expect((await journal.append(resumed, AT)).n).toBe(1);
    s3.losesAnswer = false;
    expect((await journal.append(resumed, AT)).n).toBe(2);
  });

  test('with a line that is missing in the middle it is not read as if it was whole', async () => {
    const s3 = new FakeS3();
    const journal = await journals(s3).create(RUN);
    for (let n = 0; n < 3; n += 1) await journal.append(resumed, AT);
    s3.objects.delete(`shifts/kong/${RUN}/000002.json`);
    await expect(journals(s3).reopen(RUN)).rejects.toMatchObject({
      code: 'JOURNAL_DAMAGED',
      found: expect.stringContaining('000002.json'),
    });
  });

  test('a bucket that cannot be reached is told before anything is shifted', async () => {
    const s3 = { send: () => Promise.reject(new Error('NoSuchBucket')) };
    await expect(new S3Journals(s3 as never, 's3://bucket', 'kong').create(RUN)).rejects.toMatchObject({
      code: 'JOURNAL_NOT_WRITABLE',
      found: 's3://bucket/kong/: NoSuchBucket',
    });
  });
});
