// The one command of the tests: installs what is missing, runs jest, closes with one counted line.
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  ensureBuild,
  ensureDependencies,
  ensurePostgres,
  ensureServers,
  ensureTestPython,
  prepare,
  root,
} from './prepare.mjs';

const args = process.argv.slice(2);
const unit = args.includes('--unit');
const rest = args.filter((arg) => arg !== '--unit');

prepare(ensureDependencies, ensureBuild, ...(unit ? [] : [ensurePostgres, ensureTestPython, ensureServers]));

const folder = mkdtempSync(join(tmpdir(), 'kong-dual-cluster-test-'));
const results = join(folder, 'results.json');
// The real suite starts worlds of many processes: two at a time, each with addresses of its own. The demo has the machine
// for itself: it measures, and it looks for what is left behind. A client may still hold a connection to a world that has
// ended; that must not keep the whole run waiting.
const DEMO = 'test/real/demo.test';
const some = rest.some((arg) => !arg.startsWith('-'));
const runs = [
  ['--selectProjects', 'unit'],
  ...(unit
    ? []
    : some
      ? [['--selectProjects', 'real', '--runInBand', '--forceExit']]
      : [
          ['--selectProjects', 'real', '--maxWorkers=2', '--forceExit', `--testPathIgnorePatterns=${DEMO}`],
          ['--selectProjects', 'real', '--runInBand', '--forceExit', `--testPathPatterns=${DEMO}`],
        ]),
];
let status = 0;
const total = { passed: 0, failed: 0, skipped: 0 };
for (const run of runs) {
  const jest = spawnSync(
    process.execPath,
    [
      join(root, 'node_modules/jest/bin/jest.js'),
      ...run,
      '--json',
      '--outputFile',
      results,
      '--passWithNoTests',
      ...rest,
    ],
    { cwd: root, stdio: ['ignore', 'ignore', 'inherit'] },
  );
  if (jest.status !== 0) status = 1;
  try {
    const report = JSON.parse(readFileSync(results, 'utf8'));
    total.passed += report.numPassedTests;
    // A suite that could not even be loaded has no failed test of its own.
    total.failed += report.numFailedTests + report.numRuntimeErrorTestSuites;
    total.skipped += report.numPendingTests + report.numTodoTests;
  } catch {
    total.failed += 1;
    status = 1;
  }
  rmSync(results, { force: true });
}
// The faults of a shift, on virtual time: each scenario with a thousand seeds.
if (!unit && !some) {
  const faults = [join(root, 'scripts/faults.mjs'), '--seeds', '1000', '--json', results];
  if (spawnSync(process.execPath, faults, { cwd: root, stdio: ['ignore', 'ignore', 'inherit'] }).status !== 0)
    status = 1;
  try {
    const report = JSON.parse(readFileSync(results, 'utf8'));
    total.passed += report.passed;
    total.failed += report.failed;
  } catch {
    total.failed += 1;
    status = 1;
  }
}
rmSync(folder, { recursive: true, force: true });
process.stdout.write(
  `${total.passed} passed, ${total.failed} failed${total.skipped > 0 ? `, ${total.skipped} skipped` : ''}\n`,
);
process.exit(status !== 0 || total.failed > 0 || total.passed === 0 ? 1 : 0);
