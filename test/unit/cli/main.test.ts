import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { cpSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { createServer, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { buildSync } from 'esbuild';
import { ERROR_CODES, errorPage } from '../../../lib/error-codes';

const ROOT = join(__dirname, '..', '..', '..');
const COMMANDS = [
  'adopt',
  'eject',
  'freeze',
  'unfreeze',
  'snapshot',
  'plan',
  'check',
  'shift',
  'migrate',
  'teardown',
  'doctor',
  'report',
  'explain',
];
const SHIFT = ['start', 'status', 'pause', 'resume', 'abort', 'set', 'evidence'].map((verb) => `shift ${verb}`);
const CHECK = ['kong-conf', 'declarative', 'plugins'].map((what) => `check ${what}`);
let folder: string;

/** The command as users run it: a process of its own, here from sources bundled for the test. */
function run(args: readonly string[], env: NodeJS.ProcessEnv = {}) {
  const result = spawnSync(process.execPath, [join(folder, 'bin', 'kong-dual-cluster.cjs'), ...args], {
    cwd: folder,
    encoding: 'utf8',
    env: { PATH: process.env.PATH, HOME: folder, AWS_EC2_METADATA_DISABLED: 'true', ...env },
    timeout: 30_000,
  });
  return { code: result.status, stdout: result.stdout, stderr: result.stderr };
}
const NO_ONE_LISTENS = {
  AWS_ENDPOINT_URL: 'http://127.0.0.1:9',
  AWS_ACCESS_KEY_ID: 'test',
  AWS_SECRET_ACCESS_KEY: 'test',
  AWS_REGION: 'eu-central-1',
  AWS_MAX_ATTEMPTS: '1',
};
const ADOPT = ['adopt', '--load-balancer', 'public', '--target-group', 'kong'];

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'kong-dual-cluster-cli-'));
  symlinkSync(join(ROOT, 'node_modules'), join(folder, 'node_modules'));
  symlinkSync(join(ROOT, 'package.json'), join(folder, 'package.json'));
  buildSync({
    entryPoints: [join(ROOT, 'bin', 'kong-dual-cluster.ts')],
    outfile: join(folder, 'bin', 'kong-dual-cluster.cjs'),
    bundle: true,
    platform: 'node',
    format: 'cjs',
    packages: 'external',
  });
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

describe('help', () => {
  test('names every command', () => {
    const { code, stdout } = run(['--help']);
    expect(code).toBe(0);
    for (const command of COMMANDS) expect(stdout).toMatch(new RegExp(`^  ${command} `, 'm'));
  });

  test.each([...COMMANDS, ...SHIFT, ...CHECK])('%s has an example', (command) => {
    const { code, stdout } = run([...command.split(' '), '--help']);
    expect(code).toBe(0);
    expect(stdout).toMatch(new RegExp(`Example:\\n  \\$ kong-dual-cluster ${command}`));
  });

  test('the command itself has an example', () => {
    expect(run(['--help']).stdout).toMatch(/Example:\n {2}\$ kong-dual-cluster /);
  });

  test.each([...COMMANDS, ...SHIFT, ...CHECK])('%s names the options that every command takes', (command) => {
    const { stdout } = run([...command.split(' '), '--help']);
    for (const option of ['--settings <file>', '--output <format>', '--region <region>']) {
      expect(stdout).toContain(option);
    }
  });

  test.each([...COMMANDS, ...SHIFT, ...CHECK])('%s fits into 80 columns, but for the example', (command) => {
    const [options = ''] = run([...command.split(' '), '--help']).stdout.split('Example:');
    expect(options.split('\n').filter((line) => line.length > 80)).toEqual([]);
  });

  test('snapshot says that writes must be stopped', () => {
    expect(run(['snapshot', '--help']).stdout.replace(/\s+/g, ' ')).toContain(
      "Stop the writers of Kong's configuration",
    );
  });

  test('the version is the package’s', () => {
    expect(run(['--version']).stdout).toMatch(/^\d+\.\d+\.\d+\n$/);
  });

  test('loads no AWS SDK', () => {
    const preload = join(folder, 'loaded.cjs');
    writeFileSync(
      preload,
      `process.on('exit', () => process.stderr.write('LOADED ' + Object.keys(require.cache).filter((p) => p.includes('@aws-sdk')).length));`,
    );
    expect(run(['explain', 'UNKNOWN_CODE'], { NODE_OPTIONS: `--require ${preload}` }).stderr).toContain('LOADED 0');
  });
});

describe('usage', () => {
  test.each([
    [['nosuch'], /unknown command 'nosuch'/],
    [['adopt'], /--load-balancer/],
    [['snapshot', '--for', 'red'], /Allowed choices are blue, green/],
    [['freeze', '--for', 'soon'], /\[DURATION_INVALID\]/],
    [[...ADOPT, '--nodes', 'two'], /a whole number/],
    [['snapshot', '--output', 'xml'], /Allowed choices are text, json/],
    [['shift', 'start', '--shares', '50,25,100'], /stage 2 has 25 % after 50 %.*\[PLAN_INVALID\]/s],
    [['plan', '--shares', '5,5,100'], /stage 2 has 5 % after 5 %/],
    [['shift', 'start', '--shares', '5,,100'], /a percentage from 0 to 100/],
    [['shift', 'start', '--shares', '0,100'], /above 0/],
    [['shift', 'start', '--shares', '5,100', '--linear', '10'], /cannot be used with/],
    [['shift', 'start', '--linear', '0'], /\[PLAN_INVALID\]/],
    [['shift', 'start', '--canary', '100'], /\[PLAN_INVALID\]/],
    [['shift', 'start', '--bake', '10'], /a duration such as 90s, 10m or 1h30m/],
    [['shift', 'start', '--min-requests', '-1'], /a whole number/],
    [['shift', 'start', '--to', 'red'], /Allowed choices are blue, green/],
    [['shift', 'set', '--share', '120'], /a percentage from 0 to 100/],
    [['shift', 'set', '--share', '-5'], /a percentage from 0 to 100/],
    [['shift', 'set', '--share', '%'], /a percentage from 0 to 100/],
    [['shift', 'set', '--share', '0x10'], /a percentage from 0 to 100/],
    [['shift', 'set'], /--share/],
    [['shift', 'nosuch'], /unknown command 'nosuch'/],
    [['explain', 'NOSUCH_CODE'], /\[UNKNOWN_CODE\]/],
    [['snapshot', '--output', 'html'], /'html' is for plan, check and report; snapshot takes text, json/],
    [
      ['shift', 'status', '--output', 'markdown'],
      /'markdown' is for plan, check and report; status takes text, json, ndjson/,
    ],
    [['snapshot', '--output', 'ndjson'], /'ndjson' is for shift start, resume and status; snapshot takes text, json/],
    [['plan', '--from', '2.8', '--to', '3.4', '--mode', 'mesh'], /Allowed choices are traditional, hybrid, db-less/],
    [['plan', '--from', '2.8', '--to', '3.4', '--as-of', '2026-02-30'], /a day such as 2026-11-21/],
    [['plan', '--from', '2.8', '--to', 'green'], /--to names a slot and --from a version/],
    [['plan', '--from', '2.8', '--to', '3.4', '--platform', 'ecs', '--helm', 'single'], /--helm is for EKS/],
    [['check', 'kong-conf', 'kong.conf', '--from', '2.8'], /required option '--to <version>'/],
    [['check', 'plugins', '.', '--from', '3.4', '--to', '2.8'], /\[VERSION_NOT_LATER\]/],
    [['check', 'declarative', 'nosuch.yaml', '--from', '2.8', '--to', '3.4'], /\[INPUT_NOT_READABLE\]/],
  ])('%j is a usage error, exit 64, nothing on stdout', (args, message) => {
    const { code, stdout, stderr } = run(args);
    expect([code, stdout]).toEqual([64, '']);
    expect(stderr).toMatch(message);
  });
});

describe('plan with both versions', () => {
  const PLAN = ['plan', '--from', '2.8', '--to', '3.4', '--as-of', '2026-11-21'];

  test('needs no settings, no account and no credentials: exit 0, nothing on stderr', () => {
    const { code, stdout, stderr } = run(PLAN);
    expect([code, stderr]).toEqual([0, '']);
    expect(stdout).toMatch(/^Kong 2\.8 → 3\.4 by dual-cluster\n/);
  });

  test('loads no AWS SDK, no zod and no YAML', () => {
    const preload = join(folder, 'loaded-by-plan.cjs');
    writeFileSync(
      preload,
      `process.on('exit', () => process.stderr.write('LOADED ' + Object.keys(require.cache).filter((p) => /@aws-sdk|node_modules.(zod|yaml|js-yaml)/.test(p)).length));`,
    );
    expect(run(PLAN, { NODE_OPTIONS: `--require ${preload}` }).stderr).toBe('LOADED 0');
  });

  test('is the same bytes twice, in each form', () => {
    for (const form of ['text', 'json', 'markdown', 'html']) {
      const [first, second] = [run([...PLAN, '--output', form]), run([...PLAN, '--output', form])];
      expect(first.code).toBe(0);
      expect(first.stdout).toBe(second.stdout);
    }
  });

  test('has no colours where nobody watches', () => {
    expect(run(PLAN).stdout).not.toContain('\x1b');
  });
});

describe('"Know the upgrade" of the README', () => {
  const readme = readFileSync(join(ROOT, 'README.md'), 'utf8')
    .split('## ')
    .find((part) => part.startsWith('Know'))!;
  const commands = [...readme.matchAll(/^npx kong-dual-cluster (.*)$/gm)].map(([, line]) => line!);
  beforeAll(() => cpSync(join(ROOT, 'examples', 'upgrade'), folder, { recursive: true }));

  test('has commands of both kinds', () => {
    expect(commands.map((line) => line.split(' ')[0])).toEqual(['plan', 'plan', 'check', 'check', 'check']);
  });

  test.each(commands)('%s', (line) => {
    const { code, stdout, stderr } = run(line.replace(/ > .*/, '').split(' '));
    // The examples have something of every kind in them.
    expect([code, /error/.test(stderr)]).toEqual([line.startsWith('plan') ? 0 : 2, false]);
    expect(stdout).toContain('Kong 2.8 → 3.');
    const [, written] = /--write (\S+)/.exec(line) ?? [];
    if (written !== undefined) {
      expect(stdout.replace(/\s+/g, ' ')).toMatch(new RegExp(`mended in ${written}`));
      expect(readFileSync(join(folder, written), 'utf8')).toMatch(/~\/orders|nginx_http_client_max_body_size/);
    }
  });

  test('a file that was written is not written over unasked', () => {
    const again = commands.find((line) => line.startsWith('check declarative'))!.split(' ');
    expect(run(again)).toMatchObject({ code: 64, stdout: '', stderr: expect.stringContaining('[OUT_EXISTS]') });
    expect(run([...again, '--force']).code).toBe(2);
  });

  test('check --output json holds the findings and the figures', () => {
    const { stdout } = run(['check', 'declarative', 'kong.yaml', '--from', '2.8', '--to', '3.4', '--output', 'json']);
    const { from, to, findings, summary } = JSON.parse(stdout);
    expect([from, to, summary.findings]).toEqual(['2.8', '3.4', findings.length]);
    expect(findings[0]).toMatchObject({
      id: expect.any(String),
      result: 'non-compliant',
      severity: expect.any(String),
      entity: expect.any(String),
      file: 'kong.yaml',
      line: expect.any(Number),
      message: expect.any(String),
      fix: { mode: expect.stringMatching(/^(auto|manual)$/), how: expect.any(String) },
    });
  });
});

describe('usage with --output json', () => {
  test.each([
    [['nosuch', '--output', 'json'], "unknown command 'nosuch'"],
    [['--output=json', 'snapshot', '--for', 'red'], 'Allowed choices are blue, green'],
    [['adopt', '--output', 'json'], "required option '--load-balancer <arn|name>' not specified"],
  ])('%j is one line of JSON', (args, problem) => {
    const { code, stdout, stderr } = run(args);
    expect([code, stdout]).toEqual([64, '']);
    expect(JSON.parse(stderr)).toEqual({
      error: {
        code: 'COMMAND_LINE',
        problem: expect.stringContaining(problem),
        remedy: expect.stringContaining('--help'),
        exitCode: 64,
      },
    });
  });
});

describe('explain', () => {
  test('tells what a code means and what to do', () => {
    const { code, stdout } = run(['explain', 'adopt_no_free_priority']);
    expect(code).toBe(0);
    expect(stdout).toContain(ERROR_CODES.ADOPT_NO_FREE_PRIORITY!.means);
    expect(stdout).toContain(ERROR_CODES.ADOPT_NO_FREE_PRIORITY!.mend);
  });

  test('without a code it is the page of the documents', () => {
    expect(run(['explain']).stdout).toBe(errorPage());
  });

  test('--output json is data', () => {
    expect(JSON.parse(run(['explain', 'AWS_ERROR', '--output', 'json']).stdout)).toEqual({
      code: 'AWS_ERROR',
      ...ERROR_CODES.AWS_ERROR,
    });
  });

  test('an unknown code names close ones', () => {
    expect(run(['explain', 'PRIORITY_TAKEN']).stderr).toContain('did you mean ADOPT_NO_FREE_PRIORITY');
  });
});

describe('what goes wrong outside', () => {
  test('AWS does not answer: exit 1, said in words', () => {
    const { code, stderr, stdout } = run(ADOPT, NO_ONE_LISTENS);
    expect([code, stdout]).toEqual([1, '']);
    expect(stderr).toMatch(/error: AWS does not answer, found: 127\.0\.0\.1:9\n.*\[AWS_UNREACHABLE\]/s);
  });

  test('no credentials: exit 4', () => {
    const { code, stderr } = run(ADOPT, { AWS_REGION: 'eu-central-1' });
    expect(code).toBe(4);
    expect(stderr).toContain('[AWS_CREDENTIALS_MISSING]');
  });

  test('no region: exit 64', () => {
    const { code, stderr } = run(ADOPT, { ...NO_ONE_LISTENS, AWS_REGION: undefined });
    expect(code).toBe(64);
    expect(stderr).toContain('[AWS_REGION_MISSING]');
  });

  test('no settings: says where it looked', () => {
    const { code, stderr } = run(['snapshot', '--settings', 'nosuch.yaml']);
    expect(code).not.toBe(0);
    expect(stderr).toMatch(/nosuch\.yaml.*\[SETTINGS_NOT_FOUND\]/s);
  });

  test('the settings are those of KONG_DUAL_CLUSTER_SETTINGS, as for `cdk`; --settings wins', () => {
    const env = { KONG_DUAL_CLUSTER_SETTINGS: 'from-environment.yaml' };
    expect(run(['snapshot'], env).stderr).toContain('from-environment.yaml: ENOENT');
    expect(run(['snapshot', '--settings', 'named.yaml'], env).stderr).toContain('named.yaml: ENOENT');
  });

  test('an endpoint that is no URL: exit 1, named', () => {
    const { code, stderr } = run(ADOPT, { ...NO_ONE_LISTENS, AWS_ENDPOINT_URL: 'localhost' });
    expect(code).toBe(1);
    expect(stderr).toMatch(/found: localhost\n.*AWS_ENDPOINT_URL.*\[AWS_ENDPOINT_INVALID\]/s);
  });

  test('a profile that does not exist is named', () => {
    const { code, stderr } = run(ADOPT, { AWS_REGION: 'eu-central-1', AWS_PROFILE: 'nosuch' });
    expect(code).toBe(4);
    expect(stderr).toMatch(/profile nosuch.*\[AWS_CREDENTIALS_MISSING\]/s);
  });

  test('a secret given in place of its reference is not repeated', () => {
    const { code, stderr } = run([...ADOPT, '--database-password-secret', 'hunter2'], NO_ONE_LISTENS);
    expect(code).toBe(64);
    expect(stderr).not.toContain('hunter2');
  });

  test('with --output json the error is data on stderr', () => {
    const { stderr } = run(['snapshot', '--settings', 'nosuch.yaml', '--output', 'json']);
    expect(JSON.parse(stderr.trim().split('\n').at(-1)!)).toMatchObject({
      error: { code: 'SETTINGS_NOT_FOUND', remedy: expect.any(String) },
    });
  });

  test('progress is one line a step and has no colour when nobody watches', () => {
    const { stderr } = run(ADOPT, NO_ONE_LISTENS);
    expect(stderr.split('\n')[0]).toBe('reading: load balancer, listeners and rules');
    expect(stderr).not.toContain('\x1b');
  });

  test('a reader that has gone (`--help | head`) is no error', async () => {
    const child = spawn(process.execPath, [join(folder, 'bin', 'kong-dual-cluster.cjs'), 'adopt', '--help'], {
      env: { PATH: process.env.PATH },
    });
    child.stdout.destroy();
    let stderr = '';
    child.stderr.on('data', (text: Buffer) => (stderr += text.toString()));
    const [code] = (await once(child, 'close')) as [number];
    expect([code, stderr]).toEqual([0, '']);
  });

  test.each(['SIGINT', 'SIGTERM'] as const)('%s in the middle of a call ends it at once: exit 130', async (signal) => {
    const silent = createServer().listen(0, '127.0.0.1');
    await once(silent, 'listening');
    const child = spawn(process.execPath, [join(folder, 'bin', 'kong-dual-cluster.cjs'), ...ADOPT], {
      cwd: folder,
      env: {
        PATH: process.env.PATH,
        ...NO_ONE_LISTENS,
        AWS_ENDPOINT_URL: `http://127.0.0.1:${(silent.address() as AddressInfo).port}`,
      },
    });
    let stderr = '';
    child.stderr.on('data', (text: Buffer) => (stderr += text.toString()));
    const [socket] = (await once(silent, 'connection')) as [NodeJS.WritableStream & { destroy(): void }];
    child.kill(signal);
    const [code] = (await once(child, 'close')) as [number];
    socket.destroy();
    silent.close();
    expect([code, stderr]).toEqual([130, expect.stringContaining('interrupted: nothing was changed')]);
  });

  test.each(['SIGINT', 'SIGTERM'] as const)('%s ends the wait for a pipe that nobody writes: 130', async (signal) => {
    const pipe = join(folder, `pipe-${signal}`);
    spawnSync('mkfifo', [pipe]);
    const args = ['check', 'declarative', pipe, '--from', '2.8', '--to', '3.4'];
    const child = spawn(process.execPath, [join(folder, 'bin', 'kong-dual-cluster.cjs'), ...args], { cwd: folder });
    let stderr = '';
    child.stderr.on('data', (text: Buffer) => (stderr += text.toString()));
    while (!stderr.includes('reading')) await once(child.stderr, 'data');
    // Time to open it and to wait.
    await new Promise((resolve) => setTimeout(resolve, 200));
    child.kill(signal);
    const [code] = (await once(child, 'close')) as [number];
    expect([code, stderr]).toEqual([130, expect.stringContaining('interrupted: nothing was written')]);
  });
});
