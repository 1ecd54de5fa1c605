import fc from 'fast-check';
import { addressNumber, addressText, networkRange, rangeSize } from '../../../lib/blueprint/cidr';

const address = fc.tuple(fc.nat(255), fc.nat(255), fc.nat(255), fc.nat(255)).map((parts) => parts.join('.'));

describe('given an IPv4 range', () => {
  test('an address is a number and the other way round', () => {
    fc.assert(fc.property(address, (text) => addressText(addressNumber(text)) === text));
    expect(addressNumber('10.20.3.4')).toBe(169083652);
  });

  test('it is told by its first address, which is a multiple of its size and not above the one given', () => {
    fc.assert(
      fc.property(address, fc.integer({ min: 0, max: 32 }), (text, prefix) => {
        const [first, size] = [addressNumber(networkRange(`${text}/${prefix}`).split('/')[0]!), rangeSize(prefix)];
        expect(first % size).toBe(0);
        expect(addressNumber(text) - first).toBeGreaterThanOrEqual(0);
        expect(addressNumber(text) - first).toBeLessThan(size);
      }),
    );
    expect(networkRange('10.1.2.3/16')).toBe('10.1.0.0/16');
  });

  test('what is not IPv4 stays as it is', () => {
    expect(networkRange('2001:db8::/32')).toBe('2001:db8::/32');
  });
});
