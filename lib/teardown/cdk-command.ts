import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import { createInterface } from 'node:readline';
import { dirname, join, resolve } from 'node:path';

export interface CdkCommand {
  readonly program: string;
  readonly args: readonly string[];
  /** Folder with cdk.json: cdk looks nowhere else. */
  readonly folder: string;
}

/** As a person would type it. */
export const destroyArguments = (stackName: string): string[] => ['destroy', stackName, '--exclusively', '--force'];

/**
 * The project's own cdk: of the folder with the settings or one above it, else the one beside this package, else what
 * `npx` finds.
 */
export function cdkCommand(settingsPath: string, args: readonly string[]): CdkCommand {
  const settingsFolder = dirname(resolve(settingsPath));
  const folder = above(settingsFolder).find((each) => existsSync(join(each, 'cdk.json'))) ?? settingsFolder;
  for (const from of [settingsFolder, __dirname]) {
    const cdk = resolved(from);
    if (cdk !== undefined) return { program: process.execPath, args: [cdk, ...args], folder };
  }
  return { program: 'npx', args: ['cdk', ...args], folder };
}

function resolved(from: string): string | undefined {
  try {
    return createRequire(join(from, 'cdk.json')).resolve('aws-cdk/bin/cdk');
  } catch {
    return undefined;
  }
}

function above(folder: string): string[] {
  const parent = dirname(folder);
  return parent === folder ? [folder] : [folder, ...above(parent)];
}

/**
 * Runs it and hands on what it says. It ends with this process, except after `kill -9`; what it has asked CloudFormation
 * for goes on in any case.
 * @returns its exit code
 */
export function runCdk(
  { program, args, folder }: CdkCommand,
  environment: Readonly<Record<string, string>>,
  said: (line: string) => void,
): Promise<number> {
  return new Promise((ended, failed) => {
    const child = spawn(program, args, {
      cwd: folder,
      env: { ...process.env, ...environment },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    const end = () => child.kill();
    process.once('exit', end);
    for (const input of [child.stdout, child.stderr]) createInterface({ input }).on('line', said);
    child.on('error', failed);
    child.on('close', (code) => {
      process.removeListener('exit', end);
      ended(code ?? 1);
    });
  });
}
