/** RFC 3986 reserved characters stay encoded, with upper-case digits; everything else is decoded. */
const RESERVED = "!*'();:@&=+$,/?%#[]";

function decode(path: string, keep: (character: string) => string | undefined): string {
  const bytes = path.replace(/(?:%[0-9a-fA-F]{2})+/g, (run) => {
    const parts: string[] = [];
    let pending: number[] = [];
    const flush = (): void => {
      if (pending.length > 0) parts.push(Buffer.from(pending).toString('utf8'));
      pending = [];
    };
    for (const triplet of run.match(/%../g) ?? []) {
      const code = Number.parseInt(triplet.slice(1), 16);
      const kept = code < 0x80 ? keep(String.fromCharCode(code)) : undefined;
      if (kept === undefined) pending.push(code);
      else {
        flush();
        parts.push(kept);
      }
    }
    flush();
    return parts.join('');
  });
  return bytes;
}

const hex = (character: string): string => `%${character.charCodeAt(0).toString(16).toUpperCase().padStart(2, '0')}`;

/** A request or plain route path as Kong's router compares it: decoded, without dot segments, `//` merged if asked. */
export function normalizePath(path: string, mergeSlashes = true): string {
  const decoded = decode(path, (character) => (RESERVED.includes(character) ? hex(character) : undefined));
  const merged = mergeSlashes ? decoded.replace(/\/{2,}/g, '/') : decoded;
  const output: string[] = [];
  const segments = merged.split('/').slice(1);
  segments.forEach((segment, index) => {
    const last = index === segments.length - 1;
    if (segment === '.' || segment === '..') {
      if (segment === '..') output.pop();
      if (last) output.push('');
    } else output.push(segment);
  });
  return `/${output.join('/')}`;
}

/** A regex path with its percent encodings decoded; characters with a meaning in a regex are escaped. */
export function decodeRegex(path: string): string {
  return decode(path, (character) => {
    if (RESERVED.includes(character)) return hex(character);
    return /[\\^$.|?*+()[\]{}]/.test(character) ? `\\${character}` : undefined;
  });
}

/** What goes to the upstream: every byte that a URI may not hold is percent-encoded, existing encodings stay. */
export function escapePath(path: string): string {
  return path.replace(/[^!#$&'()*+,/:;=?@[\]A-Za-z\d\-_.~%]+/gu, (text) =>
    [...Buffer.from(text)].map((byte) => `%${byte.toString(16).toUpperCase().padStart(2, '0')}`).join(''),
  );
}
