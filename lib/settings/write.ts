import { readFile } from 'node:fs/promises';
import { isCollection, isMap, isScalar } from 'yaml';
import type { Document } from 'yaml';
import { writeAtomically } from './atomic-write';
import { parseYaml } from './load';

export interface SettingsEdit {
  readonly path: readonly (string | number)[];
  /** Undefined removes the key. */
  readonly value: unknown;
}

/**
 * Changes keys of a settings file and keeps its comments and its order; a missing file begins empty. Atomic.
 * @throws KongDualClusterError SETTINGS_INVALID when the file is not YAML: then nothing is written
 */
export async function updateSettingsFile(path: string, edits: readonly SettingsEdit[]): Promise<void> {
  const text = await readFile(path, 'utf8').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return '';
    throw error;
  });
  await writeAtomically(path, editSettings(text, path, edits));
}

/** The text after the edits. */
export function editSettings(text: string, file: string, edits: readonly SettingsEdit[]): string {
  const { document } = parseYaml(text, file);
  for (const { path, value } of edits) {
    if (value === undefined) {
      if (document.hasIn(path)) document.deleteIn(path);
      continue;
    }
    makeRoom(document, path);
    // A scalar goes into the node that is there, which keeps the comment behind it.
    document.setIn(path, typeof value === 'object' ? document.createNode(value) : value);
  }
  return document.toString({ lineWidth: 0, singleQuote: true });
}

/** `slots:` without a value, or `slots: {}`, becomes a map in block style. */
function makeRoom(document: Document, path: readonly (string | number)[]): void {
  for (let length = 0; length < path.length; length++) {
    const parent = path.slice(0, length);
    const node: unknown = length === 0 ? document.contents : document.getIn(parent, true);
    if (node === null || node === undefined || (isScalar(node) && node.value === null)) {
      const map = document.createNode({});
      map.flow = false;
      if (length === 0) document.contents = map;
      else document.setIn(parent, map);
    } else if (isCollection(node) && isMap(node) && node.items.length === 0) node.flow = false;
  }
}
