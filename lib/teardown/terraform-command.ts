import { spawn } from 'node:child_process';
import { closeSync, existsSync, openSync, readFileSync, readSync, statSync } from 'node:fs';
import { createInterface } from 'node:readline';
import { StringDecoder } from 'node:string_decoder';
import { dirname, join, resolve } from 'node:path';
import { DESTROY, stackFolder } from '../blueprint/deploy-command';
import { EXIT, KongDualClusterError } from '../errors';

/** What cdktf.json says (cdktf documentation, "Configuration File"); the CLI of cdktf or cdktn itself is not needed. */
export interface TerraformProject {
  /** Folder with cdktf.json. */
  readonly folder: string;
  /** Command that writes the stacks, as a shell takes it. */
  readonly app: string;
  /** Where it writes them, absolute. */
  readonly output: string;
  /** JSON that the app takes as its context. */
  readonly context?: string;
}

/**
 * The project of the folder with the settings, or of one above it.
 * @throws KongDualClusterError TERRAFORM_PROJECT_NOT_FOUND (exit 64)
 */
export function terraformProject(settingsPath: string): TerraformProject {
  const settingsFolder = dirname(resolve(settingsPath));
  const folder = above(settingsFolder).find((each) => existsSync(join(each, 'cdktf.json')));
  if (folder === undefined) throw noProject(`no cdktf.json in ${settingsFolder} or above it`);
  const path = join(folder, 'cdktf.json');
  const { app, output, context } = parsed(path);
  if (typeof app !== 'string' || app.trim() === '') throw noProject(`${path} has no app`);
  return {
    folder,
    app,
    output: resolve(folder, typeof output === 'string' ? output : 'cdktf.out'),
    ...(typeof context === 'object' && context !== null && { context: JSON.stringify(context) }),
  };
}

function parsed(path: string): Partial<Record<'app' | 'output' | 'context', unknown>> {
  try {
    const value: unknown = JSON.parse(readFileSync(path, 'utf8'));
    return typeof value === 'object' && value !== null ? value : {};
  } catch (error) {
    throw noProject(`${path}: ${(error as Error).message}`);
  }
}

const noProject = (found: string): KongDualClusterError =>
  new KongDualClusterError('TERRAFORM_PROJECT_NOT_FOUND', 'there is no cdktf.json that says how the stacks are made', {
    found,
    remedy:
      'run it with the settings in the project (--settings FILE), whose cdktf.json has "app": "npx kong-dual-cluster-terraform-app" or your own',
    exitCode: EXIT.usage,
  });

function above(folder: string): string[] {
  const parent = dirname(folder);
  return parent === folder ? [folder] : [folder, ...above(parent)];
}

export type Environment = Readonly<Record<string, string>>;

/** What the app and Terraform are told beside what this process was told. */
export const destroyEnvironment = (settingsPath: string, stackName: string, region: string): Environment => ({
  KONG_DUAL_CLUSTER_SETTINGS: resolve(settingsPath),
  [DESTROY]: stackName,
  AWS_REGION: region,
});

/**
 * Runs the app, which writes every stack; only the one that is about to be destroyed loses its `prevent_destroy`.
 * @returns folder of that stack
 * @throws KongDualClusterError TERRAFORM_APP_FAILED
 */
export async function writeStack(
  { folder, app, output, context }: TerraformProject,
  stackName: string,
  environment: Environment,
  said: (line: string) => void,
): Promise<string> {
  const stack = stackFolder(stackName, output);
  const written = join(stack, 'cdk.tf.json');
  const before = writtenAt(written);
  const lines: string[] = [];
  const exitCode = await new Promise<number>((ended, failed) => {
    const child = spawn(app, {
      cwd: folder,
      shell: true,
      env: {
        ...process.env,
        ...environment,
        CDKTF_OUTDIR: output,
        ...(context !== undefined && { CDKTF_CONTEXT_JSON: context }),
      },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    for (const input of [child.stdout, child.stderr]) {
      createInterface({ input }).on('line', (line) => {
        lines.push(line);
        said(line);
      });
    }
    child.on('error', failed);
    child.on('close', (code) => ended(code ?? 1));
  });
  const after = writtenAt(written);
  if (exitCode === 0 && after !== undefined && after !== before) return stack;
  throw new KongDualClusterError('TERRAFORM_APP_FAILED', `the app has not written the stack ${stackName}`, {
    found:
      exitCode === 0
        ? after === undefined
          ? `no cdk.tf.json in ${stack}`
          : `\`${app}\` ended well and left ${written} as it was before`
        : `\`${app}\` in ${folder} ended with exit code ${exitCode}${lines.length > 0 ? `: ${lines.filter(Boolean).slice(-3).join(' / ')}` : ''}`,
    remedy: 'nothing was destroyed: mend what the app says, then run the same command again',
  });
}

/** A file of an earlier run is not what this one has written. */
const writtenAt = (file: string): bigint | undefined =>
  statSync(file, { bigint: true, throwIfNoEntry: false })?.mtimeNs;

/** As cdktf, which takes OpenTofu by the same variable. */
export const terraformProgram = (): string => process.env.TERRAFORM_BINARY_NAME || 'terraform';

/** Another run of Terraform that this tool has left behind is waited for this long. */
const LOCK_TIMEOUT = '10m';

export const INIT = ['init', '-input=false', '-no-color'] as const;
export const DESTROY_ARGUMENTS = [
  'destroy',
  '-auto-approve',
  '-input=false',
  '-no-color',
  `-lock-timeout=${LOCK_TIMEOUT}`,
] as const;

export interface TerraformRun {
  /** Exit code, when Terraform has ended. */
  readonly ended: Promise<number>;
  /** Asks Terraform to end what it has begun, save its state and leave; a second signal would lose it, so there is one. */
  readonly interrupt: () => void;
  /** File with what it says, one a run: another one may still be writing its own. */
  readonly log: string;
}

/** How often the log is looked at, milliseconds. */
const LOOK_MS = 200;

/**
 * Starts Terraform on a stack's folder. It is its own process group, so that Ctrl-C reaches it once and through `interrupt`
 * only; and it writes into a file, not into a pipe that breaks with this process: an interrupted or killed command leaves a
 * Terraform that ends what it has begun, saves its state and frees its lock.
 * @throws KongDualClusterError TERRAFORM_NOT_FOUND (from `ended`)
 */
export function startTerraform(
  folder: string,
  args: readonly string[],
  environment: Environment,
  said: (line: string) => void,
): TerraformRun {
  const program = terraformProgram();
  const path = join(folder, `${args[0]}-${Date.now()}.log`);
  const log = openSync(path, 'wx', 0o600);
  const child = spawn(program, [`-chdir=${folder}`, ...args], {
    detached: true,
    env: { ...process.env, ...environment },
    stdio: ['ignore', log, log],
  });
  closeSync(log);
  const follow = followed(path, said);
  const timer = setInterval(follow.look, LOOK_MS);
  const ended = new Promise<number>((done, failed) => {
    child.on('error', (error: NodeJS.ErrnoException) => failed(error.code === 'ENOENT' ? notFound(program) : error));
    child.on('exit', (code) => done(code ?? 1));
  }).finally(() => {
    clearInterval(timer);
    follow.end();
  });
  let asked = false;
  const interrupt = () => {
    if (!asked) child.kill('SIGINT');
    asked = true;
  };
  return { ended, interrupt, log: path };
}

/** Hands on what is written into a file, line by line. */
function followed(path: string, said: (line: string) => void): { look: () => void; end: () => void } {
  const file = openSync(path, 'r');
  const decoder = new StringDecoder('utf8');
  const buffer = Buffer.alloc(64 * 1024);
  let rest = '';
  const look = () => {
    for (let read = readSync(file, buffer); read > 0; read = readSync(file, buffer)) {
      const lines = (rest + decoder.write(buffer.subarray(0, read))).split('\n');
      rest = lines.pop()!;
      lines.forEach(said);
    }
  };
  const end = () => {
    look();
    if (rest !== '') said(rest);
    closeSync(file);
  };
  return { look, end };
}

const notFound = (program: string): KongDualClusterError =>
  new KongDualClusterError('TERRAFORM_NOT_FOUND', 'the program that destroys the stack is not there', {
    found: `no ${program} in PATH`,
    remedy:
      'nothing was destroyed: install Terraform or OpenTofu 1.11 or newer, or name yours in TERRAFORM_BINARY_NAME, then run the same command again',
  });

/**
 * Lines of a destruction that somebody wants to follow: what is being destroyed and what went wrong. Not what is read before, and not the
 * plan, every attribute of every resource; the log has it all.
 */
export function withoutPlan(said: (line: string) => void): (line: string) => void {
  let planning = false;
  return (line) => {
    if (/^Terraform (used the selected|will perform|planned the following)/.test(line)) planning = true;
    if (/^(Plan:|Error|Warning|[╷│])/.test(line)) planning = false;
    if (!planning && !/: (Refreshing state|Reading|Read complete|Opening|Closing)\b/.test(line)) said(line);
  };
}

/** The lines of what Terraform said that name its errors; `╷│╵` frame them. */
export function errorsIn(lines: readonly string[]): string[] {
  return lines.flatMap((line) => /^[\s│|╷]*Error: (.+)$/.exec(line)?.[1]?.trim() ?? []);
}

/** Id of the lock that somebody holds on the state, where that is why Terraform has done nothing. */
export function lockIdIn(lines: readonly string[]): string | undefined {
  if (!errorsIn(lines).some((error) => /acquiring the state lock/i.test(error))) return undefined;
  return lines.flatMap((line) => /^[\s│|]*ID:\s+(\S+)/.exec(line)?.[1] ?? [])[0];
}
