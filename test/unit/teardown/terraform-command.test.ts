import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  realpathSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  destroyEnvironment,
  errorsIn,
  lockIdIn,
  startTerraform,
  terraformProject,
  withoutPlan,
  writeStack,
} from '../../../lib/teardown/terraform-command';

const root = realpathSync(mkdtempSync(join(tmpdir(), 'kdc-terraform-')));
const { TERRAFORM_BINARY_NAME } = process.env;
afterEach(() => {
  if (TERRAFORM_BINARY_NAME === undefined) delete process.env.TERRAFORM_BINARY_NAME;
  else process.env.TERRAFORM_BINARY_NAME = TERRAFORM_BINARY_NAME;
});
afterAll(() => rmSync(root, { recursive: true, force: true }));

const folder = (name: string): string => {
  const path = join(root, name);
  mkdirSync(path, { recursive: true });
  return path;
};
const projectIn = (name: string, cdktf: object): string => {
  const path = folder(name);
  writeFileSync(join(path, 'cdktf.json'), JSON.stringify(cdktf));
  return path;
};

describe('given settings in a folder', () => {
  test('when cdktf.json is in a folder above, then its app, output and context are taken', () => {
    const project = projectIn('project', { app: 'node app.js', output: 'out', context: { a: 1 } });
    folder('project/systems');
    expect(terraformProject(join(project, 'systems', 'dual-cluster.yaml'))).toEqual({
      folder: project,
      app: 'node app.js',
      output: join(project, 'out'),
      context: '{"a":1}',
    });
  });

  test('when it names no output, then that is cdktf.out', () => {
    const project = projectIn('plain', { app: 'node app.js' });
    expect(terraformProject(join(project, 'dual-cluster.yaml'))).toEqual({
      folder: project,
      app: 'node app.js',
      output: join(project, 'cdktf.out'),
    });
  });

  test.each([
    ['there is none', undefined],
    ['it names no app', '{}'],
    ['it is not JSON', '{'],
  ])('when %s, then what is missing is said', (what, text) => {
    const path = folder(`none-${what}`);
    if (text !== undefined) writeFileSync(join(path, 'cdktf.json'), text);
    expect(() => terraformProject(join(path, 'dual-cluster.yaml'))).toThrow(
      expect.objectContaining({ code: 'TERRAFORM_PROJECT_NOT_FOUND', exitCode: 64 }),
    );
  });
});

describe('given an app', () => {
  const environment = destroyEnvironment('dual-cluster.yaml', 'kong-blue', 'eu-central-1');
  const app = (script: string) => `"${process.execPath}" -e '${script}'`;
  const WRITES =
    'const { mkdirSync, writeFileSync } = require("fs"); const to = process.env.CDKTF_OUTDIR + "/stacks/kong-blue"; mkdirSync(to, { recursive: true }); writeFileSync(to + "/cdk.tf.json", JSON.stringify(process.env))';

  test('when it writes the stack, then it was told which one is destroyed, in which settings', async () => {
    const project = {
      folder: folder('writes'),
      app: app(WRITES),
      output: join(root, 'writes', 'out'),
      context: '{"a":1}',
    };
    const stack = await writeStack(project, 'kong-blue', environment, () => undefined);
    expect(stack).toBe(join(root, 'writes', 'out', 'stacks', 'kong-blue'));
    expect(JSON.parse(readFileSync(join(stack, 'cdk.tf.json'), 'utf8'))).toMatchObject({
      KONG_DUAL_CLUSTER_DESTROY: 'kong-blue',
      KONG_DUAL_CLUSTER_SETTINGS: join(process.cwd(), 'dual-cluster.yaml'),
      AWS_REGION: 'eu-central-1',
      CDKTF_CONTEXT_JSON: '{"a":1}',
    });
  });

  test('when it fails, then its last words are told', async () => {
    const project = { folder: folder('fails'), app: app('console.error("refused"); process.exit(8)'), output: root };
    await expect(writeStack(project, 'kong-blue', environment, () => undefined)).rejects.toMatchObject({
      code: 'TERRAFORM_APP_FAILED',
      found: expect.stringMatching(/exit code 8: refused$/),
    });
  });

  test('when it writes other stacks only, then that is no success', async () => {
    const project = { folder: folder('others'), app: app(''), output: join(root, 'others', 'out') };
    await expect(writeStack(project, 'kong-blue', environment, () => undefined)).rejects.toMatchObject({
      code: 'TERRAFORM_APP_FAILED',
      found: expect.stringContaining('no cdk.tf.json'),
    });
  });

  test('when it leaves what an earlier run has written, then that is no success', async () => {
    const stack = folder('stale/out/stacks/kong-blue');
    writeFileSync(join(stack, 'cdk.tf.json'), '{}');
    const project = { folder: folder('stale'), app: app(''), output: join(root, 'stale', 'out') };
    await expect(writeStack(project, 'kong-blue', environment, () => undefined)).rejects.toMatchObject({
      code: 'TERRAFORM_APP_FAILED',
      found: expect.stringContaining('as it was before'),
    });
  });
});

describe('given a Terraform', () => {
  /** A program in its place that is called as Terraform is: `-chdir=FOLDER`, then the command. */
  const program = (name: string, script: string): string => {
    const path = join(folder(name), 'terraform');
    writeFileSync(path, `#!${process.execPath}\n${script}`, { mode: 0o755 });
    process.env.TERRAFORM_BINARY_NAME = path;
    return folder(`${name}/stack`);
  };

  test('when it runs, then every line is handed on in order, with its exit code, and the log stays for its owner', async () => {
    const stack = program(
      'runs',
      'console.log(process.argv.slice(2).join(" ")); console.log(process.env.WORD); process.stdout.write("last"); process.exitCode = 3',
    );
    const lines: string[] = [];
    const { ended, log } = startTerraform(stack, ['destroy'], { WORD: 'ä' }, (line) => lines.push(line));
    expect(await ended).toBe(3);
    expect(lines).toEqual([`-chdir=${stack} destroy`, 'ä', 'last']);
    expect(statSync(log).mode & 0o777).toBe(0o600);
  });

  test('when it is interrupted twice, then it is asked once, and may end what it has begun', async () => {
    const stack = program(
      'waits',
      'let asked = 0; process.on("SIGINT", () => { asked += 1; if (asked === 1) setTimeout(() => { console.log("asked " + asked); process.exit(1); }, 300); }); console.log("begun"); setInterval(() => {}, 1000)',
    );
    const lines: string[] = [];
    const run = startTerraform(stack, ['destroy'], {}, (line) => {
      lines.push(line);
      if (line !== 'begun') return;
      run.interrupt();
      run.interrupt();
    });
    expect(await run.ended).toBe(1);
    expect(lines).toEqual(['begun', 'asked 1']);
  });

  test('when there is none, then what to install is said', async () => {
    process.env.TERRAFORM_BINARY_NAME = join(root, 'no-such-terraform');
    await expect(startTerraform(folder('absent'), ['init'], {}, () => undefined).ended).rejects.toMatchObject({
      code: 'TERRAFORM_NOT_FOUND',
      remedy: expect.stringContaining('TERRAFORM_BINARY_NAME'),
    });
    expect(existsSync(join(root, 'absent'))).toBe(true);
  });
});

test('given a destruction, when it is followed, then what is destroyed and errors are shown, and neither reads nor plan', () => {
  const shown: string[] = [];
  const line = withoutPlan((each) => shown.push(each));
  [
    'aws_vpc.a: Refreshing state... [id=1]',
    'data.aws_region.b: Read complete after 0s',
    'Terraform will perform the following actions:',
    '  - resource "aws_vpc" "a" {',
    'Plan: 0 to add, 0 to change, 1 to destroy.',
    'aws_vpc.a: Destroying... [id=1]',
    'Error: DependencyViolation',
  ].forEach(line);
  expect(shown).toEqual([
    'Plan: 0 to add, 0 to change, 1 to destroy.',
    'aws_vpc.a: Destroying... [id=1]',
    'Error: DependencyViolation',
  ]);
});

describe('given what Terraform says', () => {
  const LOCKED = [
    '╷',
    '│ Error: Error acquiring the state lock',
    '│ ',
    '│ Error message: resource temporarily unavailable',
    '│ Lock Info:',
    '│   ID:        0a7bd5b6-41cf-0a0e-3c6a-2e0f2f3f3f3f',
    '│   Path:      terraform.kong-blue.tfstate',
    '╵',
  ];

  test('when a lock stands against it, then its id is found, framed or not', () => {
    expect(lockIdIn(LOCKED)).toBe('0a7bd5b6-41cf-0a0e-3c6a-2e0f2f3f3f3f');
    expect(lockIdIn(LOCKED.map((line) => line.replace(/^[│╷╵] ?/, '')))).toBe('0a7bd5b6-41cf-0a0e-3c6a-2e0f2f3f3f3f');
  });

  test('when it fails for another reason, then there is no lock, and the errors are named', () => {
    const lines = ['Error: deleting RDS DB Instance (kong-blue): InvalidParameterCombination', '  ID: 7', 'No errors.'];
    expect(lockIdIn(lines)).toBeUndefined();
    expect(errorsIn(lines)).toEqual(['deleting RDS DB Instance (kong-blue): InvalidParameterCombination']);
  });
});
