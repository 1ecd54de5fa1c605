import { Notifier, type NotifyParts } from '../../../lib/deployed/notify';

const URL_WITH_SECRET = 'https://hooks.example.com/services/T0/B0/very-secret';
const TARGETS = { topicArn: 'arn:aws:sns:eu-central-1:1:t', webhook: { secretArn: 'arn:secret', field: 'url' } };

/** @param answers of the webhook, one an attempt */
function world(answers: (Response | Error)[], secret = JSON.stringify({ url: URL_WITH_SECRET })) {
  const posted: { url: string; init: RequestInit | undefined }[] = [];
  const published: { Subject?: string; Message?: string }[] = [];
  const told: string[] = [];
  const slept: number[] = [];
  const parts: NotifyParts = {
    sns: { send: (command: { input: object }) => Promise.resolve(published.push(command.input)) } as never,
    secrets: { send: () => Promise.resolve({ SecretString: secret }) } as never,
    fetch: ((url: string, init?: RequestInit) => {
      posted.push({ url, init });
      const answer = answers.shift() ?? new Response('ok');
      return answer instanceof Error ? Promise.reject(answer) : Promise.resolve(answer);
    }) as typeof fetch,
    sleep: (milliseconds) => (slept.push(milliseconds), Promise.resolve()),
    tell: (what) => void told.push(what),
  };
  return { posted, published, told, slept, parts };
}
/** Everything under way has ended. */
const settled = (): Promise<void> => new Promise((resolve) => setTimeout(resolve, 20));

describe('a notice', () => {
  test('goes to the topic and to the webhook whose URL is in a secret', async () => {
    const { posted, published, told, parts } = world([]);
    new Notifier(TARGETS, parts).send({ kind: 'held', text: 'kong: held — no verdict' });
    await settled();
    expect(posted).toHaveLength(1);
    expect(posted[0]?.url).toBe(URL_WITH_SECRET);
    expect(JSON.parse(posted[0]?.init?.body as string)).toEqual({ kind: 'held', text: 'kong: held — no verdict' });
    expect(published[0]).toMatchObject({ Subject: 'kong: held ? no verdict', TopicArn: TARGETS.topicArn });
    expect(told).toEqual([]);
  });

  test('is tried three times, then told as not sent, without the URL', async () => {
    const broken = Object.assign(new TypeError('fetch failed'), { cause: { code: 'ECONNREFUSED' } });
    const { posted, told, slept, parts } = world([
      broken,
      new Response('', { status: 500 }),
      new Response('', { status: 404 }),
    ]);
    new Notifier(TARGETS, parts).send({ kind: 'done', text: 'done' });
    await settled();
    expect([posted.length, slept, told]).toEqual([
      3,
      [1000, 2000],
      ['a notice did not reach the webhook: it answered 404'],
    ]);
  });

  test.each([
    ['no URL', 'not a url', undefined],
    ['no JSON', 'x', 'url'],
  ])('of a secret that holds %s says so and not what it holds', async (_, secret, field) => {
    const { told, parts } = world([], secret);
    new Notifier({ webhook: { secretArn: 'arn', ...(field && { field }) } }, parts).send({ kind: 'done', text: '' });
    await settled();
    expect(told).toHaveLength(1);
    expect(told[0]).not.toContain(secret === 'x' ? 'reach x' : secret);
  });

  test('arrives after the one before it, and sending it does not wait', async () => {
    const { posted, parts } = world([new Error('once')]);
    const notifier = new Notifier({ webhook: { secretArn: 'arn', field: 'url' } }, parts);
    notifier.send({ kind: 'held', text: 'first' });
    notifier.send({ kind: 'done', text: 'second' });
    expect(posted).toEqual([]);
    await settled();
    const texts = posted.map(({ init }) => (JSON.parse(init?.body as string) as { text: string }).text);
    expect(texts).toEqual(['first', 'first', 'second']);
  });

  test('a webhook that never answers holds up the end of a command for a moment only', async () => {
    const { parts } = world([]);
    const notifier = new Notifier(TARGETS, { ...parts, fetch: () => new Promise(() => undefined) });
    notifier.send({ kind: 'done', text: 'x' });
    await notifier.drain(1);
  });

  test('to the topic does not wait for a webhook that hangs; what the webhook did not get is told at the end', async () => {
    const { published, told, parts } = world([]);
    const notifier = new Notifier(TARGETS, { ...parts, fetch: () => new Promise(() => undefined) });
    notifier.send({ kind: 'rolling back', text: 'rolling back' });
    notifier.send({ kind: 'rolled back', text: 'rolled back' });
    await settled();
    expect(published.map(({ Subject }) => Subject)).toEqual(['rolling back', 'rolled back']);
    await notifier.drain();
    expect(told).toEqual(['2 notices may not have reached the webhook: no answer']);
  });

  test('has a subject that SNS takes: shorter than 100 characters', async () => {
    const { published, parts } = world([]);
    new Notifier({ topicArn: 'arn' }, parts).send({ kind: 'held', text: 'x'.repeat(300) });
    await settled();
    expect(published[0]?.Subject).toHaveLength(99);
  });
});
