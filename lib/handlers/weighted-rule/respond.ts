import type { Resource, ResourceEvent } from './event';
import { notCreated, wasNeverCreated } from './event';

/** The part of Lambda's context that is used. */
export interface LambdaContext {
  getRemainingTimeInMillis(): number;
  readonly logGroupName?: string;
  readonly logStreamName?: string;
}

export interface Answer {
  readonly Status: 'SUCCESS' | 'FAILED';
  readonly Reason?: string;
  readonly PhysicalResourceId: string;
  readonly StackId: string;
  readonly RequestId: string;
  readonly LogicalResourceId: string;
}

/** Milliseconds kept back to tell CloudFormation that time ran out: an unanswered resource hangs for an hour. */
const TIME_TO_ANSWER = 8_000;
/** CloudFormation takes 4096 bytes of answer in all. */
const LONGEST_REASON = 1_500;

/** Runs the verb and answers, whatever happens; never throws for a reason of the resource's own. */
export async function answer<Clients>(
  event: ResourceEvent,
  context: LambdaContext,
  resource: Resource<Clients>,
  clients: Clients,
): Promise<Answer> {
  const { StackId, RequestId, LogicalResourceId } = event;
  const about = { StackId, RequestId, LogicalResourceId };
  try {
    const PhysicalResourceId = await beforeTimeRunsOut(context, run(event, resource, clients));
    return { ...about, Status: 'SUCCESS', PhysicalResourceId };
  } catch (error) {
    const log = context.logStreamName ? ` (log: ${context.logGroupName ?? ''} ${context.logStreamName})` : '';
    return {
      ...about,
      Status: 'FAILED',
      Reason: `${describe(error).slice(0, LONGEST_REASON)}${log}`,
      PhysicalResourceId: event.PhysicalResourceId ?? notCreated(event),
    };
  }
}

async function run<Clients>(event: ResourceEvent, resource: Resource<Clients>, clients: Clients): Promise<string> {
  if (event.RequestType === 'Create') return resource.create(event, clients);
  if (event.RequestType === 'Update') return resource.update(event, clients);
  const id = event.PhysicalResourceId ?? notCreated(event);
  if (!wasNeverCreated(id)) await resource.delete(event, clients);
  return id;
}

function beforeTimeRunsOut<T>(context: LambdaContext, work: Promise<T>): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const deadline = new Promise<never>((_, reject) => {
    const left = Math.max(0, context.getRemainingTimeInMillis() - TIME_TO_ANSWER);
    timer = setTimeout(
      () => reject(new Error('AWS did not answer in time; deploy again: what was done is found and kept')),
      left,
    );
  });
  return Promise.race([work, deadline]).finally(() => clearTimeout(timer));
}

const describe = (error: unknown): string =>
  error instanceof Error
    ? error.name === 'Error' || error.name === 'KongDualClusterError'
      ? error.message
      : `${error.name}: ${error.message}`
    : String(error);

/** Sends the answer to the presigned URL. The signature is made for a PUT without a content type. */
export async function send(url: string, body: Answer): Promise<void> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      const response = await fetch(url, { method: 'PUT', body: Buffer.from(JSON.stringify(body)) });
      if (response.ok) return;
      throw new Error(`CloudFormation answered ${response.status}`);
    } catch (error) {
      if (attempt === 3) throw error;
      await new Promise((resolve) => setTimeout(resolve, 1000));
    }
  }
}
