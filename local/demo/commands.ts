import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { ROOT } from '../world/places';

export class CommandFailed extends Error {
  constructor(
    readonly command: string,
    readonly exitCode: number | null,
    readonly stdout: string,
    /** Both streams, as they came. */
    readonly output: string,
  ) {
    super(`${command} ended with exit code ${exitCode}:\n${output.trim().split('\n').slice(-25).join('\n')}`);
  }
}

export interface CommandOptions {
  readonly cwd: string;
  readonly environment: Readonly<Record<string, string>>;
  readonly signal: AbortSignal;
  readonly onLine?: (line: string) => void;
}

/** What a command gets to end after it was told to, before it is killed. */
const PATIENCE_MS = 8_000;

/**
 * Runs a program in a group of its own, so that an interrupted demo ends it with all it started.
 * @returns its standard output
 * @throws CommandFailed
 */
function run(name: string, program: string, args: readonly string[], options: CommandOptions): Promise<string> {
  return new Promise((resolve, reject) => {
    const child = spawn(program, args, {
      cwd: options.cwd,
      env: { ...process.env, ...options.environment },
      stdio: ['ignore', 'pipe', 'pipe'],
      detached: true,
    });
    const chunks: string[] = [];
    let output = '';
    let lastResort: NodeJS.Timeout | undefined;
    const end = (signal: 'SIGTERM' | 'SIGKILL') => {
      try {
        if (child.pid !== undefined) process.kill(-child.pid, signal);
      } catch {
        // already gone
      }
    };
    const stop = () => {
      end('SIGTERM');
      lastResort = setTimeout(() => end('SIGKILL'), PATIENCE_MS);
    };
    options.signal.addEventListener('abort', stop, { once: true });
    if (options.signal.aborted) stop();
    const take = (chunk: Buffer) => {
      const text = chunk.toString();
      output += text;
      const line = text.trim().split('\n').pop();
      if (line) options.onLine?.(line);
    };
    child.stdout.on('data', (chunk: Buffer) => {
      chunks.push(chunk.toString());
      take(chunk);
    });
    child.stderr.on('data', take);
    child.on('error', reject);
    child.on('close', (code) => {
      clearTimeout(lastResort);
      options.signal.removeEventListener('abort', stop);
      const stdout = chunks.join('');
      if (options.signal.aborted) reject(new Error('interrupted'));
      else if (code === 0) resolve(stdout);
      else reject(new CommandFailed(name, code, stdout, output));
    });
  });
}

/** The real `cdk` command with the project's own app. */
export const cdk = (args: readonly string[], options: CommandOptions): Promise<string> =>
  run(`cdk ${args.join(' ')}`, process.execPath, [join(ROOT, 'node_modules/aws-cdk/bin/cdk'), ...args], options);

/** The project's own command. */
export const kongDualCluster = (args: readonly string[], options: CommandOptions): Promise<string> =>
  run(
    `kong-dual-cluster ${args.join(' ')}`,
    process.execPath,
    [join(ROOT, 'dist/bin/kong-dual-cluster.js'), ...args],
    options,
  );
