import fc from 'fast-check';
import { numberOf, samplesOf } from '../../../lib/metrics/prometheus-text';

const all = (text: string) => samplesOf(text, () => true);

describe('the Prometheus text format', () => {
  test('name, labels, value; comments and empty lines are passed over', () => {
    expect(all('# HELP a b\n# TYPE a counter\na{x="1",y="2"} 3\n\nb 4.5e3\n')).toEqual([
      { name: 'a', labels: { x: '1', y: '2' }, value: 3 },
      { name: 'b', labels: {}, value: 4500 },
    ]);
  });
  test('a timestamp, a comma at the end, spaces and carriage returns change nothing', () => {
    expect(all('a{ x = "1" , } 3 1395066363000\r\na\t5\n')).toEqual([
      { name: 'a', labels: { x: '1' }, value: 3 },
      { name: 'a', labels: {}, value: 5 },
    ]);
  });
  test('braces, quotes, commas and line feeds may be in a label', () => {
    expect(all('a{x="}{,\\"\\\\\\n",y="="} 1')[0]?.labels).toEqual({ x: '}{,"\\\n', y: '=' });
  });
  test('infinite numbers', () => {
    expect(['+Inf', '-Inf', 'Inf', '1e3', 'x', ''].map(numberOf)).toEqual([
      Infinity,
      -Infinity,
      Infinity,
      1000,
      undefined,
      undefined,
    ]);
  });
  test('a line that is not of the format is left out, and so is NaN', () => {
    expect(all('a{x="1" 3\na{x=1} 3\na\na NaN\n<html>\n')).toEqual([]);
  });
  test('only metrics that are wanted are read', () => {
    expect(samplesOf('a 1\nab 2\n', (name) => name === 'a')).toHaveLength(1);
  });
  test('any label is read back as it was written', () => {
    const written = (value: string) => value.replace(/\\/g, '\\\\').replace(/"/g, '\\"').replace(/\n/g, '\\n');
    fc.assert(
      fc.property(
        fc.string({ unit: 'binary' }).filter((value) => !/[\r\u2028\u2029]/.test(value)),
        (value) => {
          expect(all(`a{x="${written(value)}",y="z"} 1`)[0]?.labels).toEqual({ x: value, y: 'z' });
        },
      ),
    );
  });
});
