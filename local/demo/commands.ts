import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { ROOT } from '../world/places';

export class CommandFailed extends Error {
  constructor(
    readonly command: string,
    readonly exitCode: number | null,
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

/** Runs a program in a group of its own, so that an interrupted demo ends it with all it started. */
function run(name: string, program: string, args: readonly string[], options: CommandOptions): Promise<string> {
  return new Promise((resolve, reject) => {
    const child = spawn(program, args, {
      cwd: options.cwd,
      env: { ...process.env, ...options.environment },
      stdio: ['ignore', 'pipe', 'pipe'],
      detached: true,
    });
    let output = '';
    const stop = () => {
      try {
        process.kill(-(child.pid ?? 0), 'SIGTERM');
      } catch {
        // already gone
      }
    };
    options.signal.addEventListener('abort', stop, { once: true });
    if (options.signal.aborted) stop();
    const take = (chunk: Buffer) => {
      const text = chunk.toString();
      output += text;
      const line = text.trim().split('\n').pop();
      if (line) options.onLine?.(line);
    };
    child.stdout.on('data', take);
    child.stderr.on('data', take);
    child.on('error', reject);
    child.on('close', (code) => {
      options.signal.removeEventListener('abort', stop);
      if (options.signal.aborted) reject(new Error('interrupted'));
      else if (code === 0) resolve(output);
      else reject(new CommandFailed(name, code, output));
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
