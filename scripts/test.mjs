// The one command of the tests: installs what is missing, runs jest, closes with one counted line.
import { spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { constants, setPriority, tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  ensureBuild,
  ensureCheckov,
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

prepare(
  ensureDependencies,
  ensureBuild,
  ...(unit ? [] : [ensurePostgres, ensureTestPython, ensureCheckov, ensureServers]),
);

const folder = mkdtempSync(join(tmpdir(), 'kong-dual-cluster-test-'));

/** Runs a program of Node to its end. @returns its exit code */
function node(args, { quietly = false } = {}) {
  return new Promise((resolve) => {
    const child = spawn(process.execPath, args, { cwd: root, stdio: ['ignore', 'ignore', 'inherit'] });
    if (quietly) setPriority(child.pid, constants.priority.PRIORITY_LOW);
    child.on('close', (code) => resolve(code ?? 1));
    child.on('error', () => resolve(1));
  });
}

// The real suite starts worlds of many processes, which mostly wait: three at a time, each with addresses of its own. The demo
// has the machine for itself: it measures, and it looks for what is left behind. A client may still hold a connection to a
// world that has ended; that must not keep the whole run waiting.
const DEMO = 'test/real/demo.test';
const some = rest.some((arg) => !arg.startsWith('-'));
const jest = (project, ...more) => [
  join(root, 'node_modules/jest/bin/jest.js'),
  '--selectProjects',
  project,
  ...more,
  ...rest,
];
const total = { passed: 0, failed: 0, skipped: 0 };
let status = 0;

/** Adds a jest run to the total. */
async function counted(name, args) {
  const results = join(folder, `${name}.json`);
  if ((await node([...args, '--json', '--outputFile', results, '--passWithNoTests'])) !== 0) status = 1;
  addUp(results, (report) => ({
    passed: report.numPassedTests,
    // A suite that could not even be loaded has no failed test of its own.
    failed: report.numFailedTests + report.numRuntimeErrorTestSuites,
    skipped: report.numPendingTests + report.numTodoTests,
  }));
}

/** The faults of a shift, on virtual time: each scenario with a thousand seeds. They take what processor time the others leave. */
async function faults() {
  const results = join(folder, 'faults.json');
  const args = [join(root, 'scripts/faults.mjs'), '--seeds', '1000', '--json', results];
  if ((await node(args, { quietly: true })) !== 0) status = 1;
  addUp(results, ({ passed, failed }) => ({ passed, failed, skipped: 0 }));
}

function addUp(results, of) {
  try {
    const { passed, failed, skipped } = of(JSON.parse(readFileSync(results, 'utf8')));
    total.passed += passed;
    total.failed += failed;
    total.skipped += skipped;
  } catch {
    total.failed += 1;
    status = 1;
  }
}

await counted('unit', jest('unit', '--maxWorkers=2'));
if (!unit && some) await counted('real', jest('real', '--runInBand', '--forceExit'));
if (!unit && !some) {
  const sequencer = join(root, 'test/real/longest-first.cjs');
  await counted(
    'real',
    jest('real', '--maxWorkers=3', '--forceExit', `--testSequencer=${sequencer}`, `--testPathIgnorePatterns=${DEMO}`),
  );
  // The demo mostly waits.
  const aside = faults();
  await counted('demo', jest('real', '--runInBand', '--forceExit', `--testPathPatterns=${DEMO}`));
  await aside;
}
rmSync(folder, { recursive: true, force: true });
process.stdout.write(
  `${total.passed} passed, ${total.failed} failed${total.skipped > 0 ? `, ${total.skipped} skipped` : ''}\n`,
);
process.exit(status !== 0 || total.failed > 0 || total.passed === 0 ? 1 : 0);
