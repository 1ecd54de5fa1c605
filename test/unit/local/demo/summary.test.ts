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
});
