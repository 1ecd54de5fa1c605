// npm run synth:terraform: the example and a system with both slots as CDK for Terraform writes them, and every check of them
// that this machine can do.
// Nothing is reached over a network but what is installed once; no credentials are needed.
import { spawnSync } from 'node:child_process';
import {
  appendFileSync,
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  readdirSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { basename, join, relative, resolve } from 'node:path';
import { ensureBuild, ensureCheckov, ensureDependencies, prepare, root } from './prepare.mjs';

const HELP = `npm run synth:terraform [-- FOLDER] [--out FOLDER]

  FOLDER        with dual-cluster.yaml and its lock file (default: the example, then both slots in the middle of an upgrade)
  --out FOLDER  keep what was written there (default: removed at the end)
`;
const args = process.argv.slice(2);
if (args.includes('--help')) {
  process.stdout.write(HELP);
  process.exit(0);
}
const outAt = args.indexOf('--out');
const kept = outAt >= 0 ? resolve(args[outAt + 1] ?? '') : undefined;
const given = args.find((arg, i) => !arg.startsWith('-') && (outAt < 0 || i !== outAt + 1));
const sources = (
  given ? [given] : ['examples/terraform', 'test/fixtures/states/2-blue-and-green'].map((path) => join(root, path))
).map((path) => resolve(path));
const unreadable = sources.find((path) => !existsSync(join(path, 'dual-cluster.yaml')));
if (unreadable !== undefined || (outAt >= 0 && args[outAt + 1] === undefined)) {
  if (unreadable !== undefined) process.stderr.write(`no dual-cluster.yaml in ${unreadable}\n`);
  process.stderr.write(HELP);
  process.exit(64);
}

let checkovProgram;
prepare(ensureDependencies, ensureBuild, () => (checkovProgram = ensureCheckov()));

const require = createRequire(import.meta.url);
const { problemsOf } = require('../dist/lib/cdktf/check.js');
const { providerSchema } = require('../dist/local/terraform/provider-schema.js');
const { schemaProblems } = require('../dist/local/terraform/schema-problems.js');
const { findTerraform, validate } = require('../dist/local/terraform/terraform.js');
const { checkov, compared } = require('../dist/local/terraform/checkov.js');

const folder = mkdtempSync(join(tmpdir(), 'kong-dual-cluster-synth-'));
process.on('exit', () => rmSync(folder, { recursive: true, force: true }));
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => process.exit(130));

const say = (line = '') => process.stdout.write(`${line}\n`);
let problems = 0;
/** One line for a check, one more for each thing it found. */
function tell(what, found, note = '') {
  problems += found.length;
  say(`${found.length === 0 ? 'ok  ' : 'NOT '}  ${what}${note}`);
  for (const line of found) say(`        ${line}`);
}
const notChecked = (what, why) => say(`--    ${what}: not checked, ${why}`);

const schema = providerSchema();
for (const source of sources) await check(source);
notChecked(
  'terraform init, validate and plan with the real provider',
  'it comes from registry.terraform.io and a plan needs credentials: docs/terraform.md has the commands',
);
process.exit(problems === 0 ? 0 : 1);

async function check(source) {
  const name = basename(source);
  say(`== ${relative(root, source) || source}`);
  const app = join(folder, name);
  const out = kept ? join(kept, name) : join(app, 'cdktf.out');
  mkdirSync(out, { recursive: true });
  cpSync(source, app, { recursive: true });
  const settings = join(app, 'dual-cluster.yaml');
  if (!/^terraform:/m.test(readFileSync(settings, 'utf8'))) appendFileSync(settings, '\nterraform: {}\n');
  const { seconds, cpu, mib } = synth(app, out);

  const stacks = readdirSync(join(out, 'stacks')).map((name) => {
    const path = join(out, 'stacks', name);
    const text = readFileSync(join(path, 'cdk.tf.json'), 'utf8');
    return { name, path, size: text.length, json: JSON.parse(text) };
  });
  for (const { name, size, json } of stacks) {
    const counts = Object.entries(json.resource ?? {}).map(([type, all]) => [type, Object.keys(all).length]);
    const total = counts.reduce((sum, [, count]) => sum + count, 0);
    say(`${name}: ${total} resources, ${(size / 1024).toFixed(0)} KiB`);
    const shown = counts.sort(([a], [b]) => (a < b ? -1 : 1)).map(([type, count]) => `${type} ${count}`);
    for (let i = 0; i < shown.length; i += 3)
      say(
        `  ${shown
          .slice(i, i + 3)
          .map((each) => each.padEnd(44))
          .join('')
          .trimEnd()}`,
      );
  }
  say();
  say(
    `synth of ${stacks.length} stacks: ${seconds.toFixed(2)} s (${cpu.toFixed(2)} s of processor), peak memory ${mib.toFixed(0)} MiB`,
  );
  say();

  const each = (check) => stacks.flatMap((stack) => check(stack).map((line) => `${stack.name}: ${line}`));
  tell(
    'references, cycles, states, secrets, paths',
    each(({ json }) =>
      problemsOf(json, { folders: [folder, root] }).map(({ where, problem }) => `${where}: ${problem}`),
    ),
  );
  tell(
    "types, attributes and blocks by the provider's bindings",
    each(({ json }) => schemaProblems(json, schema)),
  );
  if (findTerraform() === undefined) notChecked('terraform validate', 'there is no terraform on PATH');
  else {
    const found = [];
    for (const { name, path } of stacks) for (const line of await validate(path)) found.push(`${name}: ${line}`);
    tell("terraform validate, the provider's schema read from the bindings", found);
  }
  if (checkovProgram === undefined) notChecked('checkov', 'it could not be installed (see above)');
  else {
    const accepted = JSON.parse(readFileSync(join(root, 'test/real/terraform/checkov-accepted.json'), 'utf8'));
    const report = checkov(checkovProgram, join(out, 'stacks'));
    const { fresh } = compared(report.findings, accepted);
    tell(
      'checkov',
      fresh.map(({ check, type, name, file, says }) => `${file}: ${check} ${type}.${name}: ${says}`),
      `: ${report.passed} passed, ${report.findings.length - fresh.length} accepted with their reason (docs/security.md), ${fresh.length} other`,
    );
  }
  say();
}

/** The app in a process of its own, which says itself what it used. */
function synth(app, outdir) {
  const usage = join(folder, 'usage.json');
  const hook = join(folder, 'usage.cjs');
  writeFileSync(
    hook,
    `process.on('exit', () => { const u = process.resourceUsage(); require('node:fs').writeFileSync(${JSON.stringify(usage)},
      JSON.stringify({ mib: u.maxRSS / 1024, cpu: (u.userCPUTime + u.systemCPUTime) / 1e6 })); });\n`,
  );
  const started = process.hrtime.bigint();
  const result = spawnSync(process.execPath, ['--require', hook, join(root, 'dist/bin/terraform-app.js')], {
    cwd: app,
    encoding: 'utf8',
    stdio: ['ignore', 'inherit', 'inherit'],
    env: { ...process.env, CDKTF_OUTDIR: outdir },
  });
  if (result.signal) process.exit(130);
  if (result.status !== 0) process.exit(result.status ?? 1);
  return { seconds: Number(process.hrtime.bigint() - started) / 1e9, ...JSON.parse(readFileSync(usage, 'utf8')) };
}
