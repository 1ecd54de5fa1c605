// The fault suite: every scenario with many seeds, on virtual time. Prints a table; a failure says how to repeat it.
//   npm run test:faults -- --seeds 200 [--only "two runners"] [--seed 17] [--json FILE]; --list: the scenarios
import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { createInterface } from 'node:readline';
import { availableParallelism, tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { ensureDependencies, prepare, root } from './prepare.mjs';

/** Where nothing is wrong a statistical test may still stop a shift: not more often than this, four standard deviations allowed. */
const CHANCE = { 3: 0.015, 4: 0.03 };

const { values } = parseArgs({
  options: {
    seeds: { type: 'string', default: '200' },
    seed: { type: 'string' },
    only: { type: 'string' },
    json: { type: 'string' },
    list: { type: 'boolean', default: false },
  },
});
if (!/^[1-9]\d*$/.test(values.seeds) || (values.seed !== undefined && !/^\d+$/.test(values.seed))) {
  process.stderr.write('--seeds and --seed are whole numbers, for example: npm run test:faults -- --seeds 1000\n');
  process.exit(64);
}
prepare(ensureDependencies);

const { build } = await import('esbuild');
const folder = mkdtempSync(join(tmpdir(), 'kong-dual-cluster-faults-'));
const bundle = join(folder, 'faults.cjs');
const begun = Date.now();
try {
  await build({
    entryPoints: [join(root, 'test/faults/main.ts')],
    bundle: true,
    platform: 'node',
    target: 'node20',
    packages: 'external',
    sourcemap: 'inline',
    outfile: bundle,
    logLevel: 'warning',
  });
  symlinkSync(join(root, 'node_modules'), join(folder, 'node_modules'));
  process.exitCode = await main();
} finally {
  rmSync(folder, { recursive: true, force: true });
}

async function main() {
  if (values.list) {
    for (const { name, says } of await lines(['--list'])) process.stdout.write(`| ${name} | ${says} |\n`);
    return 0;
  }
  const one = values.seed !== undefined;
  const workers = one ? 1 : availableParallelism();
  const only = values.only === undefined ? [] : ['--only', values.only];
  const range = (worker) =>
    one
      ? ['--first', values.seed, '--last', values.seed]
      : ['--first', String(worker + 1), '--step', String(workers), '--last', values.seeds];
  const [mutants, ...parts] = await Promise.all([
    one || values.only ? [] : lines(['--mutants']),
    ...Array.from({ length: workers }, (_, worker) => lines([...range(worker), ...only])),
  ]);
  const scenarios = parts.reduce(merged, []);
  if (scenarios.length === 0) {
    process.stderr.write(`there is no scenario "${values.only}"\n`);
    return 64;
  }
  for (const scenario of scenarios) byChance(scenario);
  const failed = scenarios.filter(({ failures }) => failures.length > 0);
  const missed = mutants.filter(({ caught }) => !caught);
  process.stdout.write(`${table(scenarios)}\n`);
  if (mutants.length > 0)
    process.stdout.write(`\nThe suite catches a runner that …\n${mutants.map(mutantLine).join('\n')}\n`);
  // What somebody has to see even where the table goes nowhere (npm test).
  for (const { scenario, failures } of failed)
    for (const { seed, what } of failures)
      process.stderr.write(
        `\n${scenario}, seed ${seed}:\n${what.map((each) => `  ${each.replaceAll('\n', '\n  ')}\n`).join('')}  again: npm run test:faults -- --only "${scenario}" --seed ${seed}\n`,
      );
  const passed = scenarios.length - failed.length + mutants.length - missed.length;
  const runs = scenarios.reduce((sum, { seeds }) => sum + seeds, 0);
  process.stdout.write(
    `\n${scenarios.length} scenarios, ${runs} runs in ${Math.round((Date.now() - begun) / 1000)} s: ${passed} passed, ${failed.length + missed.length} failed\n`,
  );
  if (values.json) writeFileSync(values.json, JSON.stringify({ passed, failed: failed.length + missed.length }));
  return failed.length + missed.length > 0 ? 1 : 0;
}

/** A worker's lines of JSON; the run ends with the first worker that breaks down. */
function lines(args) {
  return new Promise((resolve, reject) => {
    const worker = spawn(process.execPath, ['--enable-source-maps', bundle, ...args], {
      cwd: root,
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    const found = [];
    createInterface({ input: worker.stdout }).on('line', (line) => found.push(JSON.parse(line)));
    worker.on('close', (code) => (code === 0 ? resolve(found) : reject(new Error(`a worker ended with ${code}`))));
  });
}

function percent(value) {
  return value < 10 ? value.toFixed(1) : String(Math.round(value));
}

function summed(one, other) {
  const all = { ...one };
  for (const [key, count] of Object.entries(other)) all[key] = (all[key] ?? 0) + count;
  return all;
}

function merged(all, part) {
  if (all.length === 0) return part;
  return all.map((one, i) => {
    const other = part[i];
    const exits = summed(one.exits, other.exits);
    const share = ({ sent, lost }) => (sent > 0 ? lost / sent : 0);
    return {
      ...one,
      seeds: one.seeds + other.seeds,
      exits,
      fine: one.fine + other.fine,
      byChance: summed(one.byChance, other.byChance),
      worst: share(other.worst) > share(one.worst) ? other.worst : one.worst,
      secondsToBlue:
        one.secondsToBlue === null || other.secondsToBlue === null
          ? (one.secondsToBlue ?? other.secondsToBlue)
          : Math.max(one.secondsToBlue, other.secondsToBlue),
      failures: [...one.failures, ...other.failures].sort((a, b) => a.seed - b.seed).slice(0, 5),
    };
  });
}

function byChance({ fine, byChance: exits, failures }) {
  for (const [exit, seen] of Object.entries(exits)) {
    const share = CHANCE[exit] ?? 0;
    if (seen > 1 + fine * share + 4 * Math.sqrt(fine * share * (1 - share)))
      failures.push({
        seed: 0,
        what: [`exit ${exit} in ${seen} of ${fine} seeds where nothing is wrong, a share of ${share} may be chance`],
      });
  }
}

function table(scenarios) {
  const rows = [
    ['scenario', 'seeds', 'exits seen', 'sent', 'lost', 'of all', 'to old slot'],
    ...scenarios.map(({ scenario, seeds, exits, worst, secondsToBlue, failures }) => [
      `${failures.length > 0 ? '✗ ' : ''}${scenario}`,
      String(seeds),
      Object.entries(exits)
        .sort(([a], [b]) => Number(a) - Number(b))
        .map(([exit, count]) => `${exit}: ${count}`)
        .join(', '),
      String(worst.sent),
      String(worst.lost),
      worst.lost > 0 ? `${percent((worst.lost / worst.sent) * 100)} %` : '0',
      secondsToBlue === null ? '' : `${secondsToBlue < 10 ? secondsToBlue.toFixed(1) : Math.round(secondsToBlue)} s`,
    ]),
  ];
  const widths = rows[0].map((_, column) => Math.max(...rows.map((row) => row[column].length)));
  const isText = (column) => column === 0 || column === 2;
  return rows
    .map((row) =>
      row
        .map((cell, column) => (isText(column) ? cell.padEnd(widths[column]) : cell.padStart(widths[column])))
        .join('  ')
        .trimEnd(),
    )
    .join('\n');
}

function mutantLine({ mutant, caught }) {
  return caught
    ? `  ${mutant}: "${caught.scenario}", seed ${caught.seed}: ${caught.what.split('\n')[0].slice(0, 90)}`
    : `✗ ${mutant}: NOT CAUGHT`;
}
