import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { KongError } from './settings';

const pidFile = (prefix: string): string => join(prefix, 'pids', 'nginx.pid');

/** Kong's place for the process id, so that `kong quit` and `kong health` find the node by its prefix. */
export function writePid(prefix: string): () => void {
  mkdirSync(join(prefix, 'pids'), { recursive: true });
  writeFileSync(pidFile(prefix), `${process.pid}\n`);
  return () => rmSync(pidFile(prefix), { force: true });
}

function alive(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}

function running(prefix: string): number | undefined {
  try {
    const pid = Number(readFileSync(pidFile(prefix), 'utf8'));
    return alive(pid) ? pid : undefined;
  } catch {
    return undefined;
  }
}

/** `kong quit` (graceful, waits up to 10 s), `kong stop`, `kong health`; exit code (test/recorded/status-api). */
export async function control(command: 'quit' | 'stop' | 'health', prefix: string): Promise<number> {
  const pid = running(prefix);
  if (command === 'health') process.stdout.write(`nginx.......${pid === undefined ? 'not ' : ''}running\n\n`);
  if (pid === undefined)
    throw new KongError(
      command === 'stop' ? `nginx not running in prefix: ${prefix}` : `Kong is not running at ${prefix}`,
    );
  if (command === 'health') {
    process.stdout.write(`Kong is healthy at ${prefix}\n`);
    return 0;
  }
  process.kill(pid, command === 'quit' ? 'SIGQUIT' : 'SIGTERM');
  for (let waited = 0; waited < 100 && alive(pid); waited++) {
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  if (command === 'quit' && alive(pid)) process.kill(pid, 'SIGTERM');
  process.stdout.write(`Kong ${command === 'quit' ? 'stopped (gracefully)' : 'stopped'}\n`);
  return 0;
}
