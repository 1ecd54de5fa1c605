import { estimate } from '../../../lib/cli/snapshot-text';

describe('estimate', () => {
  test.each([
    [undefined, 5_000, 'creating'],
    [0, 5_000, '0 %'],
    [0.02, 5_000, '2 %'],
    [0.5, 30_000, '50 %, about 30 s left'],
    [0.25, 120_000, '25 %, about 6 min left'],
    [1, 120_000, '100 %'],
  ])('share %s after %d ms: %s', (share, elapsed, text) => {
    expect(estimate({ Status: 'creating' }, share, elapsed)).toBe(text);
  });
});
