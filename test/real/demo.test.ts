import { spawn, spawnSync } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const MAIN = join(__dirname, '..', '..', 'dist', 'local', 'demo', 'main.js');
const leftFolders = () => readdirSync(tmpdir()).filter((name) => name.startsWith('kong-dual-cluster-'));
/** Processes of a world carry its folder or a program of local/ in their command line. */
const worldProcesses = () =>
  spawnSync('ps', ['-eo', 'pid,args'], { encoding: 'utf8' })
    .stdout.split('\n')
    .filter((line) => /kong-dual-cluster-(world|demo)-|local\/aws\/|load-balancer\/main|local\/kong\/main/.test(line));
/** What a demo must not leave behind: anything that was not there before it. */
const leftovers = () => {
  const [folders, processes] = [new Set(leftFolders()), new Set(worldProcesses())];
  return () => [
    ...leftFolders().filter((name) => !folders.has(name)),
    ...worldProcesses().filter((line) => !processes.has(line)),
  ];
};

interface Result {
  holds: boolean;
  failure?: string;
  steps: { name: string; seconds: number }[];
  rows: { atSnapshot: Record<string, number>; green: Record<string, number> };
  comparison: { compared: number; alike: number };
  requests: { sent: number; failed: number };
  ejected?: { alike: boolean };
}

const demo = (args: string[]) =>
  spawnSync(process.execPath, [MAIN, ...args, '--output', 'json'], { encoding: 'utf8', timeout: 400_000 });

describe('the demo, with the real cdk command on the local AWS', () => {
  test.each([
    ['the main road', []],
    ['the adoption of what somebody else made', ['--adopt']],
  ])(
    '%s: holds, and leaves no process and no folder behind',
    (_name, args) => {
      const left = leftovers();
      const { status, stdout, stderr } = demo(args);
      if (status !== 0) throw new Error(`exit code ${status}\n${stdout}\n${stderr}`);
      const result = JSON.parse(stdout) as Result;
      expect(result.holds).toBe(true);
      expect(result.rows.green).toEqual(result.rows.atSnapshot);
      expect(Object.values(result.rows.green).reduce((a, b) => a + b, 0)).toBeGreaterThan(50);
      expect(result.comparison.compared).toBeGreaterThan(50);
      expect(result.comparison.alike).toBe(result.comparison.compared);
      expect(result.requests.sent).toBeGreaterThan(100);
      expect(result.requests.failed).toBe(0);
      expect(left()).toEqual([]);
    },
    420_000,
  );

  test.each([2, 12, 25])(
    'interrupted by Ctrl-C after %i s: exit code 130, nothing left running',
    async (seconds) => {
      const left = leftovers();
      const child = spawn(process.execPath, [MAIN], { stdio: 'ignore', detached: true });
      const exited = new Promise<number | null>((resolve) => child.on('exit', (code) => resolve(code)));
      await new Promise((resolve) => setTimeout(resolve, seconds * 1000));
      process.kill(-(child.pid ?? 0), 'SIGINT');
      expect(await exited).toBe(130);
      expect(left()).toEqual([]);
    },
    120_000,
  );
});
