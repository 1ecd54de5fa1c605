import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { ROOT } from '../world/places';

export interface CheckovFinding {
  readonly check: string;
  /** checkov's own name of the check. */
  readonly says: string;
  /** `aws_lb`, `data.aws_region`. */
  readonly type: string;
  /** `Edge_LoadBalancer_1A2B3C4D` */
  readonly name: string;
  /** Path of the file below the folder. */
  readonly file: string;
}

export interface CheckovReport {
  readonly findings: readonly CheckovFinding[];
  readonly passed: number;
}

/** A finding that is left as it is, on resources of one type, and why. */
export interface Accepted {
  readonly check: string;
  readonly type: string;
  readonly reason: string;
}

/** Where `scripts/prepare.mjs` installs it; undefined where it could not. */
export function findCheckov(): string | undefined {
  const path = join(ROOT, 'node_modules', '.cache', 'kong-dual-cluster', 'venv-checkov', 'bin', 'checkov');
  return existsSync(path) ? path : undefined;
}

/** checkov over the `cdk.tf.json` of every stack below a folder, without a network. */
export function checkov(program: string, folder: string): CheckovReport {
  // It keeps a cache in the home folder.
  const home = mkdtempSync(join(tmpdir(), 'kong-dual-cluster-checkov-'));
  try {
    const stacks = join(home, 'stacks');
    for (const name of readdirSync(folder)) {
      const json = JSON.parse(readFileSync(join(folder, name, 'cdk.tf.json'), 'utf8')) as Record<string, unknown>;
      // What it has no check for, and of which it cannot read a text (`required_version`).
      const { terraform: _, ephemeral: __, ...rest } = json;
      mkdirSync(join(stacks, name), { recursive: true });
      writeFileSync(join(stacks, name, 'cdk.tf.json'), JSON.stringify(rest, null, 2));
    }
    const result = spawnSync(
      program,
      ['--directory', stacks, '--framework', 'terraform_json', '--skip-download', '--compact', '--output', 'json'],
      { cwd: home, encoding: 'utf8', maxBuffer: 1 << 28, env: { PATH: process.env['PATH'], HOME: home } },
    );
    if (result.error) throw result.error;
    return reportOf(JSON.parse(result.stdout) as RawReport, stacks);
  } finally {
    rmSync(home, { recursive: true, force: true });
  }
}

interface RawReport {
  readonly summary: { readonly passed: number; readonly parsing_errors: number };
  readonly results: {
    readonly parsing_errors?: readonly string[];
    readonly failed_checks: readonly {
      readonly check_id: string;
      readonly check_name: string;
      readonly resource: string;
      readonly file_abs_path: string;
    }[];
  };
}

function reportOf({ summary, results }: RawReport, folder: string): CheckovReport {
  if (summary.parsing_errors > 0) throw new Error(`checkov cannot read ${(results.parsing_errors ?? []).join(', ')}`);
  const findings = results.failed_checks.map(({ check_id, check_name, resource, file_abs_path }): CheckovFinding => {
    const name = resource.slice(resource.lastIndexOf('.') + 1);
    const file = relative(folder, file_abs_path);
    return { check: check_id, says: check_name, type: typeOf(name, resource, file_abs_path), name, file };
  });
  return { passed: summary.passed, findings };
}

/** In JSON it names some resources by their section instead of their type. */
function typeOf(name: string, resource: string, file: string): string {
  const section = resource.startsWith('data.') ? 'data' : 'resource';
  const json = JSON.parse(readFileSync(file, 'utf8')) as Readonly<Record<string, Record<string, object>>>;
  const type = Object.entries(json[section] ?? {}).find(([, blocks]) => name in blocks)?.[0];
  return section === 'data' ? `data.${type}` : `${type}`;
}

/** What was found and not accepted, and what was accepted and is not found any more. */
export function compared(findings: readonly CheckovFinding[], accepted: readonly Accepted[]) {
  const fits = (finding: CheckovFinding, one: Accepted) => finding.check === one.check && finding.type === one.type;
  return {
    fresh: findings.filter((finding) => !accepted.some((one) => fits(finding, one))),
    gone: accepted.filter((one) => !findings.some((finding) => fits(finding, one))),
  };
}
