import fc from 'fast-check';
import { escape } from '../../../../../lib/render/html';
import { bars, brokenLine, linear, logarithmic, stepPath } from '../../../../../lib/render/svg';
import { clock, count, duration, latency, percent } from '../../../../../local/demo/report/words';

describe('drawing', () => {
  test('given weights that change, then each is held until the next one', () => {
    const points = [[0, 10], [5, 20]] as const; // prettier-ignore
    expect(stepPath(points, 9)).toBe('M0 10H5V20H9');
  });

  test('given a missing second, then the line is broken there', () => {
    expect(brokenLine([[0, 1], [1, 2], undefined, [3, 4]])).toBe('M0 1L1 2M3 4'); // prettier-ignore
  });

  test('given a bar, then it stands from bottom to top', () => {
    expect(bars([{ x: 1, width: 2, top: 3, bottom: 9 }])).toBe('M1 9V3h2V9z');
  });

  test('given a logarithmic axis, then decades are equally far apart and nothing falls off below', () => {
    const y = logarithmic(0.001, 1, 300, 0);
    expect([0.001, 0.01, 0.1, 1].map((value) => Math.round(y(value)))).toEqual([300, 200, 100, 0]);
    expect(y(0)).toBe(300);
  });

  test('law: a linear axis keeps the order', () => {
    fc.assert(
      fc.property(fc.integer(), fc.integer(), (a, b) => {
        const x = linear(-10, 10, 0, 100);
        return a === b || x(a) < x(b) === a < b;
      }),
    );
  });

  test('given signs of HTML, then they are text', () => {
    expect(escape(`<a href="x">'&`)).toBe('&lt;a href=&quot;x&quot;&gt;&#39;&amp;');
  });
});

describe('words', () => {
  test.each([
    [1.84, '1.8 s'],
    [48.2, '48 s'],
    [191.4, '3 min 11 s'],
    [119.7, '2 min 00 s'],
  ])('%s seconds are %s', (seconds, text) => expect(duration(seconds)).toBe(text));

  test.each([
    [0, '0:00'],
    [125, '2:05'],
    [59.7, '1:00'],
  ])('second %s stands at %s', (seconds, text) => expect(clock(seconds)).toBe(text));

  test('given numbers, then they are written as people do', () => {
    expect([count(999), count(23412), count(1234567)]).toEqual(['999', '23,412', '1,234,567']);
    expect([percent(0.05), percent(0.0493, 2), percent(1)]).toEqual(['5 %', '4.93 %', '100 %']);
    expect([latency(0.0042), latency(0.12), latency(1.24)]).toEqual(['4.2 ms', '120 ms', '1.2 s']);
  });
});
