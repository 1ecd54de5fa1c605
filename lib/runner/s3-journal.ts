import {
  GetObjectCommand,
  ListObjectsV2Command,
  NoSuchKey,
  PutObjectCommand,
  S3ServiceException,
  type S3Client,
} from '@aws-sdk/client-s3';
import { EXIT, KongDualClusterError } from '../errors';
import type { JournalLine, ShiftEvent } from '../traffic/shift-events';
import { lineOf } from './journal-line';
import type { JournalStore, OpenJournal } from './journals';

type Client = Pick<S3Client, 'send'>;

interface Place {
  readonly bucket: string;
  /** Ends with a slash, or is empty. */
  readonly prefix: string;
}

/** Objects that are read at once. */
const AT_ONCE = 16;

/**
 * Journals in a bucket: an object a line, `PREFIX/SYSTEM/RUN/000001.json`. An object is only ever made, never written over:
 * `PutObject` with `If-None-Match: *` fails with 412 when it is there (Amazon S3 User Guide, "How to prevent object
 * overwrites with conditional writes"), so that of two writers one is fenced off at its next line.
 */
export class S3Journals implements JournalStore {
  private readonly place: Place;

  /** @param url `s3://BUCKET/PREFIX` of the settings */
  constructor(
    private readonly s3: Client,
    url: string,
    system: string,
  ) {
    const [, bucket = '', path = ''] = /^s3:\/\/([^/]+)\/?(.*)$/.exec(url) ?? [];
    this.place = { bucket, prefix: [...path.split('/').filter(Boolean), system, ''].join('/') };
  }

  get where(): string {
    return `s3://${this.place.bucket}/${this.place.prefix}`;
  }

  async runs(): Promise<string[]> {
    const runs: string[] = [];
    for await (const page of this.pages(this.place.prefix, '/'))
      runs.push(...(page.CommonPrefixes ?? []).map(({ Prefix = '' }) => Prefix.slice(this.place.prefix.length, -1)));
    return runs.sort().reverse();
  }

  /** Writes nothing yet: the first line makes it. @throws KongDualClusterError JOURNAL_NOT_WRITABLE */
  async create(run: string): Promise<OpenJournal> {
    try {
      // A bucket that is not there, or one that may not be listed, is told before anything is written.
      await this.s3.send(new ListObjectsV2Command({ Bucket: this.place.bucket, Prefix: this.key(run), MaxKeys: 1 }));
    } catch (error) {
      throw new KongDualClusterError('JOURNAL_NOT_WRITABLE', 'the journal of the shift cannot be made', {
        found: `${this.where}: ${(error as Error).message}`,
        remedy:
          'make the bucket, or allow s3:ListBucket, s3:GetObject and s3:PutObject: without a journal nothing is shifted',
        cause: error,
      });
    }
    return new S3Journal(this.s3, this.place.bucket, this.key(run), 0);
  }

  async reopen(run: string): Promise<{ journal: OpenJournal; lines: JournalLine[] }> {
    const lines = await this.read(run);
    return { journal: new S3Journal(this.s3, this.place.bucket, this.key(run), lines.length), lines };
  }

  async read(run: string, known: readonly JournalLine[] = []): Promise<JournalLine[]> {
    const keys: string[] = [];
    for await (const page of this.pages(this.key(run)))
      keys.push(...(page.Contents ?? []).flatMap(({ Key }) => (Key?.endsWith('.json') ? [Key] : [])));
    keys.sort();
    const gap = keys.findIndex((key, index) => key !== keyOf(this.key(run), index + 1));
    if (gap >= 0) throw missing(`s3://${this.place.bucket}/${keyOf(this.key(run), gap + 1)}`);
    const lines: JournalLine[] = [...known.slice(0, keys.length)];
    for (let i = lines.length; i < keys.length; i += AT_ONCE) {
      const some = keys.slice(i, i + AT_ONCE).map(async (key) => {
        const text = await textOf(this.s3, this.place.bucket, key);
        return lineOf(text ?? '', `s3://${this.place.bucket}/${key}`);
      });
      lines.push(...(await Promise.all(some)));
    }
    return lines;
  }

  private key(run: string): string {
    return `${this.place.prefix}${run}/`;
  }

  private async *pages(prefix: string, delimiter?: string) {
    let token: string | undefined;
    do {
      const page = await this.s3.send(
        new ListObjectsV2Command({
          Bucket: this.place.bucket,
          Prefix: prefix,
          Delimiter: delimiter,
          ContinuationToken: token,
        }),
      );
      yield page;
      token = page.NextContinuationToken;
    } while (token);
  }
}

class S3Journal implements OpenJournal {
  constructor(
    private readonly s3: Client,
    private readonly bucket: string,
    private readonly prefix: string,
    private count: number,
  ) {}

  get where(): string {
    return `s3://${this.bucket}/${this.prefix}`;
  }

  async append(event: ShiftEvent, at: Date): Promise<JournalLine> {
    const line: JournalLine = { n: this.count + 1, at: at.toISOString(), ...event };
    const key = keyOf(this.prefix, line.n);
    const body = `${JSON.stringify(line)}\n`;
    try {
      await this.s3.send(
        new PutObjectCommand({
          Bucket: this.bucket,
          Key: key,
          Body: body,
          ContentType: 'application/json',
          IfNoneMatch: '*',
        }),
      );
    } catch (error) {
      if (!isRefused(error)) throw error;
      // The answer was lost, and the SDK's second attempt was refused by what the first one wrote.
      const there = await textOf(this.s3, this.bucket, key);
      if (there === undefined) throw error;
      if (there !== body) throw fencedOff(`s3://${this.bucket}/${key}`);
    }
    this.count += 1;
    return line;
  }
}

/** Six digits: as text they sort as numbers do, and a shift has some hundred lines. */
const keyOf = (prefix: string, n: number): string => `${prefix}${String(n).padStart(6, '0')}.json`;

/** Of a conditional write: 412 when the object is there, 409 when another write of it is under way (Amazon S3 API, PutObject). */
const isRefused = (error: unknown): boolean =>
  error instanceof S3ServiceException && [412, 409].includes(error.$metadata.httpStatusCode ?? 0);

async function textOf(s3: Client, bucket: string, key: string): Promise<string | undefined> {
  try {
    const { Body } = await s3.send(new GetObjectCommand({ Bucket: bucket, Key: key }));
    return await Body?.transformToString();
  } catch (error) {
    if (error instanceof NoSuchKey) return undefined;
    throw error;
  }
}

const fencedOff = (where: string): KongDualClusterError =>
  new KongDualClusterError(
    'LOCK_LOST',
    'another process has written to this journal; this run writes nothing any more',
    {
      found: where,
      remedy: '`kong-dual-cluster shift status` says who holds the lock and where the traffic is',
      exitCode: EXIT.locked,
    },
  );

const missing = (where: string): KongDualClusterError =>
  new KongDualClusterError('JOURNAL_DAMAGED', 'a line of the journal is missing', {
    found: `no ${where}, and later ones are there`,
    remedy: '`kong-dual-cluster shift abort` needs no journal: it puts the weights back by the edge’s table',
  });
