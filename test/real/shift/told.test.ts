import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { CreateBucketCommand, ListObjectsV2Command, PutObjectCommand, S3Client } from '@aws-sdk/client-s3';
import { CreateSecretCommand, SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { ConfirmSubscriptionCommand, CreateTopicCommand, SNSClient, SubscribeCommand } from '@aws-sdk/client-sns';
import { journalFolder, journals } from '../../../lib/runner/journal';
import { REGION } from '../../../local/demo/run';
import { EdgeWithNodes, until } from './edge-with-nodes';

const PATH = '/services/T0/very-secret';
/** No bakes to speak of: what is told and written down is looked at here, not the traffic. */
const QUICK = ['--shares', '50,100', '--bake', '1s', '--soak', '1s'];
const KINDS = ['started', 'stage passed', 'stage passed', 'done'];

/** What a run tells people elsewhere, and what it writes down, against the local AWS: SNS, Secrets Manager, S3. */
describe('given a topic, a webhook and a bucket', () => {
  let edge: EdgeWithNodes;
  let server: Server;
  let answer: 'ok' | 'error' | 'redirect' | 'never' = 'ok';
  const posted: string[] = [];
  const published: { subject: string; kind: string }[] = [];
  const redirected: string[] = [];
  const aws = (region = REGION) => ({
    endpoint: edge.road.run.world.endpoint,
    region,
    credentials: { accessKeyId: 'test', secretAccessKey: 'test' },
  });
  const start = (...more: string[]) => ['shift', 'start', '--to', 'green', ...QUICK, ...more];

  beforeAll(async () => {
    edge = await EdgeWithNodes.start();
    await edge.deafenAlarms();
    server = createServer((request, response) => {
      let body = '';
      request.on('data', (chunk: Buffer) => (body += chunk.toString()));
      request.on('end', () => {
        if (request.url === '/sns') void topicSays(body);
        else if (request.url === PATH) posted.push((JSON.parse(body) as { kind: string }).kind);
        else redirected.push(body);
        if (request.url === PATH && answer === 'never') return;
        if (request.url === PATH && answer === 'error') response.statusCode = 500;
        if (request.url === PATH && answer === 'redirect') response.writeHead(307, { location: '/elsewhere' });
        response.end();
      });
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    await new SecretsManagerClient(aws()).send(
      new CreateSecretCommand({ Name: 'webhook', SecretString: JSON.stringify({ url: `${origin()}${PATH}` }) }),
    );
    await new S3Client({ ...aws(), forcePathStyle: true }).send(new CreateBucketCommand({ Bucket: 'told-journals' }));
  }, 300_000);
  afterAll(async () => {
    await edge?.stop();
    server?.closeAllConnections();
    server?.close();
  }, 60_000);
  afterEach(async () => {
    answer = 'ok';
    await edge.edit({ notify: undefined, journal: undefined });
    await edge.run(['shift', 'abort', '--force']);
    expect(await edge.weights()).toEqual({ blue: 100, green: 0 });
    for (const list of [posted, published, redirected]) list.length = 0;
  }, 60_000);

  const origin = (): string => `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const secretArn = `arn:aws:secretsmanager:${REGION}:000000000000:secret:webhook`;
  const webhook = { secretArn, field: 'url' };

  /** Made in a region, and subscribed to by the server of the test. */
  async function topic(region: string): Promise<string> {
    const sns = new SNSClient(aws(region));
    const { TopicArn } = await sns.send(new CreateTopicCommand({ Name: `shifts-${region}` }));
    await sns.send(new SubscribeCommand({ TopicArn, Protocol: 'http', Endpoint: `${origin()}/sns` }));
    await until('the subscription', () => confirmed.has(TopicArn!));
    return TopicArn!;
  }
  const confirmed = new Set<string>();
  async function topicSays(body: string): Promise<void> {
    const { Type, TopicArn, Token, Subject, Message } = JSON.parse(body) as Record<string, string>;
    if (Type === 'SubscriptionConfirmation') {
      await new SNSClient(aws(TopicArn!.split(':')[3])).send(new ConfirmSubscriptionCommand({ TopicArn, Token }));
      confirmed.add(TopicArn!);
    } else published.push({ subject: Subject ?? '', kind: (JSON.parse(Message!) as { kind: string }).kind });
  }
  const toldToTopic = () => published.map(({ kind }) => kind);

  test('both are told of every stage in order, also a topic of another region', async () => {
    const topicArn = await topic('eu-west-1');
    await edge.edit({ notify: { topicArn, webhook } });
    const { code, stderr } = await edge.run(start());
    expect([code, posted, toldToTopic(), stderr.includes('notice')]).toEqual([0, KINDS, KINDS, false]);
    expect(published[0]?.subject).toMatch(/^kong: started, stage 1 of 2/);
  }, 60_000);

  test.each([
    ['error', /did not reach the webhook: it answered 500/],
    ['redirect', /did not reach the webhook: it answered 307/],
    ['never', /may not have reached the webhook: no answer/],
  ] as const)(
    'a webhook that answers with %s holds nothing up and is told; its URL stands nowhere',
    async (how, told) => {
      answer = how;
      const topicArn = await topic(REGION);
      await edge.edit({ notify: { topicArn, webhook } });
      const { code, stdout, stderr, milliseconds } = await edge.run(start());
      expect([code, toldToTopic(), redirected]).toEqual([0, KINDS, []]);
      expect(stderr).toMatch(told);
      expect(milliseconds).toBeLessThan(40_000);
      const out = join(edge.road.folder, `evidence-${how}`);
      expect((await edge.run(['shift', 'evidence', '--out', out])).code).toBe(0);
      const files = await Promise.all(
        ['journal.ndjson', 'settings.json'].map((name) => readFile(join(out, name), 'utf8')),
      );
      expect([stdout, stderr, ...files].join('')).not.toContain('very-secret');
    },
    90_000,
  );

  test('a secret that is not there is told, and the shift goes on', async () => {
    await edge.edit({ notify: { webhook: { secretArn: `${secretArn}-other` } } });
    const { code, stderr } = await edge.run(start());
    expect([code, /a notice did not reach the webhook: ResourceNotFound/.test(stderr)]).toEqual([0, true]);
  }, 60_000);

  test('a runner whose line of the journal somebody else has written is refused by S3 and writes nothing any more', async () => {
    await edge.edit({ journal: 's3://told-journals/prod' });
    const s3 = new S3Client({ ...aws(), forcePathStyle: true });
    const running = edge.run([...start(), '--bake', '8s']);
    await until('the first stage', async () => (await edge.weights())?.green === 50);
    const { Contents = [] } = await s3.send(new ListObjectsV2Command({ Bucket: 'told-journals' }));
    const last = Contents.map(({ Key = '' }) => Key)
      .sort()
      .at(-1)!;
    for (const n of [1, 2, 3]) {
      const Key = last.replace(/\d{6}(?=\.json$)/, (number) => String(Number(number) + n).padStart(6, '0'));
      await s3.send(new PutObjectCommand({ Bucket: 'told-journals', Key, Body: '{}' }));
    }
    const { code, stderr } = await running;
    expect([code, stderr.includes('another process has written to this journal')]).toEqual([5, true]);
    expect(await edge.weights()).toEqual({ blue: 50, green: 50 });
  }, 60_000);

  test('a bucket that is not there is told before anything is written', async () => {
    await edge.edit({ journal: 's3://no-such-bucket/prod' });
    const { code, stderr } = await edge.run(start());
    expect([code, stderr.includes('the journal of the shift cannot be made')]).toEqual([1, true]);
    expect(await edge.weights()).toEqual({ blue: 100, green: 0 });
  }, 60_000);

  test('a journal of the release before is gone on with: without gates, scale, periods and router', async () => {
    let child: { kill(signal: 'SIGKILL'): boolean } | undefined;
    const running = edge.run([...start(), '--bake', '60s'], { started: (process) => (child = process) });
    await until('the first stage', async () => (await edge.weights())?.green === 50);
    child!.kill('SIGKILL');
    await running;
    const [path] = await journals(journalFolder(edge.road.run.settingsPath, 'kong'));
    const [first, ...rest] = (await readFile(path!, 'utf8')).split('\n');
    const { gates, scale, periodSeconds, router, deadManSeconds, ...started } = JSON.parse(first!) as Record<
      string,
      unknown
    >;
    expect([gates, scale, periodSeconds, router, deadManSeconds].filter((each) => each !== undefined)).toHaveLength(4);
    const stages = (started.stages as { share: number }[]).map(({ share }) => ({ share, bakeSeconds: 1 }));
    await writeFile(path!, [JSON.stringify({ ...started, stages }), ...rest].join('\n'));
    const { code } = await edge.run(['shift', 'resume']);
    expect([code, await edge.weights()]).toEqual([0, { blue: 0, green: 100 }]);
  }, 60_000);

  test('a clock that is minutes behind is refused before the first write', async () => {
    const hook = join(edge.road.folder, 'late.cjs');
    await writeFile(hook, 'const now = Date.now; Date.now = () => now() - 150_000;\n');
    const { code, stderr } = await edge.run(start(), { env: { NODE_OPTIONS: `--require ${hook}` } });
    expect([code, stderr]).toEqual([8, expect.stringMatching(/this machine's clock is 2m\d+s behind the one of AWS/)]);
    await rm(hook);
  }, 60_000);
});
