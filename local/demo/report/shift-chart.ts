import { escape } from '../../../lib/render/html';
import { deviation } from '../stage-share';
import type { ReportData, ShiftReport } from './data';
import { linear, picture, px, stepPath, text } from '../../../lib/render/svg';
import { bySecond } from './timeline';
import { percent } from './words';

const WIDTH = 400;
const HEIGHT = 252;
const LEFT = 46;
const RIGHT = 14;
const TOP = 40;
const BOTTOM = 216;

/** One shift from close by: the share set on the rising slot, what three σ allow around it, and each second's dot. */
export function shiftChart(shift: ShiftReport, { weights, slotSeconds, moments }: ReportData): string {
  const { from, until, to } = shift;
  const x = linear(from, until, LEFT, WIDTH - RIGHT);
  const y = linear(0, 1, BOTTOM, TOP);
  const shareOf = (green: number): number => (to === 'green' ? green : 1 - green);
  const before = weights.filter(({ at }) => at <= from).at(-1);
  const changes = [
    ...(before === undefined ? [] : [{ at: from, share: shareOf(before.green) }]),
    ...weights.filter(({ at }) => at > from && at < until).map(({ at, green }) => ({ at, share: shareOf(green) })),
  ];
  const setAt = (at: number): number | undefined => changes.filter((change) => change.at <= at).at(-1)?.share;
  const seen = bySecond(slotSeconds)
    .filter(({ at }) => at >= Math.floor(from) && at + 1 <= until + 1)
    .map(({ at, blue, green }) => ({ at, requests: blue + green, share: shareOf(green / (blue + green)) }));
  const ribbon = seen.map(({ at, requests }) => {
    const set = setAt(at + 0.5) ?? 0;
    const bound = 3 * deviation(set, requests);
    const [high, low] = [y(Math.min(1, set + bound)), y(Math.max(0, set - bound))];
    return `M${px(x(at))} ${px(high)}H${px(x(at + 1))}V${px(low)}H${px(x(at))}z`;
  });
  const dots = seen.map(({ at, requests, share }) => {
    const told = `${percent(share)} of ${requests} requests`;
    return `<circle class="dot ${to}" cx="${px(x(at + 0.5))}" cy="${px(y(share))}" r="3.4"><title>${told}</title></circle>`;
  });
  const labels = changes
    .filter(({ share }, index) => index > 0 && share > 0)
    .map(({ at, share }) => {
      const requests = seen.find((second) => second.at >= at)?.requests ?? 100;
      return text(x(at) + 2, y(Math.min(1, share + 3 * deviation(share, requests))) - 5, percent(share), 'setlabel');
    });
  const instants = moments
    .filter(({ at }) => at >= from && at <= until)
    .map(({ at, label, tone }) => {
      const before = tone === 'bad' ? x(at) > WIDTH * 0.35 : x(at) > WIDTH * 0.7;
      const height = tone === 'bad' ? TOP - 24 : TOP - 8;
      return (
        `<g class="moment ${tone ?? ''}"><path d="M${px(x(at))} ${height}V${BOTTOM}"/>` +
        text(x(at) + (before ? -6 : 6), height + 8, label, 'momentlabel', before ? 'end' : 'start') +
        '</g>'
      );
    });
  const every = until - from > 40 ? 10 : 5;
  const ticks = Array.from({ length: Math.floor((until - from) / every) + 1 }, (_, index) => index * every).map(
    (after) => text(x(from + after), BOTTOM + 18, `${after} s`, 'tick', 'middle'),
  );
  const grid = [0, 0.25, 0.5, 0.75, 1].map(
    (share) =>
      `<line class="rule" x1="${LEFT}" x2="${WIDTH - RIGHT}" y1="${px(y(share))}" y2="${px(y(share))}"/>` +
      text(LEFT - 8, y(share) + 4, `${share * 100} %`, 'tick', 'end'),
  );
  const set = stepPath(
    changes.map(({ at, share }) => [x(at), y(share)] as const),
    x(until),
  );
  return picture(
    WIDTH,
    HEIGHT,
    `${shift.title}: share of ${to} from ${percent(changes[0]?.share ?? 0)} in ${changes.length - 1} changes; ${shift.outcome}.`,
    grid.join('') +
      ticks.join('') +
      `<path class="ribbon ${to}" d="${ribbon.join('')}"/>` +
      `<path class="set" d="${set}"/>${dots.join('')}${labels.join('')}${instants.join('')}`,
  );
}

/** Heading, picture and outcome of one shift. */
export const shiftFigure = (shift: ShiftReport, data: ReportData): string =>
  `<figure class="card"><figcaption><b>${escape(shift.title)}</b><span class="outcome ${shift.tone ?? ''}">${escape(shift.outcome)}</span></figcaption><div class="wide small">${shiftChart(shift, data)}</div></figure>`;
