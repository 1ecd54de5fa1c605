import { KongDualClusterError } from '../../errors';
import type { Upgrade } from '../changes';
import { TABLES } from './kinds';
import { readSource } from './read-source';
import { isKey, LIST, SCALAR, type Source } from './source';
import { Tree } from './tree';

/** A declarative file that was read, or what an Admin API told, in the same form. */
export interface DeclarativeDocument {
  readonly tree: Tree;
  /** File or URL it was read from. */
  readonly file: string;
  /** As in `RuleContext`. */
  readonly formatVersion: string;
  /** What a person should know of it before the findings. */
  readonly notes: readonly string[];
}

const FORMAT_VERSIONS = ['1.1', '2.1', '3.0'];

/**
 * Reads a declarative file: of decK, of `kong config db_export`, or the one that a node without database is given; YAML
 * or JSON.
 * @throws KongDualClusterError DECLARATIVE_SYNTAX, DECLARATIVE_DUPLICATE_KEY, DECLARATIVE_CYCLIC_ANCHOR,
 * DECLARATIVE_EXPANDS, DECLARATIVE_SEVERAL_DOCUMENTS, DECLARATIVE_NOT_KONG, DECLARATIVE_FORMAT_VERSION
 */
export function readDeclarative(text: string, file: string, upgrade: Upgrade): DeclarativeDocument {
  const { source, value } = readSource(text, file);
  const found = notKong(value, text);
  if (found !== undefined) {
    throw new KongDualClusterError('DECLARATIVE_NOT_KONG', `${file} is not a declarative configuration of Kong`, {
      found: found.what,
      remedy: found.remedy,
    });
  }
  const notes: string[] = [];
  const given = formatVersionOf(source);
  return { tree: new Tree(value, source), file, formatVersion: checkedFormat(given, file, upgrade, notes), notes };
}

/** What `deck gateway dump` or `kong config db_export` of that version write. */
export const formatVersionOfKong = ({ from }: Upgrade): string => (from.isAtLeastMinor('3.0') ? '3.0' : '1.1');

const DUMP = 'give a file of `deck gateway dump` or of `kong config db_export`';

function notKong(value: unknown, text: string): { what: string; remedy: string } | undefined {
  if (value === null || value === undefined) return { what: 'nothing', remedy: DUMP };
  if (Array.isArray(value)) return { what: 'a list', remedy: DUMP };
  if (typeof value !== 'object') {
    return /^\s*[a-z_]+\s*=/m.test(text)
      ? { what: 'lines like those of kong.conf', remedy: 'check it with `kong-dual-cluster check kong-conf FILE`' }
      : { what: 'one text without keys', remedy: DUMP };
  }
  const map = value as Record<string, unknown>;
  if (typeof map.apiVersion === 'string' && typeof map.kind === 'string') {
    return {
      what: `a Kubernetes manifest, kind ${map.kind}`,
      remedy: `check what Kong was given instead: \`deck gateway dump\`, or --admin with the URL of its Admin API`,
    };
  }
  const isKong = Object.hasOwn(map, '_format_version') || Object.keys(map).some((name) => TABLES.has(name));
  if (isKong) return undefined;
  const names = Object.keys(map);
  return {
    what: names.length === 0 ? 'an empty map' : `keys ${names.slice(0, 5).join(', ')}${names.length > 5 ? ', …' : ''}`,
    remedy: DUMP,
  };
}

/** As it is written: `3.0` is 3 as a number. */
function formatVersionOf(source: Source): string | undefined {
  const { text, next, start, end, kind } = source;
  for (let key = 1; key < next[0]!; key = next[next[key]!]!) {
    if (!isKey(source, key, '_format_version')) continue;
    const node = next[key]!;
    if (kind[node] !== SCALAR || start[node]! < 0) return kind[node] === LIST ? '[]' : '';
    return text.slice(start[node], end[node]).replace(/^(['"])(.*)\1$/, '$2');
  }
  return undefined;
}

function checkedFormat(given: string | undefined, file: string, upgrade: Upgrade, notes: string[]): string {
  const usual = formatVersionOfKong(upgrade);
  if (given === undefined) {
    notes.push(`${file} names no _format_version, which Kong requires; taken for "${usual}"`);
    return usual;
  }
  const refused = (problem: string, remedy: string) =>
    new KongDualClusterError('DECLARATIVE_FORMAT_VERSION', problem, { found: `_format_version: ${given}`, remedy });
  if (!FORMAT_VERSIONS.includes(given)) {
    throw refused(
      `${file} has a _format_version that no Kong knows`,
      `write one of ${FORMAT_VERSIONS.map((version) => `"${version}"`).join(', ')}: 2.x writes 1.1 or 2.1, 3.x writes 3.0`,
    );
  }
  const from = upgrade.from.toString();
  if (given !== '3.0' && usual === '3.0') {
    throw refused(
      `${file} is of Kong 2.x or older, but --from is ${from}`,
      'give the version that wrote it as --from; where its paths are those of 3.x already (regexes begin with ~), write _format_version: "3.0"',
    );
  }
  if (given === '3.0' && usual !== '3.0') {
    notes.push(
      `${file} says _format_version 3.0, which Kong ${from} does not write: taken for a file that was converted already`,
    );
  }
  return given;
}
