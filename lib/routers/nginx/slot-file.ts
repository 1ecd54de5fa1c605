import { createHash } from 'node:crypto';
import { KongDualClusterError } from '../../errors';
import { allOn, weightsFor, type Slot, type Weights, type WeightScale } from '../../traffic/weights';

/**
 * `split_clients` takes percentages with two decimals, none of them 0 (tried with nginx 1.22: "invalid percent value" for
 * 0%, 0.00% and 0.001%). They are ranges of a 32-bit hash, so 0.01 % is 0.01 % to seven digits.
 */
export const NGINX_SCALE: WeightScale = { kind: 'total', totals: [100, 10_000], max: 9_999 };

/** What the file says besides the weights; from the settings, whose patterns leave nothing to quote. */
export interface SplitNames {
  readonly key: string;
  readonly variable: string;
  readonly upstreams: Readonly<Record<Slot, string>>;
}

const HUNDREDTHS = 10_000;
const HEADER = '# Written by kong-dual-cluster, which owns this file: `kong-dual-cluster shift set` changes it.';

/**
 * The file. Green's range comes first, so that a raise moves clients from one slot to the other and none the other way:
 * the ranges of a hash are handed out in order, and only the border moves. All on one slot is one line without a border:
 * `100%` leaves the last of the 2^32 hashes to the next line, and 0% is refused.
 * @throws KongDualClusterError WEIGHTS_ALL_ZERO, WEIGHTS_OUT_OF_RANGE
 */
export function slotFile(weights: Weights, { key, variable, upstreams }: SplitNames): string {
  const green = hundredths(weights);
  const lines = [
    ...(green > 0 && green < HUNDREDTHS ? [`    ${percent(green)}  ${upstreams.green};`] : []),
    `    *  ${green === HUNDREDTHS ? upstreams.green : upstreams.blue};`,
  ];
  const block = `split_clients "${key}" $${variable} {\n${lines.join('\n')}\n}\n`;
  const head = `# weights: blue ${weights.blue}, green ${weights.green}\n`;
  return `${HEADER}\n${head}# sha256: ${digest(head + block)}\n${block}`;
}

/** Weights that a file's block means, whoever wrote it; undefined when it is not exactly such a block. */
export function weightsIn(text: string, { key, variable, upstreams }: SplitNames): Weights | undefined {
  const block = new RegExp(
    `^\\s*split_clients\\s+(?:"${literal(key)}"|${literal(key)})\\s+\\$${variable}\\s*\\{([^{}]*)\\}\\s*$`,
  ).exec(text.replace(/(^|[\s;{}])#[^\n]*/g, '$1'));
  if (block === null) return undefined;
  const body = block[1]!.replaceAll(';', ' ; ').trim().split(/\s+/).join(' ');
  if (body === `* ${upstreams.blue} ;`) return allOn('blue');
  if (body === `* ${upstreams.green} ;`) return allOn('green');
  const [first = '', ...rest] = body.split(' ');
  if (rest.join(' ') !== `${upstreams.green} ; * ${upstreams.blue} ;`) return undefined;
  const [, whole, decimals = ''] = /^(\d{1,3})(?:\.(\d{1,2}))?%$/.exec(first) ?? [];
  const green = whole === undefined ? 0 : Number(whole) * 100 + Number(decimals.padEnd(2, '0'));
  if (green < 1 || green > HUNDREDTHS) return undefined;
  return weightsFor(green / HUNDREDTHS, 'green', NGINX_SCALE);
}

/** Who wrote a file, as far as its header says: the hash in it is of what it was written with. */
export function writtenBy(text: string): 'the runner' | 'edited by hand since' | 'somebody else' {
  const [, head, hash, block] = /^#[^\n]*\n(# weights: [^\n]*\n)# sha256: ([0-9a-f]{64})\n(.*)$/s.exec(text) ?? [];
  if (head === undefined || block === undefined) return 'somebody else';
  return digest(head + block) === hash ? 'the runner' : 'edited by hand since';
}

export const digest = (text: string): string => createHash('sha256').update(text).digest('hex');

function hundredths(weights: Weights): number {
  const total = weights.blue + weights.green;
  const green = (weights.green * HUNDREDTHS) / total;
  if (total === 0) {
    throw new KongDualClusterError('WEIGHTS_ALL_ZERO', 'at least one slot must have a weight above 0', {
      found: 'blue 0, green 0',
      remedy: 'give the live slot a weight, for example blue 100 and green 0',
    });
  }
  if (!Number.isInteger(green) || weights.blue < 0 || weights.green < 0) {
    throw new KongDualClusterError('WEIGHTS_OUT_OF_RANGE', 'nginx splits in whole hundredths of a percent', {
      found: `blue ${weights.blue}, green ${weights.green}`,
      remedy: 'give weights that add up to 100 or 10000, for example blue 95 and green 5',
    });
  }
  return green;
}

const literal = (text: string): string => text.replace(/[\\^$.*+?()[\]{}|]/g, '\\$&');

const percent = (green: number): string => `${Math.floor(green / 100)}.${String(green % 100).padStart(2, '0')}%`;
