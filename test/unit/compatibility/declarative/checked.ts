import { checkDeclarative } from '../../../../lib/compatibility/declarative/check';
import { readDeclarative } from '../../../../lib/compatibility/declarative/document';
import { rewrite } from '../../../../lib/compatibility/declarative/rewrite';
import type { DeclarativeRule } from '../../../../lib/compatibility/declarative/rule';
import type { CompatibilityFinding } from '../../../../lib/compatibility/finding';
import { context } from './entity';

/** What rules say of a file, and the file as they mend it. */
export function checked(
  text: string,
  rules: readonly DeclarativeRule[],
  versions: { readonly from: string; readonly to: string; readonly conf?: Readonly<Record<string, string>> },
): { readonly findings: readonly CompatibilityFinding[]; readonly text: string } {
  const given = context({ ...versions, formatVersion: '3.0' });
  const document = readDeclarative(text, 'kong.yaml', given.upgrade);
  const { findings } = checkDeclarative(document, given, rules);
  return { findings, text: rewrite(document.tree) };
}
