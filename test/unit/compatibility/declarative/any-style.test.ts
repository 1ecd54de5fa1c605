import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import * as fc from 'fast-check';
import { checkDeclarative } from '../../../../lib/compatibility/declarative/check';
import { readDeclarative } from '../../../../lib/compatibility/declarative/document';
import { rewriteChecked } from '../../../../lib/compatibility/declarative/rewrite';
import { RULES } from '../../../../lib/compatibility/declarative/rules';
import { context } from './entity';
import { written } from './text';

const given = context({ from: '2.8', to: '3.4' });
const checked = (text: string) => {
  const document = readDeclarative(text, 'kong.yaml', given.upgrade);
  const report = checkDeclarative(document, { ...given, formatVersion: document.formatVersion }, RULES);
  return { ...report, root: document.tree.root, result: rewriteChecked(document.tree, 'kong.yaml') };
};

test.each(['2.8.5-deck.yaml', '2.8.5-db_export.yml'])(
  'with all rules, %s in any style is mended alike, and a second time nothing is',
  (file) => {
    const text = readFileSync(join(__dirname, '../../../recorded/declarative', file), 'utf8');
    const document = readDeclarative(text, file, given.upgrade).tree.root;
    const expected = checked(text);
    fc.assert(
      fc.property(fc.array(fc.nat(1000), { minLength: 20, maxLength: 200 }), (tape) => {
        const once = checked(written(document, tape));
        expect(once.root).toEqual(expected.root);
        expect(once.mended).toBe(expected.mended);
        const twice = checked(once.result);
        expect([twice.mended, twice.result]).toEqual([0, once.result]);
      }),
      { numRuns: 12 },
    );
  },
);
