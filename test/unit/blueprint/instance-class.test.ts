import fc from 'fast-check';
import { isNotSmaller } from '../../../lib/blueprint/instance-class';

describe('comparing RDS instance classes', () => {
  test.each([
    ['db.t4g.medium', 'db.t4g.small', true],
    ['db.t4g.small', 'db.t4g.medium', false],
    ['db.m6g.12xlarge', 'db.m6g.8xlarge', true],
    ['db.m6g.xlarge', 'db.m6g.2xlarge', false],
    ['db.r6g.large', 'db.m6g.large', true],
    ['db.m6g.large', 'db.r6g.large', false],
    ['db.m7g.large', 'db.m6i.large', true],
    ['db.m5.large', 'db.m6g.large', false],
    ['db.m6g.large', 'db.t4g.large', true],
    ['db.t4g.2xlarge', 'db.m6g.large', false],
    ['db.r6gd.large', 'db.r6g.large', true],
    ['db.x2g.large', 'db.r6g.large', false],
    ['db.x2g.xlarge', 'db.x2g.large', true],
    ['db.serverless', 'db.t4g.micro', false],
  ])('%s is provably not smaller than %s: %p', (have, need, expected) => {
    expect(isNotSmaller(have, need)).toBe(expected);
  });

  test('given any class, also an unknown one, then it is not smaller than itself', () => {
    fc.assert(fc.property(fc.string(), (name) => expect(isNotSmaller(name, name)).toBe(true)));
  });

  test('given two different classes of one family, then exactly one is not smaller', () => {
    const size = fc.constantFrom(
      'large',
      'xlarge',
      '2xlarge',
      '4xlarge',
      '8xlarge',
      '12xlarge',
      '16xlarge',
      '24xlarge',
    );
    fc.assert(
      fc.property(size, size, (a, b) => {
        fc.pre(a !== b);
        expect(isNotSmaller(`db.m6g.${a}`, `db.m6g.${b}`)).toBe(!isNotSmaller(`db.m6g.${b}`, `db.m6g.${a}`));
      }),
    );
  });
});
