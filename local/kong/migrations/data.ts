import type { Queries } from '../database';
import { decodeRegex, normalizePath } from '../paths';

/**
 * The part of core 016_280_to_300 that is not SQL: route paths of the 2.x kind become those of 3.x. A path with a
 * character that no plain path has was a regex and gets `~`; percent encodings are normalised in both kinds.
 */
export async function normalizeRoutePaths(db: Queries): Promise<void> {
  const { rows } = await db.query<{ id: string; paths: string[] }>(
    'SELECT id, paths FROM routes WHERE paths IS NOT NULL',
  );
  for (const { id, paths } of rows) {
    const next = paths.map(migratePath);
    if (next.some((path, index) => path !== paths[index])) {
      await db.query('UPDATE routes SET paths = $2 WHERE id = $1', [id, next]);
    }
  }
}

export function migratePath(path: string): string {
  if (path.startsWith('~')) return path;
  return /^[a-zA-Z0-9._~/%-]*$/.test(path) ? normalizePath(path, false) : `~${decodeRegex(path)}`;
}
