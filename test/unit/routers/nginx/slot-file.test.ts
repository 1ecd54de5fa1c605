import * as fc from 'fast-check';
import { NGINX_SCALE, slotFile, weightsIn, writtenBy } from '../../../../lib/routers/nginx/slot-file';
import { allOn, sameShare, shareHeld, smallestShare, weightsFor } from '../../../../lib/traffic/weights';

const NAMES = { key: '$request_id', variable: 'kong_slot', upstreams: { blue: 'kong_blue', green: 'kong-green.v2' } };
const file = (share: number): string => slotFile(weightsFor(share, 'green', NGINX_SCALE), NAMES);
const block = (body: string): string => `split_clients "$request_id" $kong_slot { ${body} }`;
const read = (body: string) => weightsIn(block(body), NAMES);
const parts = (text: string): string[] =>
  text
    .split('\n')
    .filter((line) => line.startsWith('    '))
    .map((line) => line.trim());

const share = fc.oneof(fc.double({ min: 0, max: 1, noNaN: true }), fc.constantFrom(0, 1, 0.0001, 0.9999, 1 / 3));

test('a split: green first, with two decimals, and the rest is blue', () => {
  expect(parts(file(0.05))).toEqual(['5.00%  kong-green.v2;', '*  kong_blue;']);
  expect(parts(file(0.0001))).toEqual(['0.01%  kong-green.v2;', '*  kong_blue;']);
});

test('all on one slot has no border, because nginx refuses 0% and leaves one hash of 100% to the next line', () => {
  expect(parts(file(0))).toEqual(['*  kong_blue;']);
  expect(parts(file(1))).toEqual(['*  kong-green.v2;']);
});

test('whatever the share, the file reads back as the weights that it was written with', () => {
  fc.assert(
    fc.property(share, fc.constantFrom('blue' as const, 'green' as const), (each, slot) => {
      const weights = weightsFor(each, slot, NGINX_SCALE);
      const text = slotFile(weights, NAMES);
      expect(weightsIn(text, NAMES)).toEqual(weights);
      expect(writtenBy(text)).toBe('the runner');
    }),
  );
});

test('whatever the share, green comes first, the last line takes the rest, and the percentage is one that nginx takes', () => {
  fc.assert(
    fc.property(share, (each) => {
      const lines = parts(file(each));
      expect(lines.at(-1)).toMatch(/^\* {2}/);
      if (lines.length === 1) return;
      expect(lines).toEqual([expect.stringMatching(/^\d{1,2}\.\d\d% {2}kong-green\.v2;$/), '*  kong_blue;']);
      const green = Number.parseFloat(lines[0]!);
      expect(green >= 0.01 && green <= 99.99).toBe(true);
      expect(green / 100).toBeCloseTo(shareHeld(each, NGINX_SCALE), 9);
    }),
  );
});

test('the smallest share is 0.01 %', () => expect(smallestShare(NGINX_SCALE)).toBe(0.0001));

test('weights of another router are taken when a hundredth of a percent holds them', () => {
  expect(parts(slotFile({ blue: 999, green: 1 }, NAMES))[0]).toBe('0.10%  kong-green.v2;');
  expect(parts(slotFile({ blue: 3, green: 1 }, NAMES))[0]).toBe('25.00%  kong-green.v2;');
  expect(() => slotFile({ blue: 2, green: 1 }, NAMES)).toThrow(/hundredths of a percent.*blue 2, green 1/s);
  expect(() => slotFile({ blue: 0, green: 0 }, NAMES)).toThrow(/weight above 0/);
});

test('a block written by hand is read whatever its spaces, comments and quotes', () => {
  const text = '# ours\nsplit_clients $request_id   $kong_slot{\n 12.5% kong-green.v2;# a canary\n\t* kong_blue ;\n}\n';
  expect(sameShare(weightsIn(text, NAMES)!, { blue: 875, green: 125 })).toBe(true);
  expect(read('* kong_blue;')).toEqual(allOn('blue'));
  expect(read('100% kong-green.v2; * kong_blue;')).toEqual(allOn('green'));
});

test('a key with braces reads back', () => {
  const names = { ...NAMES, key: '${remote_addr}|${http_host}' };
  expect(weightsIn(slotFile({ blue: 75, green: 25 }, names), names)).toEqual({ blue: 75, green: 25 });
});

test.each([
  ['blue first', block('95% kong_blue; * kong-green.v2;')],
  ['another upstream', block('5% kong_green; * kong_blue;')],
  ['a third range', block('5% kong-green.v2; 5% other; * kong_blue;')],
  ['no rest', block('5% kong-green.v2;')],
  ['a dot that is any letter', block('5% kong-greenXv2; * kong_blue;')],
  ['0 %, which nginx refuses', block('0% kong-green.v2; * kong_blue;')],
  ['three decimals, which nginx refuses', block('0.001% kong-green.v2; * kong_blue;')],
  ['more than everything', block('101% kong-green.v2; * kong_blue;')],
  ['another key', 'split_clients "$remote_addr" $kong_slot { * kong_blue; }'],
  ['another variable', 'split_clients "$request_id" $slot { * kong_blue; }'],
  ['something after it', `${block('* kong_blue;')}\nmap $host $x { default 1; }`],
  ['a block in a comment', `# ${block('* kong_blue;')}`],
  ['nothing', ''],
])('%s is not our block', (_, text) => expect(weightsIn(text, NAMES)).toBeUndefined());

test('an edit of the file is told from what the runner wrote', () => {
  const text = file(0.05);
  expect(writtenBy(text.replace('5.00%', '6.00%'))).toBe('edited by hand since');
  expect(writtenBy(block('* kong_blue;'))).toBe('somebody else');
});
