import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { EdgeWithNodes } from './edge-with-nodes';

const HOOK = join(__dirname, 'crash-hook.cjs');

/** What became of a run that was killed at one point. */
interface Row {
  readonly point: string;
  readonly left: string;
  readonly command: string;
  readonly exit: number | null;
  readonly seconds: number;
  readonly then: string;
}

/**
 * The command as a process that dies by SIGKILL at every point of its journal and at both ends of every write of a rule
 * (crash-hook.cjs). At every other point one `shift abort` follows, at the points between one `shift resume`.
 */
describe('given a shift that is killed with SIGKILL', () => {
  let edge: EdgeWithNodes;
  let folder: string;
  const rows: Row[] = [];
  const BLUE = { blue: 100, green: 0 };
  const START = ['shift', 'start', '--to', 'green', '--shares', '30,100'];

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'kong-dual-cluster-crash-'));
    edge = await EdgeWithNodes.start();
    await edge.edit({
      bake: '1s',
      soak: '1s',
      deadMan: 'off',
      // Of the gates only the alarms: what is looked at here is the journal and the rules.
      gates: { errors: 'off', slow: 'off', refusals: 'off', sampleRatio: 'off' },
    });
    edge.startLoad(2, 40);
  }, 300_000);
  afterAll(async () => {
    await edge?.stop();
    await rm(folder, { recursive: true, force: true });
    process.stdout.write(`${table(rows)}\n`);
  }, 60_000);

  /** Runs `shift start`, killed at a point; 0: at none. @returns the points that it passed */
  const start = async (at: number) => {
    const log = join(folder, `points-${at}`);
    const env = { NODE_OPTIONS: `--require ${HOOK}`, CRASH_AT: String(at), CRASH_LOG: log };
    const { code, stderr } = await edge.run(START, { env });
    const points = (await readFile(log, 'utf8').catch(() => '')).split('\n').filter(Boolean);
    return { code, stderr, points };
  };

  test('when it dies at any point, then one abort restores blue, or one resume goes through to the end; no request fails', async () => {
    const whole = await start(0);
    expect([whole.code, whole.stderr]).toEqual([0, expect.stringContaining('stage 2 of 2')]);
    await edge.run(['shift', 'abort', '--force']);
    expect(await edge.weights()).toEqual(BLUE);
    // Eight lines or more with three points each, three writes of rules with two.
    expect(whole.points.length).toBeGreaterThanOrEqual(8 * 3 + 3 * 2);

    // A slow machine has a look more written down in one run than in another: up to the point that no run reaches.
    for (let at = 1; ; at += 1) {
      const killed = await start(at);
      const point = killed.points.at(-1) ?? '';
      if (killed.code === 0 && killed.points.length < at) {
        expect(at).toBeGreaterThan(8 * 3 + 3 * 2);
        await edge.run(['shift', 'abort', '--force']);
        break;
      }
      expect({ at, code: killed.code, passed: killed.points.length }).toEqual({ at, code: null, passed: at });
      const left = shown(await edge.weights());
      const resumes = at % 2 === 0;
      const { code, milliseconds, stdout, stderr } = await edge.run(['shift', resumes ? 'resume' : 'abort']);
      const then = await edge.weights();
      rows.push({
        point: `${at} ${point}`,
        left,
        command: resumes ? 'resume' : 'abort',
        exit: code,
        seconds: milliseconds / 1000,
        then: shown(then),
      });
      const told = `${stdout}${stderr}`;
      if (!resumes) {
        // After its last line the run is done, and abort says so.
        const isDone = point === 'after line "done"' && code === 8;
        expect({ at, point, code, then, told }).toEqual({
          at,
          point,
          code: isDone ? 8 : 0,
          then: isDone ? then : BLUE,
          told,
        });
      } else if (code !== 0) {
        // Nothing was begun, or the first line was not whole: there is nothing to go on with, and nothing was written.
        const nothingBegun = /line "started"/.test(point) && left === shown(BLUE);
        const over = point === 'after line "done"';
        expect({ at, point, told, nothing: nothingBegun || over }).toEqual({ at, point, told, nothing: true });
      } else expect({ at, point, then, told }).toEqual({ at, point, then: { blue: 0, green: 100 }, told });
      if (shown(await edge.weights()) !== shown(BLUE)) await edge.run(['shift', 'abort', '--force']);
      expect({ at, point, weights: await edge.weights() }).toEqual({ at, point, weights: BLUE });
    }
    expect(edge.load.failed).toEqual([]);
  }, 600_000);
});

const shown = (weights: { readonly blue: number; readonly green: number } | undefined): string =>
  weights ? `${weights.blue}/${weights.green}` : 'none';

function table(rows: readonly Row[]): string {
  const lines = [
    ['killed at', 'blue/green', 'then', 'exit', 'seconds', 'blue/green'],
    ...rows.map(({ point, left, command, exit, seconds, then }) => [
      point,
      left,
      command,
      String(exit),
      seconds.toFixed(1),
      then,
    ]),
  ];
  const widths = lines[0]!.map((_, column) => Math.max(...lines.map((line) => line[column]!.length)));
  return lines
    .map((line) =>
      line
        .map((cell, column) => cell.padEnd(widths[column]!))
        .join('  ')
        .trimEnd(),
    )
    .join('\n');
}
