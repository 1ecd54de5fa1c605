import { spawn, spawnSync } from 'node:child_process';
import { chmodSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const MAIN = join(__dirname, '..', '..', 'dist', 'local', 'demo', 'main.js');
/**
 * What a demo that was given `folder` as its temporary one has left: files in it, and processes that name it in their
 * command line or environment. Other worlds may run beside it.
 */
function leftIn(folder: string): string[] {
  const processes = readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .flatMap((pid) => {
      try {
        const command = readFileSync(`/proc/${pid}/cmdline`, 'utf8').replaceAll('\0', ' ');
        const environment = readFileSync(`/proc/${pid}/environ`, 'utf8');
        return `${command}${environment}`.includes(folder) ? [`${pid} ${command}`] : [];
      } catch {
        return []; // it has just ended, or is not ours
      }
    });
  return [...readdirSync(folder).filter((name) => name !== 'demo-report.html'), ...processes];
}

interface Round {
  from: string;
  to: string;
  version: string;
  rows: { atSnapshot: Record<string, number>; green: Record<string, number> };
  comparison: { compared: number; alike: number };
  stages: {
    shift: number;
    slot: string;
    shareSet: number;
    shareSeen: number | null;
    requests: number;
    outcome: string;
  }[];
  rolledBack: boolean;
  rollback?: { seconds: number; secondsOfCommand: number; shareBefore: number };
  teardown: { slot: string; finalSnapshot: string };
  versions: { slot: string; settings: string; reported: string }[];
}
interface Result extends Round {
  holds: boolean;
  failure?: string;
  seconds: number;
  steps: { name: string; seconds: number }[];
  requests: { sent: number; failed: number };
  ejected?: { alike: boolean };
  rounds: Round[];
  report?: string;
}

const demo = (args: string[], cwd: string) =>
  spawnSync(process.execPath, [MAIN, ...args, '--output', 'json'], {
    encoding: 'utf8',
    timeout: 400_000,
    cwd,
    env: { ...process.env, INIT_CWD: cwd, TMPDIR: cwd },
  });
const sum = (counts: Record<string, number>) => Object.values(counts).reduce((a, b) => a + b, 0);

describe('the demo, with the real cdk command on the local AWS', () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'demo-test-'));
    chmodSync(folder, 0o711); // PostgreSQL may run as another user, who has to pass
  });
  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  /** Runs it to its end; it must hold and leave nothing behind but its report. */
  function held(args: string[]): Result {
    const { status, stdout, stderr } = demo(args, folder);
    if (status !== 0) throw new Error(`exit code ${status}\n${stdout}\n${stderr}`);
    expect(leftIn(folder)).toEqual([]);
    const result = JSON.parse(stdout) as Result;
    expect(result.holds).toBe(true);
    expect(result.requests.failed).toBe(0);
    return result;
  }

  function sameRowsAndAnswers({ rows, comparison }: Pick<Round, 'rows' | 'comparison'>): void {
    expect(rows.green).toEqual(rows.atSnapshot);
    expect(sum(rows.green)).toBeGreaterThan(50);
    expect(comparison.compared).toBeGreaterThan(50);
    expect(comparison.alike).toBe(comparison.compared);
  }

  test('the main road: two upgrades, a rollback between, no failed request, and a report', () => {
    const result = held([]);
    const [one, two] = result.rounds;
    if (one === undefined || two === undefined) throw new Error('two rounds were expected');
    expect(result.requests.sent).toBeGreaterThanOrEqual(20_000);
    expect([one.from, one.to, two.from, two.to]).toEqual(['blue', 'green', 'green', 'blue']);
    for (const round of [result, one, two]) sameRowsAndAnswers(round);
    // The write after the first freeze is in the second round's snapshot; those during the freezes are nowhere.
    expect(sum(two.rows.green)).toBe(sum(one.rows.green) + 1);

    const sharesOf = ({ stages }: Round, shift: number) =>
      stages.filter((stage) => stage.shift === shift).map(({ shareSet, outcome }) => [shareSet, outcome]);
    const through = [0.05, 0.25, 0.5, 1].map((share) => [share, 'passed']);
    expect(sharesOf(result, 1)).toEqual([...through.slice(0, 2), [0.5, 'rolled back']]);
    expect(sharesOf(result, 2)).toEqual(through);
    expect(sharesOf(two, 1)).toEqual(through);
    for (const { outcome, requests, shareSet, shareSeen } of [...one.stages, ...two.stages]) {
      if (outcome !== 'passed') continue;
      expect(requests).toBeGreaterThan(100);
      if (shareSet === 1) expect(shareSeen).toBe(1);
    }

    expect(result.rolledBack).toBe(true);
    expect(result.rollback?.shareBefore).toBe(0.5);
    expect(result.rollback?.seconds).toBeLessThan(5);
    expect(two.rolledBack).toBe(false);
    expect(result.teardown).toEqual(one.teardown);
    expect([one.teardown.slot, two.teardown.slot]).toEqual(['blue', 'green']);
    for (const { teardown } of [one, two]) expect(teardown.finalSnapshot).toMatch(/^kong-/);
    expect(two.versions.map(({ settings }) => settings)).toEqual(['3.4.1', '3.4.2']);
    expect(one.versions.map(({ reported }) => reported.slice(0, 3))).toEqual(['2.8', '3.4']);

    expect(result.report).toBe(join(folder, 'demo-report.html'));
    expect(readFileSync(join(folder, 'demo-report.html'), 'utf8')).toContain(' requests failed</h1>');
  }, 420_000);

  test('the adoption of what somebody else made: green compared, everything given back', () => {
    const result = held(['--adopt']);
    sameRowsAndAnswers(result);
    expect(result.requests.sent).toBeGreaterThan(100);
    expect(result.ejected?.alike).toBe(true);
  }, 420_000);

  /** Resolves with the exit code of a demo that got a Ctrl-C as soon as `now` said so. */
  async function interrupted(now: (said: () => string) => Promise<void>): Promise<number | null> {
    const child = spawn(process.execPath, [MAIN], {
      stdio: ['ignore', 'ignore', 'pipe'],
      detached: true,
      cwd: folder,
      env: { ...process.env, INIT_CWD: folder, TMPDIR: folder },
    });
    let said = '';
    child.stderr.on('data', (chunk: Buffer) => (said += chunk.toString()));
    const exited = new Promise<number | null>((resolve) => child.on('exit', (code) => resolve(code)));
    await now(() => said);
    process.kill(-(child.pid ?? 0), 'SIGINT');
    return exited;
  }
  const seconds = (count: number) => new Promise<void>((resolve) => setTimeout(resolve, count * 1000));

  test.each([2, 12])(
    'interrupted by Ctrl-C after %i s: exit code 130, nothing left running',
    async (after) => {
      expect(await interrupted(() => seconds(after))).toBe(130);
      expect(leftIn(folder)).toEqual([]);
    },
    120_000,
  );

  test('interrupted by Ctrl-C while a shift is under way: exit code 130, nothing left running', async () => {
    const code = await interrupted(async (said) => {
      while (!said().includes('shift to green, breached')) await seconds(0.2);
      await seconds(6);
    });
    expect(code).toBe(130);
    expect(leftIn(folder)).toEqual([]);
  }, 300_000);
});
