import fc from 'fast-check';
import { findingsHtml } from '../../../lib/render/findings-html';
import { findingsMarkdown } from '../../../lib/render/findings-markdown';
import { findingsText } from '../../../lib/render/findings-text';
import type { PlanDocument, ShiftWords } from '../../../lib/render/plan-document';
import { planHtml } from '../../../lib/render/plan-html';
import { planMarkdown } from '../../../lib/render/plan-markdown';
import { planText } from '../../../lib/render/plan-text';
import { checked, finding } from './finding-fixture';
import { LIVE, PLAN, WORDS } from './plan-fixture';

/** Text that would be markup if it could. */
const hostile = fc
  .oneof(
    fc.string(),
    fc
      .array(
        fc.constantFrom(
          ...[
            '<',
            '>',
            '"',
            "'",
            '&',
            '`',
            '``',
            '|',
            '\n',
            '\r',
            '\u001b[2J',
            '\u202e',
            '[',
            '](',
            ')',
            '*',
            '_',
            '#',
          ],
          ...['<script>', '</style>', '<img src=x onerror=1>', 'javascript:', 'https://x', '-->', '\\', '~', ' ', 'a'],
        ),
      )
      .map((parts) => parts.join('')),
  )
  // What is empty is left out.
  .filter((text) => text !== '');
const findings = (text: string) =>
  checked(
    [finding({ entity: text, field: text, file: text, message: text, id: text, sources: [`recorded: ${text}`] })],
    {
      target: text,
      wrote: text,
    },
  );
/** The plan with the text wherever somebody else's can stand. */
const plan = (text: string): [PlanDocument, ShiftWords] => [
  {
    ...LIVE,
    strategy: { name: 'in-place', why: text, others: [{ name: 'rolling', whyNot: text }] },
    warnings: [{ code: text, message: text }],
    hops: PLAN.hops.map((hop) => ({ ...hop, note: text, sources: [`recorded: ${text}`] })),
    runbook: PLAN.runbook.map((step) => ({
      ...step,
      ...{ id: text, title: text, who: text, why: text, expected: text, check: text, undo: text },
      ...{ commands: [text], files: [{ name: text, content: text }], sources: [`recorded: ${text}`] },
    })),
    shift: { ...LIVE.shift!, alarms: [text], findings: [{ ok: false, what: text, found: text, mend: text }] },
  },
  { ...WORDS, title: text, configWrites: text, next: [text] },
];

/** The tags of a page without what their attributes say, and without `code`, which backticks may make. */
const tags = (html: string): string[] =>
  [...html.matchAll(/<[^>]*>/g)]
    .map(([tag]) => tag.replace(/"[^"]*"/g, '""'))
    .filter((tag) => !/^<\/?code>$/.test(tag));

describe('whatever a file or a name holds', () => {
  test('a page of findings has no tag more', () => {
    const expected = tags(findingsHtml(findings('x')));
    fc.assert(fc.property(hostile, (text) => expect(tags(findingsHtml(findings(text)))).toEqual(expected)));
  });

  test('a page of a plan has no tag more', () => {
    const expected = tags(planHtml(...plan('x')));
    fc.assert(fc.property(hostile, (text) => expect(tags(planHtml(...plan(text)))).toEqual(expected)));
  });

  test('a page has no script, no style but its own, nothing from a network', () => {
    const html = planHtml(...plan('<script src=https://x>'));
    expect(html).not.toMatch(/<script|<link|<img|<iframe|url\(|@import/i);
    expect(html).toContain(`content="default-src 'none'; style-src 'unsafe-inline'"`);
  });

  test('text moves no cursor and sets no colour', () => {
    fc.assert(
      fc.property(hostile, (text) => {
        for (const told of [
          findingsText(findings(text), { colors: false }),
          planText({ ...plan(text)[0], shift: undefined }, { colors: false }),
          planText(plan(text)[0], { colors: false }, plan(text)[1]),
        ]) {
          expect(told).not.toMatch(/[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u202a-\u202e\u2066-\u2069]/);
        }
      }),
    );
  });

  test('a ticket has no line, no cell and no HTML more', () => {
    const lines = (text: string): number => findingsMarkdown(findings(text)).split('\n').length;
    fc.assert(
      fc.property(hostile, (text) => {
        expect(lines(text)).toBe(lines('x'));
        // Outside code spans every sign that opens a tag or a link is escaped.
        const bare = findingsMarkdown(findings(text)).replace(/(?<!\\)(`+)(?!`)[^]*?(?<!`)\1(?!`)/g, '');
        expect(bare.replace(/\\[\\`*_{}[\]<>#|~!&]/g, '').replace(/^- \[ \] /gm, '')).not.toMatch(/[<[|]/);
      }),
    );
  });

  test('a command in a ticket stays in its block', () => {
    const text = '```\n<b>';
    const told = planMarkdown(...plan(text));
    expect(told).toContain('````sh\n');
  });
});
