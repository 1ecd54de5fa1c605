import fc from 'fast-check';
import type { ReportData } from '../../../../../local/demo/report/data';
import { renderReport } from '../../../../../local/demo/report/page';
import { sampleReport } from './sample';

const sample = sampleReport();
const page = (more: Partial<ReportData> = {}) => renderReport({ ...sample, ...more });

describe('the report', () => {
  test('given a run that holds, then it says so and nothing on it is red', () => {
    const stages = sample.shifts.map((shift) => ({
      ...shift,
      stages: shift.stages.map((stage) => ({ ...stage, within: true })),
    }));
    const html = page({ moments: [], shifts: stages });
    expect(html).toContain('<p class="verdict good">everything holds</p>');
    expect(html).not.toMatch(/class="[^"]*\b(bad|failed)\b/);
  });

  test('given a run that failed, then the first line of the failure is told', () => {
    const html = page({ holds: false, failure: 'cdk deploy ended with exit code 1:\nmany lines' });
    expect(html).toContain('not everything holds: cdk deploy ended with exit code 1:</p>');
    expect(html).not.toContain('many lines');
  });

  test('given any run, then the page needs nothing from anywhere', () => {
    const html = page({ steps: [] });
    expect(html).not.toMatch(/<script|<link|<img|<iframe|@import|url\(|\ssrc=|\shref=/);
    expect(html).toContain("default-src 'none'");
  });

  test('given a second with a failed request, then it is marked in the chart', () => {
    const html = page({ clientSeconds: [{ at: 50, requests: 10, failed: 3 }] });
    expect(html).toContain('<title>3 failed at 0:50</title>');
  });

  test('given a stage outside three sigma, then its row says no; without data, then it says that', () => {
    const row = (within: boolean | undefined) => {
      const [shift] = sample.shifts;
      if (shift === undefined) throw new Error('the sample has shifts');
      const stages = shift.stages.slice(0, 1).map((stage) => ({ ...stage, within }));
      return page({ shifts: [{ ...shift, stages }] });
    };
    expect(row(false)).toContain('<td class="bad">no</td>');
    expect(row(true)).toContain('<td>yes</td>');
    expect(row(undefined)).toContain('<td>no data</td>');
  });

  test('given every picture, then a screen reader is told what it shows', () => {
    const pictures = page().match(/<svg[^>]*>/g) ?? [];
    expect(pictures).toHaveLength(1 + sample.shifts.length);
    for (const picture of pictures) expect(picture).toMatch(/role="img" aria-label="[^"]{20,}"/);
  });

  test('given a run that ended before anything was measured, then the page is whole and has no NaN', () => {
    const nothing = { steps: [], rounds: [], weights: [], slotSeconds: [], clientSeconds: [], moments: [], shifts: [] };
    const html = page({ ...nothing, tables: [], figures: [], seconds: 0 });
    expect(html).toMatch(/<\/html>\n$/);
    expect(html).not.toMatch(/NaN|undefined|Infinity/);
  });

  test('given the sample, then no coordinate is missing', () => {
    expect(page()).not.toMatch(/NaN|undefined|Infinity/);
  });

  test('law: whatever a name, a note or a failure says, it opens no tag and ends no attribute', () => {
    const words = fc.string().map((text) => `${text}<b x="1">&'`);
    fc.assert(
      fc.property(words, (text) => {
        const [step] = sample.steps;
        const html = page({
          title: text,
          summary: text,
          failure: text,
          holds: false,
          steps: step === undefined ? [] : [{ ...step, name: text, short: text, note: text }],
          rounds: [text],
          moments: [{ at: 50, label: text }],
          notes: [text],
          tables: [{ title: text, detail: text, head: [text], rows: [[text]] }],
          figures: [{ label: text, value: text, detail: text }],
          shifts: sample.shifts.map((shift) => ({ ...shift, title: text, outcome: text })),
        });
        expect(html).not.toContain('<b x=');
      }),
      { numRuns: 20 },
    );
  });
});
