import { reportOf, type Seen } from '../../../../local/demo/report-of-run';
import type { DemoResult, RoundResult } from '../../../../local/demo/summary';

const round: RoundResult = {
  from: 'blue',
  to: 'green',
  version: '3.4.1',
  rows: { atSnapshot: { consumers: 10 }, green: { consumers: 9 } },
  comparison: { compared: 75, alike: 74, different: [] },
  stages: [
    { shift: 1, slot: 'green', shareSet: 0.5, shareSeen: null, requests: 0, outcome: 'held', sigma: null, withinThreeSigma: null },
    { shift: 2, slot: 'green', shareSet: 0.5, shareSeen: 0.9, requests: 400, outcome: 'passed', sigma: 0.025, withinThreeSigma: false },
  ], // prettier-ignore
  rolledBack: true,
  rollback: { seconds: 0.56, secondsOfCommand: 0.1, shareBefore: 0.5 },
  teardown: { slot: 'blue', finalSnapshot: 'kong-blue-final' },
  versions: [
    { slot: 'blue', settings: '2.8', reported: '2.8.5' },
    { slot: 'green', settings: '3.4.1', reported: '3.4.2' },
  ],
};
const result: DemoResult = {
  journey: 'main',
  holds: false,
  failure: 'it broke',
  steps: [],
  seconds: 200,
  rows: round.rows,
  comparison: round.comparison,
  requests: { sent: 23412, failed: 2 },
  rounds: [round],
  standIn: true,
};
const seen = (more: Partial<Seen> = {}): Seen => ({
  result,
  epoch: Date.parse('2026-11-21T12:00:00Z'),
  metrics: {
    seconds: [
      { at: 1, slot: 'blue', requests: 10, errors: 2 },
      { at: 2, slot: 'blue', requests: 10, errors: 1 },
      { at: 2, slot: 'green', requests: 10, errors: 4 },
    ],
    loadBalancerErrors: 5,
  },
  client: { seconds: () => [], percentile: (share) => share / 100 },
  weights: [],
  moments: [],
  shifts: [],
  ...more,
});
const figure = (label: string) => reportOf(seen()).figures.find((each) => each.label === label);

describe('the findings of the demo as a report', () => {
  test('given failed requests, then the title counts them and the figure is bad', () => {
    expect(reportOf(seen()).title).toBe('2 of 23,412 requests failed');
    expect(figure('Failed')?.tone).toBe('bad');
  });

  test('given a stage that was not watched, then it is not counted as within, nor as outside', () => {
    expect(figure('Stages within 3 σ')?.value).toBe('0 of 1');
  });

  test('given errors by second, then they are added up by slot', () => {
    expect(reportOf(seen()).errors).toEqual({ blue: 3, green: 4, loadBalancer: 5, client: 2 });
  });

  test('given a collection with other rows, then both counts stand side by side', () => {
    expect(reportOf(seen()).tables[0]?.rows).toEqual([['consumers', '10', '9']]);
  });

  test('given the stand-in, then the page says what it answers as; given real builds, then it does not', () => {
    expect(reportOf(seen()).notes.join(' ')).toContain('as 3.4.2 for every 3.4');
    expect(reportOf(seen({ result: { ...result, standIn: false } })).notes.join(' ')).not.toContain('stand-in');
  });

  test('given a run that ended before a round, then no figure or table of rounds is made up', () => {
    const { figures, tables } = reportOf(seen({ result: { ...result, rounds: [] }, client: undefined }));
    expect(figures.map(({ label }) => label)).toEqual(['Requests', 'Failed', 'Whole run']);
    expect(tables).toEqual([]);
  });
});
