/**
 * How Kong 2.8 and 3.x read `paths` of a route. Sources: Kong/kong@2.8.5 kong/router.lua; Kong/kong@3.4.2
 * kong/db/migrations/migrate_path_280_300.lua, kong/tools/uri.lua, kong/router/compat.lua.
 */

/** Characters that keep their percent-encoding, RFC 3986's reserved ones and `%`. */
const RESERVED = new Set("!*'();:@&=+$,/?%#[]");
/** Characters that mean something in a regex and are not reserved: they are escaped when they are decoded. */
const META = new Set('.^-{}\\|');
const TRIPLETS = /(?:%[0-9A-Fa-f]{2})+/g;

/** Whether Kong 2.x takes the path for a regex: any character beyond letters, digits and `. - _ ~ / %`. */
export function isRegexIn2x(path: string): boolean {
  return !/^[a-zA-Z0-9.\-_~/%]*\n?$/.test(path);
}

/** Whether Kong 3.x takes the path for a regex. */
export const isRegexIn3x = (path: string): boolean => path.startsWith('~');

/** The path as the migration to 3.0 writes it; undefined where that is not text that PostgreSQL takes. */
export function migratedPath(path: string): string | undefined {
  if (!isRegexIn2x(path)) return normalizedPath(path);
  const decoded = decodedRegex(path);
  return decoded === undefined ? undefined : `~${decoded}`;
}

/** A regex without its percent-encoded characters, except reserved ones; undefined as in `migratedPath`. */
export const decodedRegex = (regex: string): string | undefined =>
  decode(regex, (char) => (META.has(char) ? `\\${char}` : char));

/** A plain path in the only form that Kong 3.x accepts when it is written; undefined as in `migratedPath`. */
export function normalizedPath(path: string): string | undefined {
  const decoded = decode(path, (char) => char);
  return decoded === undefined ? undefined : withoutDotSegments(decoded);
}

/** The pattern that Kong 3.x's default router compiles for a regex path `~/…`. */
export const rustPattern = (path: string): string => `^${path.slice(1)}`.replaceAll('?<', '?P<');

/** Decodes runs of triplets byte by byte; what is left must be UTF-8 without NUL. */
function decode(text: string, written: (char: string) => string): string | undefined {
  if (!text.includes('%')) return text;
  let isText = true;
  const decoded = text.replace(TRIPLETS, (run) => {
    const bytes: number[] = [];
    for (let i = 0; i < run.length; i += 3) {
      const byte = Number.parseInt(run.slice(i + 1, i + 3), 16);
      const char = String.fromCharCode(byte);
      if (byte === 0) isText = false;
      const kept = RESERVED.has(char) ? run.slice(i, i + 3).toUpperCase() : byte < 0x80 ? written(char) : undefined;
      if (kept === undefined) bytes.push(byte);
      else bytes.push(...[...kept].map((one) => one.charCodeAt(0)));
    }
    const found = utf8(bytes);
    if (found === undefined) isText = false;
    return found ?? '';
  });
  return isText ? decoded : undefined;
}

function utf8(bytes: readonly number[]): string | undefined {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(Uint8Array.from(bytes));
  } catch {
    return undefined;
  }
}

/** RFC 3986's removal of dot segments, and `//` merged to `/`. */
function withoutDotSegments(path: string): string {
  if (path === '' || path === '/') return path;
  if (!/(?:^|\/)\.|\/\//.test(path)) return path;
  const segments: string[] = [];
  let left = path;
  while (left !== '') {
    if (left === '/.') left = '/';
    else if (left === '/..') {
      left = '/';
      segments.pop();
    } else if (left === '.' || left === '..') left = '';
    else if (left.startsWith('../')) left = left.slice(3);
    else if (left.startsWith('./') || left.startsWith('/./')) left = left.slice(2);
    else if (left.startsWith('/../')) {
      left = left.slice(3);
      segments.pop();
    } else if (left.startsWith('//')) left = left.slice(1);
    else {
      const next = left.indexOf('/', 1);
      segments.push(next < 0 ? left : left.slice(0, next));
      left = next < 0 ? '' : left.slice(next);
    }
  }
  return segments.join('');
}
