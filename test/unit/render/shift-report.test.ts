import { shiftMarkdown, shiftPage } from '../../../lib/render/shift-page';
import { shiftStory } from '../../../lib/render/shift-report';
import { ALL, APPROVAL, BAKING, CONFLICT, DONE, HELD, ROLLED_BACK, journal, looked, raised } from './shift-journals';

describe('the report of a shift', () => {
  test.each(Object.entries(ALL))(
    '%s: holds every stage, every verdict and every event, and says how it ended',
    (_, lines) => {
      const story = shiftStory(lines);
      const html = shiftPage(story);
      for (const { stage } of story.view.stages) expect(html).toContain(`<tr><td>${stage}</td>`);
      for (const { gates } of story.view.stages.filter(({ seconds }) => seconds !== null))
        for (const { gate } of gates) expect(html).toContain(`<td>${gate}`);
      for (const { at } of story.events) expect(html).toContain(at.slice(11, 19));
      expect(html).toContain(`>${story.view.phase}</p>`);
      expect(html).not.toMatch(/NaN|undefined|Infinity/);
    },
  );

  test('every prefix of every journal makes one', () => {
    for (const lines of Object.values(ALL))
      for (let n = 1; n <= lines.length; n += 1) {
        const story = shiftStory(lines.slice(0, n));
        expect(shiftPage(story)).not.toMatch(/NaN|undefined|Infinity/);
        expect(shiftMarkdown(story)).not.toMatch(/NaN|undefined/);
      }
  });

  test('what somebody else wrote is text: no script, no markup', () => {
    const html = shiftPage(shiftStory(HELD));
    expect(html).not.toContain('<script');
    expect(html).toContain('&lt;script&gt;alert(1)&lt;/script&gt;');
    expect(shiftMarkdown(shiftStory(HELD))).not.toMatch(/(?<!\\)<script/);
  });

  test('it is one file: nothing is loaded from anywhere', () => {
    expect(shiftPage(shiftStory(DONE))).not.toMatch(/src=|<link|url\(|@import/);
  });

  test('a look is what was counted since the one before it', () => {
    const story = shiftStory(journal(...raised(0, 5), looked(0, 65, 95, 5, 1), looked(0, 125, 190, 15, 4)));
    expect(
      story.looks.map(({ requests, shareSeen, errors, since }) => [requests, shareSeen, errors.green, since]),
    ).toEqual([
      [100, 0.05, 1, '2026-11-21T20:30:05.000Z'],
      [105, 10 / 105, 3, '2026-11-21T20:31:05.000Z'],
    ]);
  });

  test('a stage that was raised again counts from zero', () => {
    const story = shiftStory(
      journal(
        ...raised(0, 5),
        looked(0, 65, 950, 50),
        [70, { type: 'held', by: 'person', why: 'x' }],
        [80, { type: 'resumed', by: 'a' }],
        ...raised(0, 90),
        looked(0, 150, 95, 5),
      ),
    );
    expect(story.looks.map(({ requests }) => requests)).toEqual([1000, 100]);
  });

  test('weights over time are those that were read back, the rollback last', () => {
    expect(shiftStory(ROLLED_BACK).weights.map(({ share }) => share)).toEqual([0, 0.05, 0.25, 0]);
    expect(shiftStory(ROLLED_BACK).rollbackSeconds).toBe(0.71);
    expect(shiftStory(CONFLICT).rollbackSeconds).toBeNull();
  });

  test('an approval that nobody gave is a time of its own', () => {
    expect(shiftStory(DONE).spans.map(({ what, stage }) => `${what} ${stage}`)).toEqual([
      'preparing 1',
      'raising 1',
      'watching 1',
      'raising 2',
      'watching 2',
      'held 3',
      'preparing 3',
      'raising 3',
      'watching 3',
      'raising 4',
      'watching 4',
    ]);
    expect(shiftStory(APPROVAL).spans.at(-1)).toMatchObject({ what: 'held', stage: 3 });
  });

  test('without counts it says so and draws none', () => {
    const lines = BAKING.map((line) =>
      line.type === 'looked' ? { ...line, counts: undefined, errors: undefined } : line,
    );
    expect(shiftPage(shiftStory(lines as typeof BAKING))).toContain('no source told errors by slot');
  });
});
