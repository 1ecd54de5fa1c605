import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { logLine } from '../../../lib/metrics/access-log-line';

const groups = {
  blue: 'arn:aws:elasticloadbalancing:us-east-2:123456789012:targetgroup/blue/73e2d6bc24d8a067',
  green: 'arn:aws:elasticloadbalancing:us-east-2:123456789012:targetgroup/green/73e2d6bc24d8a068',
};
const recorded = (version: string) =>
  readFileSync(join(__dirname, '..', '..', 'recorded', 'metrics', `access-${version}.log`), 'utf8')
    .split('\n')
    .filter((line) => line !== '');

describe("lines of Kong's access log", () => {
  test.each(['2.8.5', '3.4.2'])('all of Kong %s are read', (version) => {
    const lines = recorded(version).map((line) => logLine(line, groups));
    expect(lines.length).toBeGreaterThan(5);
    expect(lines.every((line) => typeof line === 'object' && line.format === 'nginx')).toBe(true);
    expect(lines.map((line) => typeof line === 'object' && line.status)).toEqual(
      expect.arrayContaining([200, 401, 404, 500, 502]),
    );
  });
  test('time is told in UTC, and the format has no latency and no slot', () => {
    expect(logLine('1.2.3.4 - alice [21/Nov/2026:10:14:15 +0130] "GET / HTTP/1.1" 200 1 "-" "x"', groups)).toEqual({
      at: Date.parse('2026-11-21T08:44:15Z') / 1000,
      status: 200,
      format: 'nginx',
    });
  });
  test('what follows the user agent does no harm, as the id of the request that later versions write', () => {
    const line = '1.2.3.4 - - [21/Nov/2026:10:14:15 +0000] "GET / HTTP/1.1" 503 1 "-" "x" kong_request_id: "4a1b"';
    expect(logLine(line, groups)).toMatchObject({ status: 503 });
  });
  test('a user name, a path and an agent may hold anything but a quote', () => {
    const line = '::1 - a [b] c [21/Nov/2026:10:14:15 +0000] "GET /[x] HTTP/1.1" 400 0 "-" "a \\x22 [y] 200"';
    expect(logLine(line, groups)).toMatchObject({ status: 400 });
  });
});

describe('lines of an nginx in front of both slots', () => {
  const line = (rest: string) => `1.2.3.4 - - [21/Nov/2026:10:14:15 +0000] "GET / HTTP/1.1" 502 1 "-" "x" ${rest}`;
  test('say their slot and their time', () => {
    expect(logLine(line('slot=green request_time=1.250'), groups)).toMatchObject({
      slot: 'green',
      seconds: 1.25,
      status: 502,
    });
    expect(logLine(line('request_time=0.000 slot=blue'), groups)).toMatchObject({ slot: 'blue', seconds: 0 });
  });
  test('of another upstream are of no slot', () => {
    expect(logLine(line('slot=purple'), groups)).toBe('other');
    expect(logLine(line('slot=-'), groups)).toBe('other');
  });
});

describe('lines of an Application Load Balancer', () => {
  const line = (target: string, times: string, statuses: string, group: string) =>
    `https 2026-11-21T20:00:01.186641Z app/kong/50dc6c495c0c9188 192.168.131.39:2817 ${target} ${times} ${statuses} 0 57 ` +
    `"GET https://www.example.com:443/a?b=\\"c HTTP/1.1" "curl/7.46.0" ECDHE-RSA-AES128-GCM-SHA256 TLSv1.2 ${group} ` +
    `"Root=1-58337281-1d84f3d73c47ec4e58577259" "www.example.com" "-" 1 2026-11-21T20:00:00.135000Z "forward" "-" "-" "10.0.0.1:80" "200" "-" "-"`;

  test('are of the slot whose target group they name', () => {
    expect(logLine(line('10.0.0.1:80', '0.086 1.048 0.037', '200 200', groups.green), groups)).toEqual({
      at: Date.parse('2026-11-21T20:00:01.186Z') / 1000,
      status: 200,
      seconds: 1.048,
      slot: 'green',
      format: 'alb',
    });
  });
  test('without an answer of the target are errors and not slow', () => {
    expect(logLine(line('10.0.0.1:80', '0.001 -1 -1', '504 -', groups.blue), groups)).toMatchObject({
      status: 504,
      seconds: -1,
    });
  });
  test('of a target group without any target are its errors too', () => {
    expect(logLine(line('-', '-1 -1 -1', '503 -', groups.green), groups)).toMatchObject({ slot: 'green', status: 503 });
  });
  test('of a request that no target got are of no slot, nor are those of other groups', () => {
    expect(logLine(line('-', '-1 -1 -1', '403 -', groups.green), groups)).toBe('other');
    expect(logLine(line('10.0.0.9:80', '0.1 0.1 0.1', '200 200', `${groups.blue}0`), groups)).toBe('other');
    expect(logLine(line('-', '-1 -1 -1', '301 -', '-'), groups)).toBe('other');
  });
});

test.each([
  '',
  'hello',
  '{"status":200}',
  '2026-11-21 200',
  '1.2.3.4 - - [21/Foo/2026:10:14:15 +0000] "GET / HTTP/1.1" 200 1 "-" "x"',
])('a line of another format is unknown: %s', (line) => {
  expect(logLine(line, groups)).toBe('unknown');
});
