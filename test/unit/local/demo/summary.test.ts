import { renderSummary } from '../../../../local/demo/summary';
import type { DemoResult } from '../../../../local/demo/summary';

const result = (more: Partial<DemoResult>): DemoResult => ({
  journey: 'main',
  holds: true,
  steps: [{ name: 'cdk bootstrap', short: 'bootstrap', round: 0, at: 4, seconds: 3.4, note: '' }],
  seconds: 3.4,
  rows: { atSnapshot: { consumers: 2 }, green: { consumers: 2 } },
  comparison: { compared: 3, alike: 3, different: [] },
  requests: { sent: 10, failed: 0 },
  ...more,
});

describe('the summary of the demo', () => {
  test('given that all was reached, then every count is told', () => {
    const text = renderSummary(result({}));
    for (const line of ['on green 2: consumers 2=2', 'answers compared 3, alike 3', 'requests 10, failed 0']) {
      expect(text).toContain(line);
    }
    expect(text).toMatch(/everything holds\n$/);
  });

  test('given a failure before anything was counted, then no count is told, and the failure is', () => {
    const text = renderSummary(
      result({
        holds: false,
        failure: 'the port is taken',
        steps: [],
        rows: { atSnapshot: {}, green: {} },
        comparison: { compared: 0, alike: 0, different: [] },
        requests: { sent: 0, failed: 0 },
      }),
    );
    expect(text.trim()).toBe('NOT everything holds: the port is taken');
  });

  test('given answers that differ, then both are shown', () => {
    const different = [
      { name: 'GET /orders', blue: '200', green: '404' },
    ] as unknown as DemoResult['comparison']['different'];
    const text = renderSummary(result({ holds: false, comparison: { compared: 3, alike: 2, different } }));
    expect(text).toMatch(/differs: GET \/orders\n\s+before: 200\n\s+after: {2}404/);
  });

  test('given a round of the main road, then stages, rollback, versions and teardown are told', () => {
    const stage = { shift: 1, slot: 'green' as const, shareSet: 0.05, outcome: 'passed' };
    const text = renderSummary(
      result({
        standIn: true,
        rounds: [
          {
            from: 'blue',
            to: 'green',
            version: '3.4.1',
            rows: { atSnapshot: {}, green: {} },
            comparison: { compared: 0, alike: 0, different: [] },
            stages: [
              { ...stage, shareSeen: 0.044, requests: 432, sigma: 0.0105, withinThreeSigma: true },
              { ...stage, shareSet: 0.25, shareSeen: 0.4, requests: 432, sigma: 0.02, withinThreeSigma: false },
              {
                ...stage,
                shareSet: 0.5,
                shareSeen: null,
                requests: 0,
                sigma: null,
                withinThreeSigma: null,
                outcome: 'held',
              },
            ],
            rolledBack: true,
            rollback: { seconds: 0.56, secondsOfCommand: 0.1, shareBefore: 0.5 },
            teardown: { slot: 'blue', finalSnapshot: 'kong-blue-final' },
            versions: [{ slot: 'green', settings: '3.4.1', reported: '3.4.2' }],
          },
        ],
      }),
    );
    expect(text).toMatch(/set {3}5 % {2}seen {2}4.40 % of {3}432 requests {2}within 3 σ \(± 3.15 %\)/);
    expect(text).toContain('OUTSIDE 3 σ');
    expect(text).toMatch(/set {2}50 % {2}held/);
    expect(text).toContain('rolled back from 50 % in 0.56 s');
    expect(text).toContain('green: settings 3.4.1, its Admin API says 3.4.2');
    expect(text).toContain('stand-in, which answers as 3.4.2');
    expect(text).toContain('blue torn down, final snapshot kong-blue-final');
  });
});
