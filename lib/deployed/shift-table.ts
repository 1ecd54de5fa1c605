import {
  ConditionalCheckFailedException,
  GetItemCommand,
  PutItemCommand,
  ResourceNotFoundException,
  UpdateItemCommand,
  type AttributeValue,
  type DynamoDBClient,
} from '@aws-sdk/client-dynamodb';
import { EXIT, KongDualClusterError } from '../errors';
import type { ShiftRecord } from '../traffic/shift-record';

/** Who holds the lock of a system, as everyone can read it. */
export interface LockHolder {
  /** Id of the run, for example `20261121T203000Z-4711`. */
  readonly run: string;
  /** `shift start`, `teardown`, … */
  readonly command: string;
  readonly host: string;
  readonly pid: number;
  /** ARN of the caller. */
  readonly by: string;
  /** ISO 8601. */
  readonly since: string;
  /** What it is doing, for people: `stage 2 of 4, baking at 25 %`. */
  readonly doing: string;
}

export interface LockReading extends LockHolder {
  /** Last sign of life, milliseconds since the epoch, by the holder's clock. */
  readonly beat: number;
  /** Grows with every new holder: a holder whose number is not the newest must not write any more. */
  readonly fence: number;
  /** What somebody asked the holder to do. */
  readonly request?: LockRequest;
}

export interface LockRequest {
  readonly what: 'pause' | 'resume';
  readonly by: string;
  readonly at: string;
}

/** Proof of holding the lock; every renewal and write is made conditional on it. */
export interface Held {
  readonly run: string;
  readonly fence: number;
}

/** What the lock's item says of its holder; `fence` stays when there is none. */
const HOLDER = ['run', 'command', 'host', 'pid', 'by', 'since', 'doing', 'beat', 'request'] as const;
const REMOVE_HOLDER = `REMOVE ${HOLDER.map((name) => `#${name}`).join(', ')}`;

const KEY = { lock: { id: { S: 'lock' } }, shift: { id: { S: 'shift' } } } as const;

/**
 * The edge's table: one item is the lock, one is the last shift. DynamoDB writes both conditionally, so that two
 * machines never hold the lock at once (Amazon DynamoDB Developer Guide, "Condition expressions"), and a holder that lost
 * it learns so at its next renewal.
 */
export class ShiftTable {
  constructor(
    private readonly dynamo: DynamoDBClient,
    private readonly table: string,
  ) {}

  async readLock(): Promise<LockReading | undefined> {
    const item = await this.get(KEY.lock);
    return item?.run?.S === undefined ? undefined : lockOf(item);
  }

  /** The last shift, finished or not; undefined before the first one. */
  async readShift(): Promise<ShiftRecord | undefined> {
    const text = (await this.get(KEY.shift))?.record?.S;
    return text === undefined ? undefined : (JSON.parse(text) as ShiftRecord);
  }

  /** Without a condition: `abort` needs no lock. */
  async writeShift(record: ShiftRecord): Promise<void> {
    await this.dynamo.send(
      new PutItemCommand({ TableName: this.table, Item: { ...KEY.shift, record: { S: JSON.stringify(record) } } }),
    );
  }

  /**
   * Takes the lock when nobody holds it, or from `instead` when that one still holds it as it was read.
   * @returns undefined when somebody else was faster
   */
  async acquire(holder: LockHolder, now: number, instead?: LockReading): Promise<Held | undefined> {
    const values = {
      ':run': { S: holder.run },
      ':command': { S: holder.command },
      ':host': { S: holder.host },
      ':pid': { N: String(holder.pid) },
      ':by': { S: holder.by },
      ':since': { S: holder.since },
      ':doing': { S: holder.doing },
      ':beat': { N: String(now) },
      ':one': { N: '1' },
      ':zero': { N: '0' },
    };
    const update = new UpdateItemCommand({
      TableName: this.table,
      Key: KEY.lock,
      UpdateExpression:
        'SET #run = :run, #command = :command, #host = :host, #pid = :pid, #by = :by, #since = :since, #doing = :doing, #beat = :beat, #fence = if_not_exists(#fence, :zero) + :one REMOVE #request',
      ConditionExpression: instead ? '#fence = :fence AND #beat = :seen' : 'attribute_not_exists(#run)',
      ExpressionAttributeNames: names(
        'run',
        'command',
        'host',
        'pid',
        'by',
        'since',
        'doing',
        'beat',
        'fence',
        'request',
      ),
      ExpressionAttributeValues: {
        ...values,
        ...(instead && { ':fence': { N: String(instead.fence) }, ':seen': { N: String(instead.beat) } }),
      },
      ReturnValues: 'ALL_NEW',
    });
    const item = await this.unlessRefused(update);
    return item && { run: holder.run, fence: Number(item.fence?.N) };
  }

  /**
   * A sign of life. @returns what the lock says now, with any request; undefined when the lock is no longer ours: then
   * nothing may be written any more
   */
  async renew(held: Held, now: number, doing: string): Promise<LockReading | undefined> {
    const item = await this.unlessRefused(
      new UpdateItemCommand({
        TableName: this.table,
        Key: KEY.lock,
        UpdateExpression: 'SET #beat = :beat, #doing = :doing',
        ConditionExpression: '#run = :run AND #fence = :fence',
        ExpressionAttributeNames: names('run', 'fence', 'beat', 'doing'),
        ExpressionAttributeValues: {
          ':run': { S: held.run },
          ':fence': { N: String(held.fence) },
          ':beat': { N: String(now) },
          ':doing': { S: doing },
        },
        ReturnValues: 'ALL_NEW',
      }),
    );
    return item && lockOf(item);
  }

  /** Gives the lock back; the fence number stays, so that the next holder's is higher. */
  async release(held: Held): Promise<void> {
    await this.unlessRefused(
      new UpdateItemCommand({
        TableName: this.table,
        Key: KEY.lock,
        UpdateExpression: REMOVE_HOLDER,
        ConditionExpression: '#run = :run AND #fence = :fence',
        ExpressionAttributeNames: names('fence', ...HOLDER),
        ExpressionAttributeValues: { ':run': { S: held.run }, ':fence': { N: String(held.fence) } },
      }),
    );
  }

  /** Asks the holder for something; it sees it at its next renewal. @returns false when nobody holds the lock */
  async ask(request: LockRequest): Promise<boolean> {
    const item = await this.unlessRefused(
      new UpdateItemCommand({
        TableName: this.table,
        Key: KEY.lock,
        UpdateExpression: 'SET #request = :request',
        ConditionExpression: 'attribute_exists(#run)',
        ExpressionAttributeNames: names('run', 'request'),
        ExpressionAttributeValues: { ':request': { S: JSON.stringify(request) } },
        ReturnValues: 'ALL_NEW',
      }),
    );
    return item !== undefined;
  }

  /** Takes a request off, when it was met; one that somebody made since then stays. */
  async clearRequest(held: Held, met: LockRequest): Promise<void> {
    await this.unlessRefused(
      new UpdateItemCommand({
        TableName: this.table,
        Key: KEY.lock,
        UpdateExpression: 'REMOVE #request',
        ConditionExpression: '#run = :run AND #fence = :fence AND #request = :met',
        ExpressionAttributeNames: names('run', 'fence', 'request'),
        ExpressionAttributeValues: {
          ':run': { S: held.run },
          ':fence': { N: String(held.fence) },
          ':met': { S: JSON.stringify(met) },
        },
      }),
    );
  }

  /** Ends whoever holds the lock without asking: its fence number is not the newest any more. */
  async fenceOff(): Promise<void> {
    await this.dynamo.send(
      new UpdateItemCommand({
        TableName: this.table,
        Key: KEY.lock,
        UpdateExpression: `SET #fence = if_not_exists(#fence, :zero) + :one ${REMOVE_HOLDER}`,
        ExpressionAttributeNames: names('fence', ...HOLDER),
        ExpressionAttributeValues: { ':zero': { N: '0' }, ':one': { N: '1' } },
      }),
    );
  }

  private async get(key: Record<string, AttributeValue>): Promise<Record<string, AttributeValue> | undefined> {
    try {
      const answer = await this.dynamo.send(
        new GetItemCommand({ TableName: this.table, Key: key, ConsistentRead: true }),
      );
      return answer.Item;
    } catch (error) {
      throw this.told(error);
    }
  }

  private async unlessRefused(command: UpdateItemCommand): Promise<Record<string, AttributeValue> | undefined> {
    try {
      return (await this.dynamo.send(command)).Attributes ?? {};
    } catch (error) {
      if (error instanceof ConditionalCheckFailedException) return undefined;
      throw this.told(error);
    }
  }

  private told(error: unknown): unknown {
    if (!(error instanceof ResourceNotFoundException)) return error;
    return new KongDualClusterError('SHIFT_TABLE_MISSING', 'the table of the edge that holds the lock is gone', {
      found: `no DynamoDB table ${this.table}`,
      remedy: `make it again, a deploy does not notice it: aws dynamodb create-table --table-name ${this.table} --billing-mode PAY_PER_REQUEST --key-schema AttributeName=id,KeyType=HASH --attribute-definitions AttributeName=id,AttributeType=S; until then only \`kong-dual-cluster shift abort\` works`,
      exitCode: EXIT.preflightRefused,
      cause: error,
    });
  }
}

const names = (...attributes: string[]): Record<string, string> =>
  Object.fromEntries(attributes.map((attribute) => [`#${attribute}`, attribute]));

function lockOf(item: Record<string, AttributeValue>): LockReading {
  const text = (name: string): string => item[name]?.S ?? '';
  return {
    run: text('run'),
    command: text('command'),
    host: text('host'),
    pid: Number(item.pid?.N ?? 0),
    by: text('by'),
    since: text('since'),
    doing: text('doing'),
    beat: Number(item.beat?.N ?? 0),
    fence: Number(item.fence?.N ?? 0),
    ...(item.request?.S !== undefined && { request: JSON.parse(item.request.S) as LockRequest }),
  };
}
