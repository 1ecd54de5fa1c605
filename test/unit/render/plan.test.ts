import { noReturnAt, planDocument, supportOn, supportText, type PlanStop } from '../../../lib/render/plan-document';
import { planHtml } from '../../../lib/render/plan-html';
import { planMarkdown } from '../../../lib/render/plan-markdown';
import { planText } from '../../../lib/render/plan-text';
import { LIVE, PLAN, WORDS } from './plan-fixture';

const told = planText(PLAN, { colors: false });
const toldLive = planText(LIVE, { colors: false }, WORDS);

describe('a plan as text', () => {
  test('begins with the way and the strategy', () => {
    expect(told.split('\n').slice(0, 2)).toEqual([
      'Kong 2.8 → 3.10 by dual-cluster',
      '2.8 → 3.4 → 3.10; support of Enterprise as of 2026-11-21',
    ]);
  });

  test('says of each stop how it is supported and what it stands on', () => {
    expect(told).toMatch(/ 2\.8 +runs now +support ended 2026-03-26\n/);
    expect(told).toMatch(/ 3\.4 +lts-to-lts +sunset support until 2027-08-31\n.*3\.4\.3\.25 \(Enterprise\)/);
    expect(told).toContain('PostgreSQL 13, 14, 15, 16, 17');
  });

  test('says why this strategy and why none of the others', () => {
    expect(told).toContain('- not in-place: it needs a maintenance window');
  });

  test('a step: who, why, commands as typed, files, expected, check, undo', () => {
    expect(told).toContain(
      [
        ' 1. Back the database up',
        '    platform engineer',
        '    A migration cannot be reversed.',
        '      kong-dual-cluster freeze --for 8h',
        '      kong-dual-cluster snapshot --for green',
        '    expected: a snapshot that is available, and its id in dual-cluster.lock.json',
        '    check:    `kong-dual-cluster doctor` names the snapshot',
        '    undo:     kong-dual-cluster unfreeze',
      ].join('\n'),
    );
    expect(told).toContain('    file values.yaml:\n      image:\n        tag: "3.10"');
  });

  test('the point of no return stands once, before its step', () => {
    expect(told.match(/── Point of no return/g)).toHaveLength(1);
    expect(told).toMatch(/── Point of no return[^\n]*\n\n 4\. do teardown\n/);
  });

  test('without such a step there is no such line', () => {
    const runbook = PLAN.runbook.filter(({ pointOfNoReturn }) => !pointOfNoReturn);
    expect(planText({ ...PLAN, runbook }, { colors: false })).not.toContain('no return');
  });

  test('fits into 80 columns, but for commands', () => {
    expect([told, toldLive].flatMap((text) => text.split('\n')).filter((line) => line.length > 80)).toEqual([]);
  });

  test('with a live shift its stages and what stands against it; the runbook is named', () => {
    expect(toldLive).toContain('RUNBOOK 5 steps: kong-dual-cluster plan --from 2.8 --to 3.10');
    expect(toldLive).toContain('NOT  capacity of green: 1 of 2 nodes\n     npx cdk deploy kong-green');
    expect(toldLive).not.toContain('do teardown');
  });
});

describe('a plan as Markdown', () => {
  const markdown = planMarkdown(LIVE, WORDS);

  test('each step is a box to tick, in order', () => {
    expect([...markdown.matchAll(/^- \[ \] \*\*(\d+)\./gm)].map(([, n]) => n)).toEqual(['1', '2', '3', '4', '5']);
  });

  test('commands are blocks, sources are links', () => {
    expect(markdown).toContain(
      '  ```sh\n  kong-dual-cluster freeze --for 8h\n  kong-dual-cluster snapshot --for green\n  ```',
    );
    expect(markdown).toContain('(https://github.com/Kong/kong/issues/9495)');
  });

  test('the shift is in it, and whether it would be refused', () => {
    expect(markdown).toContain('40m in all; it would be refused');
    expect(markdown).toContain('| 1 | 5 % | 95 : 5 | 10m | 10m |');
  });
});

describe('a plan as a page', () => {
  const html = planHtml(PLAN);

  test('has a card for each step, and the barrier before the fourth', () => {
    expect(html.match(/class="card step/g)).toHaveLength(5);
    expect(html.match(/class="barrier"/g)).toHaveLength(1);
    expect(html.indexOf('class="barrier"')).toBeGreaterThan(html.indexOf('id="shift"'));
    expect(html.indexOf('class="barrier"')).toBeLessThan(html.indexOf('id="teardown"'));
  });

  test('its pictures say in one sentence what they show', () => {
    expect(html).toContain(
      'aria-label="2 steps before, 1 steps during, 2 steps after; the point of no return is step 4"',
    );
    expect(html).toContain(
      'aria-label="2.8, support ended 2026-03-26; lts-to-lts to 3.4, sunset support until 2027-08-31;',
    );
  });

  test('the headline warns, and with a shift that would be refused it says so', () => {
    expect(html).toContain('<p class="verdict warn">2 warnings to know first</p>');
    expect(planHtml(LIVE, WORDS)).toContain('<p class="verdict bad">a shift would be refused today</p>');
    expect(planHtml({ ...PLAN, warnings: [] })).toContain('<p class="verdict good">a supported path</p>');
  });

  test('is drawn without hops and without steps', () => {
    const empty = planHtml({ ...PLAN, hops: [], stops: [], runbook: [] });
    expect(empty).not.toMatch(/NaN|Infinity|undefined/);
  });
});

describe('the support of a stop', () => {
  const stop: PlanStop = { version: '3.4', fullSupportUntil: '2026-08-31', sunsetUntil: '2027-08-31' };
  test.each([
    ['2026-08-31', 'full', 'full support until 2026-08-31'],
    ['2026-09-01', 'sunset', 'sunset support until 2027-08-31'],
    ['2027-08-31', 'sunset', 'sunset support until 2027-08-31'],
    ['2027-09-01', 'ended', 'support ended 2027-08-31'],
  ])('on %s it is %s', (day, support, text) => {
    expect([supportOn(stop, day), supportText(stop, day)]).toEqual([support, text]);
  });
  test('without dates it is not known', () => {
    expect(supportText({ version: '9.9' }, '2026-11-21')).toBe('no support dates known');
  });
});

test('the stops of a plan are where it starts and where each hop ends, with their dates', () => {
  const { stops: _, ...plan } = PLAN;
  expect(planDocument({ ...plan, to: '3.10.0.9' }).stops).toEqual([
    { version: '2.8', released: '2022-03-02', fullSupportUntil: '2025-03-26', sunsetUntil: '2026-03-26' },
    { version: '3.4', released: expect.any(String), fullSupportUntil: '2026-08-31', sunsetUntil: '2027-08-31' },
    { version: '3.10.0.9', released: expect.any(String), fullSupportUntil: '2028-03-31', sunsetUntil: '2029-03-31' },
  ]);
});

test('the point of no return is the first step that weights do not take back', () => {
  expect(noReturnAt(PLAN)).toBe(3);
});
