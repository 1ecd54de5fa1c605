import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/** Version of this package: from the package's own package.json, which lies two folders up in the sources and three in dist/. */
export function version(): string {
  for (const up of ['../..', '../../..', '..']) {
    const path = join(__dirname, up, 'package.json');
    if (!existsSync(path)) continue;
    const { name, version: found } = JSON.parse(readFileSync(path, 'utf8')) as { name?: string; version?: string };
    if (name === 'kong-dual-cluster' && found) return found;
  }
  return 'unknown';
}
