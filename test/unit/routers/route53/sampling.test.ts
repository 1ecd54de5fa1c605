import fc from 'fast-check';
import { against, areTheSame, counted, type Counted } from '../../../../lib/routers/route53/sampling';

const VALUES = { blue: ['192.0.2.1', '192.0.2.2'], green: ['192.0.2.11'] };
const count = (blue: number, green: number, more: Partial<Counted> = {}): Counted => ({
  ...{ blue, green, neither: 0, unanswered: 0 },
  ...more,
});

describe('counting answers', () => {
  test('an answer is of the slot that all its values are of', () => {
    const answers = [
      ['192.0.2.1', '192.0.2.2'],
      ['192.0.2.2'],
      ['192.0.2.11'],
      ['192.0.2.1', '192.0.2.11'],
      ['198.51.100.1'],
      [],
    ];
    expect(counted({ asked: 8, answers }, VALUES)).toEqual({ blue: 2, green: 1, neither: 3, unanswered: 2 });
  });

  test('a value of both slots tells nothing', () => {
    expect(areTheSame(VALUES)).toBe(false);
    expect(areTheSame({ blue: ['192.0.2.1'], green: ['192.0.2.11', '192.0.2.1'] })).toBe(true);
  });
});

describe('answers against weights', () => {
  const FIVE = { blue: 95, green: 5 };

  test('a share within chance holds, one beyond it does not', () => {
    expect(against(count(950, 50), FIVE)).toBeUndefined();
    expect(against(count(930, 70), FIVE)).toBeUndefined();
    expect(against(count(900, 100), FIVE)).toEqual({
      is: 'differs',
      found: 'green is in 100 of 1000 answers, its weight means 50 ± 32',
    });
  });

  test('a slot without weight that is answered, as Route 53 does when all else is unhealthy', () => {
    expect(against(count(999, 1), { blue: 100, green: 0 })).toMatchObject({
      is: 'differs',
      found: expect.stringContaining('green has weight 0 and is in 1 of 1000 answers') as string,
    });
  });

  test('a weight of 1 in 256 is not taken on trust: it must be seen once', () => {
    const least = { blue: 255, green: 1 };
    expect(against(count(1000, 0), least)).toMatchObject({ is: 'differs' });
    expect(against(count(999, 1), least)).toBeUndefined();
  });

  test('too few answers, or too many of neither slot, tell nothing', () => {
    expect(against(count(800, 40, { unanswered: 160 }), FIVE)).toMatchObject({ is: 'unclear' });
    expect(against(count(800, 40, { neither: 160 }), FIVE)).toMatchObject({ is: 'unclear' });
  });

  test('law: the expected counts hold at every weight, and those of DNS that did not move from 0 do not', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 255 }), (green) => {
        const weights = { blue: 256 - green, green };
        const seen = Math.max(1, Math.round((1000 * green) / 256));
        expect(against(count(1000 - seen, seen), weights)).toBeUndefined();
        expect(against(count(1000, 0), weights)).toMatchObject({ is: 'differs' });
      }),
    );
  });
});
