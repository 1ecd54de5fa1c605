// npm run bench: each benchmark is a ratio or a limit within one run, A B A B, medians. Exit 1 when one is over its limit.
// Judged is processor time: on a free machine a start-up takes as long by the clock, and a busy one does not disturb it.
// The time by the clock is printed beside it.
import { spawnSync } from 'node:child_process';
import {
  appendFileSync,
  cpSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  readdirSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { createRequire } from 'node:module';
import { cpus, tmpdir } from 'node:os';
import { join } from 'node:path';
import { declarativeFile } from '../bench/declarative/generate.mjs';
import { ensureBuild, ensureDependencies, prepare, root } from './prepare.mjs';

const HELP = `npm run bench -- [--runs N] [--only synth|terraform|require|cli|declarative] [--output text|json]

  --runs N    measurements of each program, 3 or more (default 9; the synth with template validation: 7)
`;
const args = process.argv.slice(2);
const option = (name) => (args.includes(name) ? args[args.indexOf(name) + 1] : undefined);
if (args.includes('--help')) {
  process.stdout.write(HELP);
  process.exit(0);
}
const runs = Number(option('--runs') ?? 9);
const only = option('--only');
const output = option('--output') ?? 'text';
if (
  !Number.isInteger(runs) ||
  runs < 3 ||
  !['text', 'json'].includes(output) ||
  ![undefined, 'synth', 'terraform', 'require', 'cli', 'declarative'].includes(only)
) {
  process.stderr.write(HELP);
  process.exit(64);
}

prepare(ensureDependencies, ensureBuild);

const STATE = join(root, 'test', 'fixtures', 'states', '2-blue-and-green');
const folder = mkdtempSync(join(tmpdir(), 'kong-dual-cluster-bench-'));
process.on('exit', () => rmSync(folder, { recursive: true, force: true }));
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => process.exit(130));

const say = (line) => process.stderr.write(`${line}\n`);
const median = (values) => {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 === 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
};

// What a process used, said by itself as it ends: spawnSync does not tell.
const usagePath = join(folder, 'usage.json');
const hook = join(folder, 'usage.cjs');
writeFileSync(
  hook,
  `process.on('exit', () => { const u = process.resourceUsage(); require('node:fs').writeFileSync(${JSON.stringify(usagePath)},
    JSON.stringify({ rssMib: u.maxRSS / 1024, cpuMs: (u.userCPUTime + u.systemCPUTime) / 1000 })); });\n`,
);

/** One process, from its start to its end. */
function measure({ argv, cwd = folder, env = {}, status = 0 }) {
  const started = process.hrtime.bigint();
  const result = spawnSync(process.execPath, ['--require', hook, ...argv], {
    cwd,
    encoding: 'utf8',
    maxBuffer: 1 << 28,
    env: { ...clean(process.env), ...env },
  });
  const wallMs = Number(process.hrtime.bigint() - started) / 1e6;
  if (result.signal) process.exit(130);
  if (result.status !== status) throw new Error(`${argv.join(' ')} ended with ${result.status}:\n${result.stderr}`);
  return { wallMs, ...JSON.parse(readFileSync(usagePath, 'utf8')) };
}
const clean = ({
  NODE_OPTIONS: _options,
  KONG_DUAL_CLUSTER_SETTINGS: _settings,
  CDK_VALIDATION: _validation,
  ...rest
}) => rest;

/** Both programs in turn, so that a busy minute falls on both; the first pair only warms the disk's cache. */
function compare(ours, other, times) {
  const measured = { ours: [], other: [] };
  for (let i = 0; i <= times; i += 1) {
    for (const [name, program] of i % 2 === 0
      ? [
          ['other', other],
          ['ours', ours],
        ]
      : [
          ['ours', ours],
          ['other', other],
        ]) {
      const one = measure(program);
      if (i > 0) measured[name].push(one);
    }
  }
  const medians = (name) =>
    Object.fromEntries(
      ['wallMs', 'cpuMs', 'rssMib'].map((key) => [key, median(measured[name].map((one) => one[key]))]),
    );
  return { ours: medians('ours'), other: medians('other'), runs: times };
}

/** bench/by-hand as the library itself is compiled: TypeScript to CommonJS, a file at a time. */
function compileByHand() {
  const ts = createRequire(import.meta.url)('typescript');
  const source = join(root, 'bench', 'by-hand');
  const target = join(root, 'dist', 'bench', 'by-hand');
  mkdirSync(target, { recursive: true });
  for (const name of readdirSync(source).filter((file) => file.endsWith('.ts'))) {
    const { outputText } = ts.transpileModule(readFileSync(join(source, name), 'utf8'), {
      fileName: name,
      compilerOptions: { module: ts.ModuleKind.CommonJS, target: ts.ScriptTarget.ES2023, esModuleInterop: true },
    });
    writeFileSync(join(target, name.replace(/\.ts$/, '.js')), outputText);
  }
  return join(target, 'app.js');
}

function countTypes(outdir) {
  const counts = {};
  for (const file of readdirSync(outdir).filter((name) => name.endsWith('.template.json'))) {
    for (const { Type } of Object.values(JSON.parse(readFileSync(join(outdir, file), 'utf8')).Resources)) {
      const key = `${file.replace('.template.json', '')} ${Type}`;
      counts[key] = (counts[key] ?? 0) + 1;
    }
  }
  return counts;
}

/** @throws when the assemblies do not hold the same number of resources of each type in each stack */
function requireSameResources(ours, byHand) {
  const [a, b] = [countTypes(ours), countTypes(byHand)];
  const differing = [...new Set([...Object.keys(a), ...Object.keys(b)])].filter((key) => a[key] !== b[key]).sort();
  if (differing.length > 0) {
    throw new Error(
      [
        'the two assemblies differ, nothing was compared:',
        ...differing.map((key) => `  ${key}: library ${a[key] ?? 0}, by hand ${b[key] ?? 0}`),
      ].join('\n'),
    );
  }
  return Object.values(a).reduce((sum, count) => sum + count, 0);
}

const results = [];
const judge = (name, value, limit, unit, details) =>
  results.push({ name, value, limit, unit, passed: value <= limit, ...details });

function benchSynth() {
  const byHand = compileByHand();
  const state = join(folder, 'state');
  cpSync(STATE, state, { recursive: true });
  const program = (script, outdir, validation) => ({
    argv: [script],
    cwd: state,
    env: {
      CDK_OUTDIR: join(folder, outdir),
      KDC_BENCH_HANDLERS: join(root, 'dist', 'handlers'),
      ...(validation ? {} : { CDK_VALIDATION: 'false' }),
    },
  });
  for (const validation of [false, true]) {
    const ours = program(join(root, 'dist', 'bin', 'app.js'), 'ours', validation);
    const other = program(byHand, 'by-hand', validation);
    if (!validation) {
      measure(ours);
      measure(other);
      say(
        `both assemblies hold the same ${requireSameResources(join(folder, 'ours'), join(folder, 'by-hand'))} resources, type by type`,
      );
    }
    const times = validation ? Math.min(runs, 7) : runs;
    say(`synth of three stacks, template validation ${validation ? 'on' : 'off'}: ${times} runs of each …`);
    const compared = compare(ours, other, times);
    const name = `synth, library : by hand${validation ? ' (with template validation)' : ''}`;
    judge(`${name}, time`, compared.ours.cpuMs / compared.other.cpuMs, 1.15, 'x', compared);
    judge(`${name}, peak memory`, compared.ours.rssMib / compared.other.rssMib, 1.15, 'x', compared);
  }
}

/** The same settings by CDK for Terraform, beside AWS CDK. The limits are what a person at a terminal was promised. */
function benchTerraform() {
  const [cdk, terraform] = [join(folder, 'cdk'), join(folder, 'terraform')];
  cpSync(STATE, cdk, { recursive: true });
  cpSync(STATE, terraform, { recursive: true });
  appendFileSync(join(terraform, 'dual-cluster.yaml'), '\nterraform: {}\n');
  const app = (name, cwd) => ({
    argv: [join(root, 'dist', 'bin', name)],
    cwd,
    env: { CDK_OUTDIR: join(folder, 'cdk.out'), CDKTF_OUTDIR: join(folder, 'cdktf.out'), CDK_VALIDATION: 'false' },
  });
  say(`synth of three stacks by CDK for Terraform and by AWS CDK: ${runs} runs of each …`);
  const compared = compare(app('terraform-app.js', terraform), app('app.js', cdk), runs);
  judge('synth, CDK for Terraform (beside AWS CDK), time', compared.ours.cpuMs, 1200, 'ms', compared);
  judge('synth, CDK for Terraform (beside AWS CDK), peak memory', compared.ours.rssMib, 250, 'MiB', compared);
}

function benchRequire() {
  const library = join(root, 'dist', 'lib', 'index.js');
  const times = Math.max(runs, 15);
  say(`require('kong-dual-cluster') against an empty process: ${times} runs of each …`);
  const compared = compare({ argv: ['-e', `require(${JSON.stringify(library)})`] }, { argv: ['-e', '0'] }, times);
  judge(
    "require('kong-dual-cluster'), above an empty process",
    compared.ours.cpuMs - compared.other.cpuMs,
    50,
    'ms',
    compared,
  );
  const listed = spawnSync(
    process.execPath,
    ['-p', `require(${JSON.stringify(library)}); JSON.stringify(Object.keys(require.cache))`],
    { encoding: 'utf8' },
  );
  const loaded = JSON.parse(listed.stdout);
  const foreign = loaded.filter((path) =>
    /[\\/]node_modules[\\/](aws-cdk-lib|constructs|cdktf|cdktn|zod|yaml|@aws-sdk|@smithy|@cdktf)[\\/]/.test(path),
  );
  judge("require('kong-dual-cluster'), modules of backends, zod, YAML, AWS SDK", foreign.length, 0, 'modules', {
    loaded: loaded.length,
    foreign,
  });
}

function benchCli() {
  const cli = join(root, 'dist', 'bin', 'kong-dual-cluster.js');
  const times = Math.max(runs, 15);
  for (const [command, limit] of [
    ['--help', 250],
    ['explain', 250],
    ['plan --from 2.8 --to 3.4', 400],
  ]) {
    say(`kong-dual-cluster ${command}: ${times} runs …`);
    const compared = compare({ argv: [cli, ...command.split(' ')] }, { argv: ['-e', '0'] }, times);
    judge(`kong-dual-cluster ${command}`, compared.ours.cpuMs, limit, 'ms', compared);
  }
}

/**
 * check declarative --write on generated decK files. The limits at 100,000 entities are what decK 1.40.3 was measured to take
 * for `deck file convert` of a file of that size: 3.3 s by the clock, 760 MB (ours is processor time of all
 * threads); below, a straight line from there to the start of a process.
 */
function benchDeclarative() {
  const cli = join(root, 'dist', 'bin', 'kong-dual-cluster.js');
  const times = Math.min(runs, 5);
  const measured = {};
  for (const entities of [10_000, 30_000, 100_000]) {
    const file = join(folder, `${entities}.yaml`);
    writeFileSync(file, declarativeFile(entities));
    say(
      `check declarative --write, ${entities} entities (${(statSync(file).size / 1e6).toFixed(1)} MB): ${times} runs …`,
    );
    const command = ['check', 'declarative', file, '--from', '2.8', '--to', '3.4', '--write', `${file}.new`, '--force'];
    const compared = compare({ argv: [cli, ...command], status: 2 }, { argv: ['-e', '0'] }, times);
    measured[entities] = compared.ours;
    const name = `check declarative, ${entities} entities`;
    judge(`${name}, time`, compared.ours.cpuMs, 700 + (2600 * entities) / 100_000, 'ms', compared);
    judge(`${name}, peak memory`, compared.ours.rssMib, 90 + (635 * entities) / 100_000, 'MiB', compared);
  }
  const grown = measured[100_000].cpuMs / measured[10_000].cpuMs;
  judge('check declarative, 100,000 : 10,000 entities, time', grown, 10, 'x', {
    ours: measured[100_000],
    other: measured[10_000],
    runs: times,
  });
}

const shown = (value, unit) =>
  unit === 'x'
    ? `${value.toFixed(2)} x`
    : unit === 'ms' || unit === 'MiB'
      ? `${Math.round(value)} ${unit}`
      : `${value} ${unit}`;
const pair = (compared, key) => `${Math.round(compared.ours[key])} : ${Math.round(compared.other[key])}`;
const basis = (result) =>
  result.ours
    ? `processor ${pair(result, 'cpuMs')} ms, clock ${pair(result, 'wallMs')} ms, memory ${pair(result, 'rssMib')} MiB; medians of ${result.runs}`
    : `${result.loaded} modules loaded`;

try {
  if (only === undefined || only === 'synth') benchSynth();
  if (only === undefined || only === 'terraform') benchTerraform();
  if (only === undefined || only === 'require') benchRequire();
  if (only === undefined || only === 'cli') benchCli();
  if (only === undefined || only === 'declarative') benchDeclarative();
} catch (error) {
  say(error.message);
  process.exit(1);
}
if (output === 'json') {
  process.stdout.write(`${JSON.stringify({ node: process.version, cpus: cpus().length, results }, null, 2)}\n`);
} else {
  const width = Math.max(...results.map(({ name }) => name.length));
  for (const result of results) {
    const value = `${shown(result.value, result.unit)} (at most ${shown(result.limit, result.unit)})`;
    process.stdout.write(
      `${result.passed ? 'ok  ' : 'OVER'}  ${result.name.padEnd(width)}  ${value.padEnd(30)}  ${basis(result)}\n`,
    );
  }
}
process.exit(results.every(({ passed }) => passed) ? 0 : 1);
