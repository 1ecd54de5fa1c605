import fc from 'fast-check';
import { columnsOf, foldLines } from '../../../lib/render/fold-lines';
import { shiftTree, trafficLine } from '../../../lib/render/shift-tree';
import { shiftView, type ShiftKnown } from '../../../lib/render/shift-view';
import { paint } from '../../../lib/render/text';
import { fold } from '../../../lib/traffic/shift';
import type { JournalLine } from '../../../lib/traffic/shift-events';
import { allOn } from '../../../lib/traffic/weights';
import {
  ALL,
  APPROVAL,
  BAKING,
  BEGIN,
  CONFLICT,
  DONE,
  FAILED,
  HELD,
  ROLLED_BACK,
  WAITING,
  gate,
  journal,
} from './shift-journals';

const PLAIN = paint(false);
const view = (lines: readonly JournalLine[], seconds: number, more: Partial<ShiftKnown> = {}) =>
  shiftView({ state: fold(lines), lines, now: BEGIN + seconds * 1000, ...more });
const tree = (lines: readonly JournalLine[], seconds: number, columns = 80, more: Partial<ShiftKnown> = {}): string =>
  shiftTree(view(lines, seconds, more), { columns }, PLAIN).join('\n');

describe('the tree of a shift', () => {
  test('while a stage is baked: what is done, what is under way with its gates, what is to come, what happens next', () => {
    expect(tree(BAKING, 960, 80, { timerAt: Date.parse('2026-11-21T21:01:00Z') })).toBe(
      [
        'shift     blue → green, baking, 16m so far',
        '          run 20261121T203000Z-4711',
        ' ✓ 1     5 %   seen 4.9 % of 10,000 requests on green, 10m',
        ' ▶ 2    25 %   ████████████░░░░░░░░ 5m50s of 10m',
        '               set blue 75 : green 25; seen 24.8 % of 8,812 requests on green',
        '   │ ✓ alarms  3 alarms OK',
        '   │ … errors  3 of 2185 on green, 9 of 6627 on blue: needs ~3 min',
        '   │ ✓ slow    slower than 1 s: none of 2185 on green (watched)',
        ' · 3    50 %   bake 10m, after an approval',
        ' · 4   100 %   soak 30m',
        'next      in 4m10s: an approval is asked for 50 % on green if the gates pass',
        'dead man  back to blue by itself at 21:01 UTC if the runner dies',
      ].join('\n'),
    );
  });

  test('on 60 columns gates are told in two parts, and nothing is cut off', () => {
    const lines = tree(BAKING, 960, 60).split('\n');
    expect(Math.max(...lines.map(columnsOf))).toBeLessThanOrEqual(60);
    expect(lines).toContain('   │ … errors: 3 of 2185 on green, 9 of 6627 on blue: needs');
    expect(lines).toContain('   │   ~3 min');
  });

  test('the newest look of the runner wins over the journal’s, and one that is old says so', () => {
    const look = { gates: [gate('errors', 'FAIL', 'bad')], counts: { blue: 1, green: 3 }, at: BEGIN + 970_000 };
    expect(tree(BAKING, 971, 80, { look })).toContain('✗ errors  bad');
    expect(tree(BAKING, 971, 80, { look })).toContain('seen 75 % of 4 requests');
    expect(tree(BAKING, 1000)).toContain('as of 40s ago');
  });

  test('without a verdict when the bake is over: which gates, what then, and how long it may take', () => {
    expect(tree(WAITING, 1230, 200)).toContain(
      'next      waits for 1 gate without a verdict (errors), then an approval is asked for 50 % on green; after 29m40s without one it holds',
    );
  });

  test('an approval: what it is for, and both commands', () => {
    const text = tree(APPROVAL, 1300);
    expect(text).toContain(' ? 3    50 %   waits for approval; then bake 10m');
    expect(text).toContain('next      50 % on green, when a person approves');
    expect(text).toContain('approve with: kong-dual-cluster shift resume');
    expect(text).toContain('go back with: kong-dual-cluster shift abort');
  });

  test('held: why, and the way on and back', () => {
    const text = tree(HELD, 3020, 120);
    expect(text).toContain(' ‖ 2    25 %   held after 40m');
    expect(text).toContain('held: no verdict after 2400 s');
    expect(text).toContain('go on with: kong-dual-cluster shift resume');
    expect(text).toContain('go back with: kong-dual-cluster shift abort');
  });

  test.each([
    [
      'rolled back',
      ROLLED_BACK,
      ['shift     blue → green, rolled back, 16m2s', '↩ 2', 'everything is on blue again', '✗ errors'].slice(0, 3),
    ],
    [
      'a rollback that failed',
      FAILED,
      ['THE ROLLBACK FAILED', 'at once: kong-dual-cluster shift abort', 'AccessDenied'],
    ],
    [
      'a conflict',
      CONFLICT,
      ['✗ 2', 'rule-1 has blue 50, green 50', 'nothing is fought', 'go back with: kong-dual-cluster shift abort'],
    ],
    [
      'done',
      DONE,
      [
        'shift     blue → green, done, 1h1m51s\n',
        '✓ 4',
        'seen 100 % of 30,000 requests',
        'then: kong-dual-cluster teardown',
      ],
    ],
  ] as const)('%s', (_, lines, expected) => {
    const text = tree(lines, 90_000, 100);
    for (const part of expected) expect(text).toContain(part);
    expect(text).not.toContain('NaN');
    expect(text).not.toContain('by itself at');
  });

  test('given nobody runs it, it does not promise what would happen next', () => {
    const text = tree(BAKING, 960, 80, { isRun: false });
    expect(text).toContain('NOBODY RUNS THIS SHIFT');
    expect(text).not.toContain('next      in');
  });

  test('what the runner waits for is told', () => {
    expect(tree(journal(), 3, 80, { waits: 'green has 1 healthy node of 2' })).toContain(
      'next      now: raise to 5 % on green; waits: green has 1 healthy node of 2',
    );
  });

  test('on a low terminal it tells less, the stage under way and what is next last of all', () => {
    const low = shiftTree(view(BAKING, 960), { columns: 80, rows: 9 }, PLAIN);
    expect(low.length).toBeLessThanOrEqual(9);
    expect(low.join('\n')).toContain('1 stage passed');
    expect(low.join('\n')).toContain('needs ~3 min');
    expect(shiftTree(view(BAKING, 960), { columns: 80, rows: 3 }, PLAIN).join('\n')).toContain('next');
  });

  test('colours add nothing but themselves', () => {
    const bare = (text: string): string => text.replace(/\x1b\[\d+m/g, '');
    const coloured = shiftTree(view(BAKING, 960), { columns: 80 }, paint(true)).join('\n');
    expect(coloured).not.toBe(tree(BAKING, 960));
    expect(bare(coloured)).toBe(tree(BAKING, 960));
    expect(trafficLine(allOn('blue'), 80, PLAIN)).toBe(`traffic   ${'█'.repeat(30)}  blue 100 %, green 0 %`);
  });

  test('law: no prefix of a journal, at no time, on no terminal is wider or higher than there is room for, or throws', () => {
    fc.assert(
      fc.property(
        fc.constantFrom(...Object.values(ALL)),
        fc.nat(30),
        fc.integer({ min: -100, max: 100_000 }),
        fc.integer({ min: 30, max: 140 }),
        fc.integer({ min: 1, max: 40 }),
        fc.string({ unit: 'grapheme', maxLength: 200 }),
        (whole, count, seconds, columns, rows, waits) => {
          const lines = whole.slice(0, 1 + (count % whole.length));
          const shown = shiftTree(view(lines, seconds, { waits }), { columns, rows }, PLAIN);
          expect(shown.length).toBeLessThanOrEqual(rows);
          for (const line of shown) expect(columnsOf(line)).toBeLessThanOrEqual(columns);
        },
      ),
    );
  });
});

describe('folding', () => {
  test('a word that is longer than a line is broken, because the height must be known', () => {
    expect(foldLines('an arn:aws:very-long', 8)).toEqual(['an', 'arn:aws:', 'very-lon', 'g']);
  });
  test('wide signs take two columns, control characters none', () => {
    expect(foldLines('日本語 x\x1b[2J', 4)).toEqual(['日本', '語 x', '[2J']);
  });
});
