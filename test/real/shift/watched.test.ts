import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { execFileSync } from 'node:child_process';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { CreateBucketCommand, S3Client } from '@aws-sdk/client-s3';
import { GetScheduleCommand, SchedulerClient } from '@aws-sdk/client-scheduler';
import { REGION } from '../../../local/demo/run';
import { EdgeWithNodes, until } from './edge-with-nodes';

/** What watches a shift, against the local AWS: comparisons of counted requests, the dead-man timer, a journal in a bucket. */
describe('given an edge under load, and gates that compare', () => {
  let edge: EdgeWithNodes;
  let folder: string;
  const BLUE = { blue: 100, green: 0 };
  const aws = () => ({
    endpoint: edge.road.run.world.endpoint,
    region: REGION,
    credentials: { accessKeyId: 'test', secretAccessKey: 'test' },
  });
  const start = (...more: string[]) => ['shift', 'start', '--to', 'green', '--shares', '30,100', ...more];

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'watched-'));
    edge = await EdgeWithNodes.start();
    // A verdict is possible in seconds at some hundred requests a second: 1 % bad answers are acceptable.
    const gates = { errors: 'gate', sampleRatio: 'gate', slow: 'watch', refusals: 'off', objective: 0.01 };
    await edge.edit({ gates, bake: '8s', soak: '8s', maxExtension: '60s', periodSeconds: 1, deadMan: '10m' });
    await edge.deafenAlarms();
    edge.startLoad(8, 10);
    await new Promise((resolve) => setTimeout(resolve, 5000));
  }, 300_000);
  afterAll(async () => {
    await edge?.stop();
    await rm(folder, { recursive: true, force: true });
  }, 60_000);
  afterEach(async () => {
    edge.badAnswers.green = 0;
    await edge.run(['shift', 'abort', '--force']);
    expect(await edge.weights()).toEqual(BLUE);
  }, 30_000);

  const timer = () =>
    new SchedulerClient(aws()).send(new GetScheduleCommand({ Name: 'kong-dead-man' })).catch(() => undefined);

  test('when green answers as blue does, then every gate passes; the timer stood meanwhile and is gone', async () => {
    const running = edge.run([...start(), '--output', 'json']);
    await until('the first stage', async () => (await edge.weights())?.green === 30);
    const stood = await timer();
    const { code, stdout, stderr } = await running;
    expect([code, stderr.includes('error:')]).toEqual([0, false]);
    expect(stood?.ScheduleExpression).toMatch(/^at\(\d{4}-/);
    expect(stood?.ActionAfterCompletion).toBe('DELETE');
    expect(await timer()).toBeUndefined();
    expect(stderr).toMatch(/passed: .*nodes of green are healthy; errors: none of \d+ on green \(CloudWatch\)/);
    expect((JSON.parse(stdout) as { outcome: string }).outcome).toBe('done');
  }, 180_000);

  test('when green answers one in five with 503 and no alarm says so, then it is back on blue within two seconds of the verdict', async () => {
    const running = edge.run([...start(), '--output', 'json']);
    await until('the first stage', async () => (await edge.weights())?.green === 30);
    edge.badAnswers.green = 0.2;
    const { code, stdout } = await running;
    const report = JSON.parse(stdout) as { outcome: string; reason: string; rollbackSeconds: number };
    expect([code, report.outcome, report.reason]).toEqual([3, 'rolled back', expect.stringContaining('not by chance')]);
    expect(report.rollbackSeconds).toBeLessThan(2);
    expect(await edge.weights()).toEqual(BLUE);
    console.log(`rolled back in ${report.rollbackSeconds} s: ${report.reason}`);
  }, 120_000);

  test('when the runner is killed and nobody comes, then the timer brings blue back', async () => {
    await edge.edit({ deadMan: '10s' });
    let child: { kill(signal: 'SIGKILL'): boolean } | undefined;
    const running = edge.run([...start(), '--bake', '10m'], { started: (process) => (child = process) });
    await until('the first stage', async () => (await edge.weights())?.green === 30);
    child!.kill('SIGKILL');
    await running;
    await until('blue 100, green 0', async () => (await edge.weights())?.green === 0, 100);
    const shift = async () => {
      const { stdout } = await edge.run(['shift', 'status', '--output', 'json']);
      return (JSON.parse(stdout) as { shift: { phase: string; reason: string } }).shift;
    };
    // The machine reads back what it wrote before it says so.
    await until('the record', async () => (await shift()).phase === 'rolled back');
    expect((await shift()).reason).toContain('no sign of life');
  }, 180_000);

  test('when the journal is in a bucket, then a run that was killed goes on from another machine', async () => {
    await new S3Client({ ...aws(), forcePathStyle: true }).send(new CreateBucketCommand({ Bucket: 'shift-journals' }));
    await edge.edit({ journal: 's3://shift-journals/prod', deadMan: '10m' });
    let child: { kill(signal: 'SIGKILL'): boolean } | undefined;
    const running = edge.run(start(), { started: (process) => (child = process) });
    await until('the first stage', async () => (await edge.weights())?.green === 30);
    child!.kill('SIGKILL');
    await running;
    await rm(join(edge.road.folder, '.kong-dual-cluster'), { recursive: true, force: true });
    const resumed = await edge.run(['shift', 'resume', '--output', 'json']);
    const { outcome, journal } = JSON.parse(resumed.stdout) as { outcome: string; journal: string };
    expect([resumed.code, outcome]).toEqual([0, 'done']);
    expect(journal).toMatch(/^s3:\/\/shift-journals\/prod\/kong\/\d{8}T/);

    const out = join(folder, 'evidence.tar.gz');
    const collected = await edge.run(['shift', 'evidence', '--out', out]);
    expect([collected.code, collected.stderr.includes('error')]).toEqual([0, false]);
    const names = execFileSync('tar', ['-tzf', out], { encoding: 'utf8' }).trim().split('\n');
    expect(names).toEqual(expect.arrayContaining(['journal.ndjson', 'settings.json', 'alarms.json', 'SHA256SUMS']));
    execFileSync('tar', ['-xzf', out, '-C', folder]);
    execFileSync('sha256sum', ['-c', 'SHA256SUMS'], { cwd: folder });
    const lines = (await readFile(join(folder, 'journal.ndjson'), 'utf8')).trim().split('\n');
    expect((JSON.parse(lines.at(-1)!) as { type: string }).type).toBe('done');
    const again = await edge.run(['shift', 'evidence', '--out', out]);
    expect([again.code, again.stderr.includes('EVIDENCE_EXISTS')]).toEqual([64, true]);
  }, 180_000);
});
