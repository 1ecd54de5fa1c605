import { appendFile, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { AccessLogMinutes } from '../../../lib/metrics/access-log-minutes';

const groups = { blue: 'arn:blue', green: 'arn:green' };
const START = Date.parse('2026-11-21T20:00:00Z');
const at = (seconds: number): Date => new Date(START + seconds * 1000);
const time = (seconds: number): string => `21/Nov/2026:20:${at(seconds).toISOString().slice(14, 19)} +0000`;
const line = (seconds: number, status: number, rest = ''): string =>
  `1.2.3.4 - - [${time(seconds)}] "GET /?apikey=secret HTTP/1.1" ${status} 1 "-" "x"${rest}\n`;
const alb = (seconds: number, slot: 'blue' | 'green', status: number, took = 0.1): string =>
  `http ${at(seconds).toISOString()} app/kong/1 1.2.3.4:1 10.0.0.1:80 0.0 ${took} 0.0 ${status} ${status} 1 1 "GET http://a:80/ HTTP/1.1" "x" - - ${groups[slot]} "Root=1" "-"\n`;

let folder: string;
let now = 0;
const opened: AccessLogMinutes[] = [];
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'logs-'));
});
afterEach(async () => {
  for (const logs of opened.splice(0)) await logs.close();
  await rm(folder, { recursive: true });
});
const file = (name: string): string => join(folder, name);
function open(blue: string[], green: string[]) {
  const logs = new AccessLogMinutes({
    files: { blue: blue.map(file), green: green.map(file) },
    targetGroupArns: groups,
    periodSeconds: 60,
    slowSeconds: 1,
    now: () => at(now).getTime(),
  });
  opened.push(logs);
  return async (seconds: number) => {
    now = seconds;
    return logs.source(at(0), at(seconds));
  };
}

test('requests, errors and refusals of each minute, from all files of a slot', async () => {
  await writeFile(file('b1'), line(1, 200) + line(2, 500) + line(61, 200));
  await writeFile(file('b2'), line(3, 401) + line(59, 429));
  await writeFile(file('g'), line(4, 403));
  const look = open(['b1', 'b2'], ['g']);
  expect((await look(130)).minutes).toEqual([
    {
      at: '2026-11-21T20:00:00.000Z',
      settled: true,
      slots: {
        blue: { requests: 4, errors: 1, refusals: { 401: 1, 403: 0, 429: 1 } },
        green: { requests: 1, errors: 0, refusals: { 401: 0, 403: 1, 429: 0 } },
      },
    },
    {
      at: '2026-11-21T20:01:00.000Z',
      settled: true,
      slots: { blue: { requests: 1, errors: 0, refusals: { 401: 0, 403: 0, 429: 0 } } },
    },
  ]);
});

test('what is written later is added, and a minute settles two seconds after its end', async () => {
  await writeFile(file('b'), line(1, 200));
  await writeFile(file('g'), line(1, 200));
  const look = open(['b'], ['g']);
  expect((await look(61)).minutes[0]).toMatchObject({ settled: false, slots: { blue: { requests: 1 } } });
  await appendFile(file('b'), line(59, 502));
  expect((await look(62)).minutes[0]).toMatchObject({ settled: true, slots: { blue: { requests: 2, errors: 1 } } });
});

test('slow requests where every line of the minute has its time', async () => {
  await writeFile(file('b'), line(1, 200, ' request_time=1.001') + line(2, 200, ' request_time=1.000'));
  await writeFile(file('g'), line(1, 200, ' request_time=5') + line(2, 200));
  const { minutes } = await open(['b'], ['g'])(70);
  expect(minutes[0]?.slots.blue?.slow).toBe(1);
  expect(minutes[0]?.slots.green).not.toHaveProperty('slow');
});

test("one file of a load balancer is both slots', and settles ten minutes later", async () => {
  await writeFile(file('alb'), alb(1, 'blue', 200) + alb(2, 'green', 502, -1) + alb(3, 'blue', 200, 2));
  const look = open(['alb'], ['alb']);
  expect((await look(100)).minutes).toMatchObject([
    {
      settled: false,
      slots: { blue: { requests: 2, errors: 0, slow: 1 }, green: { requests: 1, errors: 1, slow: 0 } },
    },
  ]);
  expect((await look(659)).minutes[0]?.settled).toBe(false);
  expect((await look(660)).minutes[0]?.settled).toBe(true);
});

test('one file of an nginx in front is both slots’, told apart by slot=', async () => {
  await writeFile(file('n'), line(1, 200, ' slot=blue') + line(2, 502, ' slot=green') + line(3, 200, ' slot=-'));
  expect((await open(['n'], ['n'])(70)).minutes[0]?.slots).toMatchObject({
    blue: { requests: 1, errors: 0 },
    green: { requests: 1, errors: 1 },
  });
});

test('a file that cannot be read takes its slot from the minutes, and is named', async () => {
  await writeFile(file('b1'), line(1, 200));
  await writeFile(file('g'), line(1, 200));
  const { minutes, notes } = await open(['b1', 'b2'], ['g'])(70);
  expect(minutes.map(({ slots }) => Object.keys(slots))).toEqual([['green']]);
  expect(minutes[0]?.settled).toBe(false);
  expect(notes).toEqual([`blue: ${file('b2')} cannot be read (ENOENT)`]);
});

test('lines of no known format are counted and said, and never shown', async () => {
  await writeFile(file('b'), line(1, 200) + 'POST /token?secret=1\n' + '{"a":1}\n');
  await writeFile(file('g'), '');
  const reading = await open(['b'], ['g'])(70);
  expect(reading.minutes[0]?.slots.blue?.requests).toBe(1);
  expect(reading.notes).toEqual([`${file('b')}: 2 of 3 lines are of no known format and were not counted`]);
  expect(JSON.stringify(reading)).not.toContain('secret');
});

test('logs that nothing is added to are stale', async () => {
  await writeFile(file('b'), line(1, 200));
  await writeFile(file('g'), line(1, 200));
  const look = open(['b'], ['g']);
  expect((await look(120)).staleSeconds).toBeUndefined();
  expect((await look(180)).staleSeconds).toBe(120);
});
