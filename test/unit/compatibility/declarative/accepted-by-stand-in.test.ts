import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { checkDeclarative } from '../../../../lib/compatibility/declarative/check';
import { readDeclarative } from '../../../../lib/compatibility/declarative/document';
import { rewriteChecked } from '../../../../lib/compatibility/declarative/rewrite';
import { RULES } from '../../../../lib/compatibility/declarative/rules';
import { KongVersion } from '../../../../lib/release/kong-version';
import { refusals } from './stand-in';

const upgrade = { from: KongVersion.parse('2.8.5'), to: KongVersion.parse('3.4.2') };
const recorded = (file: string): string => readFileSync(join(__dirname, '../../../recorded/declarative', file), 'utf8');

describe.each(['2.8.5-deck.yaml', '2.8.5-db_export.yml', '2.8.5-deck-with-id.json'])('the recorded %s', (file) => {
  const text = recorded(file);
  const document = readDeclarative(text, file, upgrade);
  const { findings } = checkDeclarative(
    document,
    { upgrade, formatVersion: document.formatVersion, conf: undefined },
    RULES,
  );
  const rewritten = rewriteChecked(document.tree, file);

  test('as it is, is refused by the schemas of 3.4.2 where real 3.4.2 refused it', () => {
    const refused = [...refusals(text, file).keys()].map((entity) => entity.replace(/ of .*/, ''));
    expect(refused).toEqual(
      expect.arrayContaining([
        ...['dblslash', 'dotdot', 'pct-lower', 'pct-space', 'pct-tilde', 'pct-utf8'].map((name) => `routes ${name}`),
        ...['http-log', 'post-function', 'pre-function'].map((name) => `plugins ${name}`),
      ]),
    );
  });

  test('rewritten, is accepted but for the three regexes that a person has to decide', () => {
    const refused = refusals(rewritten, file);
    expect([...refused.keys()].sort()).toEqual(['routes re-backref', 'routes re-lookahead', 'routes re-multi']);
    for (const name of refused.keys()) {
      const told = findings.filter(
        ({ entity, fix }) => entity.includes(`"${name.replace('routes ', '')}"`) && fix.mode === 'manual',
      );
      expect(told.map(({ severity }) => severity)).toContain('breaking');
    }
  });

  test('rewritten twice is rewritten once', () => {
    const again = readDeclarative(rewritten, file, upgrade);
    checkDeclarative(again, { upgrade, formatVersion: again.formatVersion, conf: undefined }, RULES);
    expect(rewriteChecked(again.tree, file)).toBe(rewritten);
  });
});
