import { escape } from './html';

/** Coordinates need no more than a tenth of a pixel. */
export const px = (value: number): string => String(Math.round(value * 10) / 10);

export type Scale = (value: number) => number;

export const linear = (from: number, to: number, start: number, end: number): Scale => {
  const factor = to === from ? 0 : (end - start) / (to - from);
  return (value) => start + (value - from) * factor;
};

/** Decades are equally far apart; what is below `from` stands at its edge. */
export const logarithmic = (from: number, to: number, start: number, end: number): Scale => {
  const inner = linear(Math.log10(from), Math.log10(to), start, end);
  return (value) => inner(Math.log10(Math.max(from, value)));
};

/** A line that holds each value until the next one: `points` in order, the last one until `end`. */
export function stepPath(points: readonly (readonly [x: number, y: number])[], end: number): string {
  const [first, ...rest] = points;
  if (first === undefined) return '';
  return `M${px(first[0])} ${px(first[1])}${rest.map(([x, y]) => `H${px(x)}V${px(y)}`).join('')}H${px(end)}`;
}

/** A line through the points, broken where one is missing. */
export function brokenLine(points: readonly (readonly [x: number, y: number] | undefined)[]): string {
  let pen = 'M';
  return points
    .map((point) => {
      const part = point === undefined ? '' : `${pen}${px(point[0])} ${px(point[1])}`;
      pen = point === undefined ? 'M' : 'L';
      return part;
    })
    .join('');
}

/** Bars of one width as one path: from `top` down or up to `bottom`. */
export const bars = (
  list: readonly { readonly x: number; readonly width: number; readonly top: number; readonly bottom: number }[],
): string =>
  list.map(({ x, width, top, bottom }) => `M${px(x)} ${px(bottom)}V${px(top)}h${px(width)}V${px(bottom)}z`).join('');

export const text = (x: number, y: number, content: string, className: string, anchor = 'start'): string =>
  `<text x="${px(x)}" y="${px(y)}" class="${className}" text-anchor="${anchor}">${escape(content)}</text>`;

/** A picture that a screen reader reads as one sentence; the tables beside it have the numbers. */
export const picture = (width: number, height: number, label: string, content: string): string =>
  `<svg viewBox="0 0 ${width} ${height}" role="img" aria-label="${escape(label)}">${content}</svg>`;
