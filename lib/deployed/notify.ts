import type { SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { PublishCommand, type SNSClient } from '@aws-sdk/client-sns';
import type { SecretRef } from '../settings/schema';
import { readSecret } from './secret-value';

/** Where notices go; either, both or none. */
export interface NotifyTargets {
  readonly topicArn?: string;
  /** Secret that holds the webhook's URL; the URL is a secret too, whoever has it can write there. */
  readonly webhook?: SecretRef;
}

export interface NotifyParts {
  readonly sns: Pick<SNSClient, 'send'>;
  readonly secrets: Pick<SecretsManagerClient, 'send'>;
  readonly fetch?: typeof fetch;
  sleep(milliseconds: number): Promise<void>;
  /** Told when a notice was not sent, without the URL. */
  tell(what: string): void;
}

/** One message: a line for people, and the whole as data. */
export interface Message {
  readonly kind: string;
  readonly text: string;
}

/** Attempts of one notice, with 1 and 2 s between them. */
const ATTEMPTS = 3;
/** Of one answer of a webhook, milliseconds. */
const TIMEOUT_MS = 5000;
/** A subject is ASCII and shorter than 100 characters (Amazon SNS API, Publish). */
const SUBJECT = 99;

/**
 * Sends notices to a topic and a webhook; to each of them one after the other, so that they arrive in order, and neither waits
 * for the other. `send` returns at once and never fails: nobody may wait for a chat to answer while traffic goes wrong.
 */
export class Notifier {
  /** By what they go to, for people. */
  private readonly queues = new Map<string, { left: number; end: Promise<void> }>();
  private url: Promise<string> | undefined;

  constructor(
    private readonly targets: NotifyTargets,
    private readonly parts: NotifyParts,
  ) {}

  send(message: Message): void {
    const { topicArn, webhook } = this.targets;
    if (topicArn !== undefined) this.enqueue('the SNS topic', () => this.publish(topicArn, message));
    if (webhook) this.enqueue('the webhook', () => this.post(webhook, message));
  }

  /** Waits for what is on its way, but not for long; what is left then is told. */
  async drain(milliseconds = 5000): Promise<void> {
    await Promise.race([Promise.all([...this.queues.values()].map(({ end }) => end)), this.parts.sleep(milliseconds)]);
    for (const [what, { left }] of this.queues)
      if (left > 0)
        this.parts.tell(`${left === 1 ? 'a notice' : `${left} notices`} may not have reached ${what}: no answer`);
  }

  private enqueue(what: string, act: () => Promise<void>): void {
    const queue = this.queues.get(what) ?? { left: 0, end: Promise.resolve() };
    this.queues.set(what, queue);
    queue.left += 1;
    queue.end = queue.end.then(() => this.patiently(what, act)).finally(() => (queue.left -= 1));
  }

  private async patiently(what: string, act: () => Promise<void>): Promise<void> {
    for (let attempt = 1; ; attempt += 1) {
      try {
        return await act();
      } catch (error) {
        if (attempt >= ATTEMPTS) return this.parts.tell(`a notice did not reach ${what}: ${reasonOf(error)}`);
        await this.parts.sleep(1000 * attempt);
      }
    }
  }

  private async publish(topicArn: string, message: Message): Promise<void> {
    await this.parts.sns.send(
      new PublishCommand({
        TopicArn: topicArn,
        Subject: message.text.replace(/[^\x20-\x7e]/g, '?').slice(0, SUBJECT),
        Message: JSON.stringify(message),
        MessageAttributes: { kind: { DataType: 'String', StringValue: message.kind } },
      }),
    );
  }

  private async post(webhook: NonNullable<NotifyTargets['webhook']>, message: Message): Promise<void> {
    this.url ??= this.urlOf(webhook);
    let url: string;
    try {
      url = await this.url;
    } catch (error) {
      this.url = undefined;
      throw error;
    }
    const send = this.parts.fetch ?? fetch;
    const response = await send(url, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(message),
      // To another address a redirect would take the message along.
      redirect: 'manual',
      signal: AbortSignal.timeout(TIMEOUT_MS),
    }).catch((error: unknown) => {
      throw new WebhookFailed(causeOf(error));
    });
    await response.body?.cancel().catch(() => undefined);
    if (!response.ok) throw new WebhookFailed(`it answered ${response.status}`);
  }

  private async urlOf(webhook: SecretRef): Promise<string> {
    const url = await readSecret(this.parts.secrets, webhook);
    if (url !== undefined && /^https?:\/\//.test(url)) return url;
    throw new WebhookFailed(`its secret holds no URL${webhook.field === undefined ? '' : ` under ${webhook.field}`}`);
  }
}

/** Says nothing that came from the URL. */
class WebhookFailed extends Error {}

/** What a failed fetch says without the address: `ECONNREFUSED`, `TimeoutError`. */
function causeOf(error: unknown): string {
  const cause = error instanceof Error && error.cause !== undefined ? (error.cause as { code?: unknown }) : undefined;
  if (typeof cause?.code === 'string') return cause.code;
  return error instanceof Error ? error.name : 'no answer';
}

const reasonOf = (error: unknown): string =>
  error instanceof WebhookFailed
    ? error.message
    : error instanceof Error
      ? `${error.name}${error instanceof TypeError ? '' : `: ${error.message}`}`
      : 'unknown';
