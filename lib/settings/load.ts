import { readFile } from 'node:fs/promises';
import { isAlias, isMap, isScalar, isSeq, LineCounter, parseDocument } from 'yaml';
import type { Document } from 'yaml';
import { EXIT, KongDualClusterError } from '../errors';
import { mistakesOf } from './mistakes';
import type { Mistake } from './mistakes';
import { settingsSchema } from './schema';
import type { Settings, SettingsInput } from './schema';

export interface LoadedSettings {
  readonly settings: Settings;
  /** `dual-cluster.yaml:12:3` of a key path, or of the nearest key above it that is there. */
  readonly locate: (path: readonly PropertyKey[]) => string;
}

/** @throws KongDualClusterError SETTINGS_NOT_FOUND, SETTINGS_INVALID naming every mistake with file, line and key */
export async function loadSettings(path: string): Promise<Settings> {
  return (await loadSettingsFile(path)).settings;
}

/** As `loadSettings`, with the way back from a key to its line. */
export async function loadSettingsFile(path: string): Promise<LoadedSettings> {
  return parseSettings(await readSettingsText(path), path);
}

/** @throws KongDualClusterError SETTINGS_NOT_FOUND */
export async function readSettingsText(path: string): Promise<string> {
  try {
    return await readFile(path, 'utf8');
  } catch (cause) {
    throw new KongDualClusterError('SETTINGS_NOT_FOUND', 'the settings cannot be read', {
      found: `${path}: ${(cause as NodeJS.ErrnoException).code ?? String(cause)}`,
      remedy:
        'run it in the folder with dual-cluster.yaml, or name the file: KONG_DUAL_CLUSTER_SETTINGS for both commands, --settings FILE for kong-dual-cluster, --context settings=FILE for cdk',
      exitCode: EXIT.usage,
      cause,
    });
  }
}

/** @throws KongDualClusterError SETTINGS_INVALID */
export function parseSettings(text: string, file: string): LoadedSettings {
  const { document, lines } = parseYaml(text, file);
  const locate = (path: readonly PropertyKey[]): string => place(file, lines, positionOf(document, path));
  const value = valueOf(document, place(file, lines, 0));
  const result = settingsSchema.safeParse(value);
  if (result.success) return { settings: result.data, locate };
  const mistakes = mistakesOf(result.error.issues, value, (path) => sourceOf(document, path));
  const told = mistakes.map((mistake) => ({
    position: positionOf(document, mistake.path),
    text: `${locate(mistake.path)}: ${inWords(mistake)}`,
  }));
  throw invalid(told.sort((a, b) => a.position - b.position).map(({ text: line }) => line));
}

/**
 * Settings that a program holds as data, checked and with every default filled in: what `systemSpec` and `refuse` take.
 * @throws KongDualClusterError SETTINGS_INVALID naming every mistake with its key
 */
export function settingsOf(input: SettingsInput): Settings {
  const result = settingsSchema.safeParse(input);
  if (result.success) return result.data;
  throw invalid(mistakesOf(result.error.issues, input, () => undefined).map(inWords));
}

const inWords = ({ path, problem, found, allowed }: Mistake): string =>
  [
    `${path.length === 0 ? '' : `${path.join('.')}: `}${problem}`,
    ...(found === undefined ? [] : [`found: ${found}`]),
    ...(allowed === undefined ? [] : [`allowed: ${allowed}`]),
  ].join(', ');

/** @throws KongDualClusterError SETTINGS_INVALID for broken YAML and duplicate keys */
export function parseYaml(text: string, file: string): { document: Document; lines: LineCounter } {
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines, prettyErrors: false });
  if (document.errors.length > 0) {
    throw invalid(
      document.errors.map(({ code, pos, message }) => {
        const key = /^[^\s:]*/.exec(text.slice(pos[0]))?.[0];
        const problem = code === 'DUPLICATE_KEY' ? `the key ${key} is there twice` : lowerFirst(message);
        return `${place(file, lines, pos[0])}: ${problem}`;
      }),
    );
  }
  return { document, lines };
}

/** An alias without its anchor is found only here, and yaml does not say where. */
function valueOf(document: Document, start: string): unknown {
  try {
    return document.toJS() as unknown;
  } catch (error) {
    if (error instanceof ReferenceError) throw invalid([`${start}: ${lowerFirst(error.message)}`]);
    throw error;
  }
}

function invalid(mistakes: readonly string[]): KongDualClusterError {
  const [first = ''] = mistakes;
  const problem =
    mistakes.length === 1
      ? first
      : `${mistakes.length} mistakes in the settings\n${mistakes.map((mistake) => `  ${mistake}`).join('\n')}`;
  return new KongDualClusterError('SETTINGS_INVALID', problem, {
    remedy: `correct the ${mistakes.length === 1 ? 'line' : 'lines'}; docs/settings.md and schema/dual-cluster.schema.json name every key`,
    exitCode: EXIT.usage,
  });
}

function place(file: string, lines: LineCounter, position: number): string {
  const { line, col } = lines.linePos(position);
  return `${file}:${line}:${col}`;
}

const lowerFirst = (text: string): string => text.charAt(0).toLowerCase() + text.slice(1);

/** Where the last key of the path stands; the nearest key above it when it is missing. */
function positionOf(document: Document, path: readonly PropertyKey[]): number {
  let position = document.contents?.range?.[0] ?? 0;
  let node: unknown = document.contents;
  for (const key of path) {
    if (isAlias(node)) node = node.resolve(document);
    if (isMap(node)) {
      const pair = node.items.find((item) => isScalar(item.key) && String(item.key.value) === String(key));
      if (pair === undefined) break;
      position = (isScalar(pair.key) ? pair.key.range?.[0] : undefined) ?? position;
      node = pair.value;
    } else if (isSeq(node) && typeof key === 'number') {
      const item: unknown = node.items[key];
      position = (isScalar(item) || isMap(item) || isSeq(item) ? item.range?.[0] : undefined) ?? position;
      node = item;
    } else break;
  }
  return position;
}

/** A plain scalar as it was typed. */
function sourceOf(document: Document, path: readonly PropertyKey[]): string | undefined {
  const node: unknown = document.getIn(path, true);
  return isScalar(node) ? node.source : undefined;
}
