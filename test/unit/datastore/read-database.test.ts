import { provisionedIops } from '../../../lib/datastore/read-database';

describe('provisionedIops', () => {
  test.each([
    ['gp2', 1000, 3000, undefined],
    ['gp3', 200, 3000, undefined],
    ['gp3', 399, 3000, undefined],
    ['gp3', 400, 12000, 12000],
    ['io1', 100, 1000, 1000],
    ['io2', 100, 1000, 1000],
    ['gp3', 400, undefined, undefined],
  ])('%s of %d GiB that reports %s asks for %s', (type, gib, reported, asked) => {
    expect(provisionedIops(type, gib, reported)).toBe(asked);
  });
});
