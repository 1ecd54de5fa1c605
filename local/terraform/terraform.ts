import { spawn } from 'node:child_process';
import { accessSync, constants, existsSync, readFileSync } from 'node:fs';
import { chmod, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { ROOT } from '../world/places';

/** The program itself is the real one: `KDC_TERRAFORM`, else the first `terraform` on PATH. undefined: there is none. */
export function findTerraform(environment: NodeJS.ProcessEnv = process.env): string | undefined {
  const named = environment['KDC_TERRAFORM'];
  const candidates = named
    ? [named]
    : (environment['PATH'] ?? '').split(delimiter).map((folder) => join(folder, 'terraform'));
  return candidates.find((path) => {
    try {
      accessSync(path, constants.X_OK);
      return true;
    } catch {
      return false;
    }
  });
}

export interface TerraformOptions {
  /** Of the local AWS, `world.environment`; none: `validate` alone works. */
  readonly environment?: Readonly<Record<string, string>>;
  readonly signal?: AbortSignal;
}

export interface Ran {
  readonly code: number;
  /** Both streams, as a terminal would show them. */
  readonly output: string;
  readonly stdout: string;
}

/** `validate` needs no `terraform init` with a provider under development; everything else is as users have it. */
const VALIDATES = 'validates.rc';
const DEPLOYS = 'deploys.rc';

/** The real Terraform, with the stand-in for `hashicorp/aws` in place of the provider. */
export class Terraform {
  private constructor(
    private readonly program: string,
    private readonly home: string,
    private readonly options: TerraformOptions,
  ) {}

  /** @throws Error when there is no terraform, or the stand-in is not built */
  static async start(options: TerraformOptions = {}): Promise<Terraform> {
    const program = findTerraform();
    if (program === undefined) throw new Error('there is no terraform on PATH; name one with KDC_TERRAFORM');
    const main = join(ROOT, 'dist', 'local', 'terraform', 'main.js');
    if (!existsSync(main)) throw new Error(`${main} is not there: run \`npm run build\``);
    const home = await mkdtemp(join(tmpdir(), 'kong-dual-cluster-terraform-'));
    const [developed, mirror] = [join(home, 'developed'), join(home, 'mirror')];
    const version = providerVersion();
    const installed = join(mirror, 'registry.terraform.io', 'hashicorp', 'aws', version, platform());
    await wrapper(developed, 'terraform-provider-aws', main);
    await wrapper(installed, `terraform-provider-aws_v${version}`, main);
    const installation = (text: string): string => `provider_installation {\n${text}\n}\n`;
    await writeFile(
      join(home, VALIDATES),
      installation(`  dev_overrides {\n    "hashicorp/aws" = ${JSON.stringify(developed)}\n  }\n  direct {}`),
    );
    await writeFile(
      join(home, DEPLOYS),
      installation(`  filesystem_mirror {\n    path = ${JSON.stringify(mirror)}\n  }`),
    );
    return new Terraform(program, home, options);
  }

  /** For a command of ours that starts terraform itself. */
  get environment(): Record<string, string> {
    return {
      TF_CLI_CONFIG_FILE: join(this.home, DEPLOYS),
      TF_IN_AUTOMATION: '1',
      TF_INPUT: '0',
      CHECKPOINT_DISABLE: '1',
      ...this.options.environment,
    };
  }

  /** Runs `terraform` in a folder and tells how it ended. */
  run(folder: string, args: readonly string[], more: Readonly<Record<string, string>> = {}): Promise<Ran> {
    return new Promise((done, fail) => {
      const child = spawn(this.program, args, {
        cwd: folder,
        env: { ...process.env, ...this.environment, ...more },
        stdio: ['ignore', 'pipe', 'pipe'],
        ...(this.options.signal ? { signal: this.options.signal } : {}),
      });
      let [output, stdout] = ['', ''];
      child.stdout.on('data', (chunk: Buffer) => {
        output += chunk.toString();
        stdout += chunk.toString();
      });
      child.stderr.on('data', (chunk: Buffer) => (output += chunk.toString()));
      child.on('error', fail);
      child.on('close', (code) => done({ code: code ?? 1, output, stdout }));
    });
  }

  /** @returns what `terraform validate` found: nothing when the configuration is valid */
  async validate(folder: string): Promise<readonly string[]> {
    const { stdout, output } = await this.run(folder, ['validate', '-json', '-no-color'], {
      TF_CLI_CONFIG_FILE: join(this.home, VALIDATES),
    });
    try {
      const { diagnostics } = JSON.parse(stdout) as { diagnostics: readonly TerraformDiagnostic[] };
      return diagnostics
        .filter(({ severity }) => severity === 'error')
        .map(({ summary, detail, address }) => `${address ? `${address}: ` : ''}${summary}: ${detail}`);
    } catch {
      return [output];
    }
  }

  async stop(): Promise<void> {
    await rm(this.home, { recursive: true, force: true });
  }
}

interface TerraformDiagnostic {
  readonly severity: string;
  readonly summary: string;
  readonly detail: string;
  readonly address?: string;
}

/**
 * What the real `terraform validate` says to a folder with a `cdk.tf.json`, by the schema of the real provider: nothing when it is valid.
 * @throws Error when there is no terraform, or the stand-in is not built
 */
export async function validate(folder: string): Promise<readonly string[]> {
  const terraform = await Terraform.start();
  try {
    return await terraform.validate(folder);
  } finally {
    await terraform.stop();
  }
}

async function wrapper(folder: string, name: string, main: string): Promise<void> {
  await mkdir(folder, { recursive: true });
  await writeFile(join(folder, name), `#!/bin/sh\nexec ${quoted(process.execPath)} ${quoted(main)} "$@"\n`);
  await chmod(join(folder, name), 0o755);
}

const platform = (): string => `${process.platform}_${process.arch === 'x64' ? 'amd64' : process.arch}`;

/** Of the provider that the installed bindings were made from. */
function providerVersion(): string {
  const vpc = readFileSync(require.resolve('@cdktf/provider-aws/lib/vpc/index.js'), 'utf8');
  const version = /providerVersion: '([\d.]+)'/.exec(vpc)?.[1];
  if (version === undefined)
    throw new Error('the bindings in @cdktf/provider-aws do not say of which provider they are');
  return version;
}

const quoted = (text: string): string => `'${text.replaceAll("'", `'\\''`)}'`;
