import { spawn, type ChildProcess } from 'node:child_process';
import { mkdtemp, rename, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { AccessLogMinutes } from '../../../lib/metrics/access-log-minutes';
import type { MinuteReading, SlotMinute } from '../../../lib/traffic/minutes';
import type { Slot } from '../../../lib/traffic/weights';
import { eventually, sleep } from '../local-aws/helpers';

jest.setTimeout(60_000);

const did = { blue: 0, green: 0 };
const upstream = createServer((incoming, response) => {
  const slot = incoming.headers['x-slot'] as Slot;
  did[slot] += 1;
  const status = Number(/^\/(\d{3})/.exec(incoming.url ?? '')?.[1] ?? 200);
  setTimeout(() => response.writeHead(status).end(), incoming.url === '/slow' ? 700 : 0);
});

let folder: string;
let nginx: ChildProcess;
let port: number;
let logs: AccessLogMinutes;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'nginx-log-'));
  await new Promise<void>((done) => upstream.listen(0, '127.0.0.1', done));
  const behind = (upstream.address() as AddressInfo).port;
  const free = createServer();
  await new Promise<void>((done) => free.listen(0, '127.0.0.1', done));
  port = (free.address() as AddressInfo).port;
  await new Promise((done) => free.close(done));
  // The log_format of docs/metrics.md.
  await writeFile(
    join(folder, 'nginx.conf'),
    `daemon off; worker_processes 1; pid ${folder}/nginx.pid; error_log ${folder}/error.log;
     events {}
     http {
       log_format by_slot '$remote_addr - $remote_user [$time_local] "$request" $status $body_bytes_sent '
                          '"$http_referer" "$http_user_agent" slot=$kong_slot request_time=$request_time';
       access_log ${folder}/access.log by_slot;
       client_body_temp_path ${folder}/body; proxy_temp_path ${folder}/proxy; fastcgi_temp_path ${folder}/f;
       uwsgi_temp_path ${folder}/u; scgi_temp_path ${folder}/s;
       split_clients $request_id $kong_slot { 30% green; * blue; }
       server {
         listen 127.0.0.1:${port};
         location / { proxy_set_header X-Slot $kong_slot; proxy_pass http://127.0.0.1:${behind}; }
       }
     }`,
  );
  nginx = spawn('nginx', ['-p', folder, '-c', join(folder, 'nginx.conf'), '-e', join(folder, 'error.log')], {
    stdio: 'ignore',
  });
  await eventually('nginx answers', 10, async () => ((await ask('/').catch(() => 0)) === 200 ? true : undefined));
  logs = new AccessLogMinutes({
    files: { blue: [join(folder, 'access.log')], green: [join(folder, 'access.log')] },
    targetGroupArns: { blue: 'arn:blue', green: 'arn:green' },
    periodSeconds: 1,
    slowSeconds: 0.5,
    now: Date.now,
  });
});
afterAll(async () => {
  await logs.close();
  nginx.kill('SIGTERM');
  await new Promise((done) => nginx.once('exit', done));
  upstream.closeAllConnections();
  upstream.close();
  await rm(folder, { recursive: true });
});

const ask = async (path: string): Promise<number> => {
  const answer = await fetch(`http://127.0.0.1:${port}${path}`, { headers: { 'user-agent': 'a "quoted" agent' } });
  await answer.arrayBuffer();
  return answer.status;
};
function total({ minutes }: MinuteReading, slot: Slot): SlotMinute {
  return minutes
    .flatMap(({ slots }) => slots[slot] ?? [])
    .reduce((sum, each) => ({
      requests: sum.requests + each.requests,
      errors: sum.errors + each.errors,
      slow: (sum.slow ?? 0) + (each.slow ?? 0),
      refusals: {
        401: sum.refusals![401] + each.refusals![401],
        403: sum.refusals![403] + each.refusals![403],
        429: sum.refusals![429] + each.refusals![429],
      },
    }));
}
const read = async (from: Date): Promise<MinuteReading> => {
  await sleep(3200);
  return logs.source(from, new Date());
};

test('what a real nginx logs of both slots is counted, through a rotation', async () => {
  const from = new Date(Math.ceil(Date.now() / 1000) * 1000);
  await sleep(1100);
  did.blue = did.green = 0;
  const paths = ['/', '/500', '/401', '/429', '/slow', '/', '/403', '/', '/', '/'];
  const batches = async (count: number): Promise<void> => {
    for (let batch = 0; batch < count; batch += 1) await Promise.all(paths.map(ask));
  };
  await batches(10);
  await logs.source(from, new Date());
  await batches(5);
  await rename(join(folder, 'access.log'), join(folder, 'access.log.1'));
  nginx.kill('SIGUSR1'); // reopens its files
  await eventually('the new file', 5, async () => ((await ask('/')) === 200 ? true : undefined));
  await batches(5);

  const reading = await read(from);
  const [blue, green] = [total(reading, 'blue'), total(reading, 'green')];
  expect(blue.requests).toBe(did.blue);
  expect(green.requests).toBe(did.green);
  const sum = (of: (slot: SlotMinute) => number | undefined): number => (of(blue) ?? NaN) + (of(green) ?? NaN);
  expect([
    sum((s) => s.errors),
    sum((s) => s.slow),
    ...(['401', '403', '429'] as const).map((code) => sum((s) => s.refusals?.[code])),
  ]).toEqual([20, 20, 20, 20, 20]);
  expect(reading.notes).toBeUndefined();
});
