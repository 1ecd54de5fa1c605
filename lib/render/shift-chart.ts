import { durationOf } from '../traffic/duration';
import { percent } from '../traffic/plan';
import { SLOTS, type Slot } from '../traffic/weights';
import { escape } from './html';
import type { ShiftStory, StorySpan } from './shift-report';
import { linear, picture, px, stepPath, text, type Scale } from './svg';

const WIDTH = 1000;
const LEFT = 64;
const RIGHT = 18;
const RIBBON = { top: 8, height: 26 };
const SHARES = { top: 86, bottom: 308 };
const ERRORS = { top: 366, bottom: 456 };
const HEIGHT = 486;
/** A time in which nothing was done takes at most this part of the width. */
const LONGEST_HELD = 0.14;

/** Stages, share set and seen, and errors by slot, over one time. */
export function shiftPicture(story: ShiftStory): string {
  const x = timeScale(story);
  const { view, weights, looks } = story;
  const end = Date.parse(story.endedAt);
  const y = linear(0, 1, SHARES.bottom, SHARES.top);
  const set = stepPath(
    weights.map(({ at, share }) => [x(Date.parse(at)), y(share)] as const),
    x(end),
  );
  const seen = looks.flatMap(({ at, since, shareSeen, requests }) =>
    shareSeen === null
      ? []
      : [
          `<g class="seen ${view.to}"><path d="M${px(x(Date.parse(since)))} ${px(y(shareSeen))}H${px(x(Date.parse(at)))}"/>` +
            `<circle cx="${px((x(Date.parse(since)) + x(Date.parse(at))) / 2)}" cy="${px(y(shareSeen))}" r="4"><title>${percent(round(shareSeen))} of ${requests ?? 0} requests on ${view.to}</title></circle></g>`,
        ],
  );
  const grid = [0, 0.25, 0.5, 0.75, 1].map((share) => rule(y(share), percent(share)));
  const labels = weights
    .filter(({ share }, index) => share > 0 && index > 0)
    .map(({ at, share }) => text(x(Date.parse(at)) + 5, y(share) - 7, percent(share), 'setlabel'));
  return picture(
    WIDTH,
    HEIGHT,
    describe(story),
    ribbon(story, x) +
      text(
        0,
        SHARES.top - 26,
        `requests on ${view.to}: the line is the share set, a dot what was seen between two looks`,
        'panel',
      ) +
      grid.join('') +
      `<path class="set" d="${set}"/>${seen.join('')}${labels.join('')}` +
      errorBars(story, x) +
      moments(story, x) +
      ticks(story, x),
  );
}

const round = (share: number): number => Math.round(share * 1000) / 1000;
const rule = (at: number, label: string): string =>
  `<line class="gridline" x1="${LEFT}" x2="${WIDTH - RIGHT}" y1="${px(at)}" y2="${px(at)}"/>${text(LEFT - 10, at + 4, label, 'tick', 'end')}`;

/** Time from left to right; a night that a shift was held is made short, and marked so. */
function timeScale({ spans, view, endedAt }: ShiftStory): Scale {
  const begun = Date.parse(view.startedAt);
  const end = Math.max(begun + 1000, Date.parse(endedAt));
  const held = heldSpans(spans);
  const busy = end - begun - held.reduce((total, { from, until }) => total + until - from, 0);
  const most = Math.max(1000, (busy * LONGEST_HELD) / (1 - LONGEST_HELD));
  const shortened = (time: number): number =>
    time -
    held.reduce((saved, { from, until }) => {
      const own = until - from;
      return saved + (Math.max(0, Math.min(time, until) - from) / own) * Math.max(0, own - most);
    }, 0);
  const inner = linear(begun, shortened(end), LEFT, WIDTH - RIGHT);
  return (time) => inner(shortened(Math.min(end, Math.max(begun, time))));
}

const heldSpans = (spans: readonly StorySpan[]) =>
  spans
    .filter(({ what }) => what === 'held' || what === 'conflict')
    .map(({ from, until }) => ({ from: Date.parse(from), until: Date.parse(until) }))
    .filter(({ from, until }) => until > from);

function ribbon({ spans, view }: ShiftStory, x: Scale): string {
  return spans
    .map(({ what, stage, from, until }) => {
      const left = x(Date.parse(from));
      const width = Math.max(2, x(Date.parse(until)) - left);
      const seconds = (Date.parse(until) - Date.parse(from)) / 1000;
      const name =
        what === 'watching'
          ? percent(view.stages[stage - 1]?.share ?? 0)
          : what === 'preparing' || what === 'raising'
            ? ''
            : `${what} ${durationOf(seconds)}`;
      const told = `stage ${stage}, ${what}, ${durationOf(seconds)}`;
      const fits = width > name.length * 8 + 8;
      return (
        `<rect class="span ${what.replace(' ', '')}" x="${px(left)}" y="${RIBBON.top}" width="${px(width)}" height="${RIBBON.height}" rx="3"><title>${escape(told)}</title></rect>` +
        (fits ? text(left + width / 2, RIBBON.top + 18, name, 'spanlabel', 'middle') : '')
      );
    })
    .join('');
}

function errorBars({ looks, view }: ShiftStory, x: Scale): string {
  const told = looks.filter(({ errors }) => SLOTS.some((slot) => errors[slot] !== null));
  const title = text(0, ERRORS.top - 22, 'errors between two looks, by slot', 'panel');
  if (told.length === 0) return `${title}${text(LEFT, ERRORS.top + 24, 'no source told errors by slot', 'tick')}`;
  const most = Math.max(1, ...told.flatMap(({ errors }) => SLOTS.map((slot) => errors[slot] ?? 0)));
  const y = linear(0, most, ERRORS.bottom, ERRORS.top);
  const bar = (slot: Slot, left: number, width: number, count: number | null): string =>
    count === null
      ? ''
      : `<rect class="errors ${slot}" x="${px(left)}" y="${px(Math.min(ERRORS.bottom - 1.5, y(count)))}" width="${px(width)}" height="${px(Math.max(1.5, ERRORS.bottom - y(count)))}"><title>${count} errors on ${slot}</title></rect>`;
  return (
    title +
    rule(ERRORS.bottom, '0') +
    rule(ERRORS.top, String(most)) +
    told
      .map(({ since, at, errors }) => {
        const left = x(Date.parse(since));
        const own = Math.max(4, x(Date.parse(at)) - left);
        const width = Math.max(2, Math.min(14, own / 2 - 1));
        const middle = left + own / 2;
        return bar(view.from, middle - width, width, errors[view.from]) + bar(view.to, middle, width, errors[view.to]);
      })
      .join('')
  );
}

const MOMENTS: Readonly<Partial<Record<string, string>>> = {
  'rolling back': 'a gate failed',
  'rolled back': 'back',
  held: 'held',
  conflict: 'conflict',
  'rollback failed': 'rollback failed',
  done: 'done',
};

function moments({ events, view, weights }: ShiftStory, x: Scale): string {
  let lastLabel = -Infinity;
  return events
    .flatMap(({ at, type }) => (MOMENTS[type] === undefined ? [] : [{ at, type, name: MOMENTS[type] }]))
    .map(({ at, type, name }) => {
      const left = x(Date.parse(at));
      const words = type === 'rolled back' ? `back on ${view.from}` : type === 'rolling back' ? 'going back' : name;
      const before = left > WIDTH * 0.7;
      // Away from the line and its dots.
      const share = weights.findLast((each) => each.at <= at && each.share > 0)?.share ?? 0;
      const height = share < 0.5 ? SHARES.top + 16 : SHARES.bottom - 10;
      // Two moments within a second have one label.
      const isFree = Math.abs(left - lastLabel) > 90;
      if (isFree) lastLabel = left;
      return (
        `<g class="moment ${type === 'done' ? 'good' : type === 'held' ? 'warn' : 'bad'}"><path d="M${px(left)} ${RIBBON.top}V${ERRORS.bottom}"/>` +
        (isFree ? text(left + (before ? -7 : 7), height, words, 'momentlabel', before ? 'end' : 'start') : '') +
        '</g>'
      );
    })
    .join('');
}

function ticks({ view, endedAt, spans }: ShiftStory, x: Scale): string {
  const begun = Date.parse(view.startedAt);
  const seconds = Math.max(1, (Date.parse(endedAt) - begun) / 1000);
  const busy = seconds - heldSpans(spans).reduce((total, { from, until }) => total + (until - from) / 1000, 0);
  const held = heldSpans(spans);
  const every = STEPS.find((step) => busy / step <= 10) ?? 7200;
  let last = -Infinity;
  return Array.from({ length: Math.min(2000, Math.floor(seconds / every) + 1) }, (_, index) => index * every)
    .map((after) => {
      const left = x(begun + after * 1000);
      // Where a hold was made short they would lie on each other.
      const at = begun + after * 1000;
      if (left - last < 64 || held.some(({ from, until }) => at > from && at < until)) return '';
      last = left;
      return text(
        left,
        ERRORS.bottom + 22,
        after === 0 ? `${view.startedAt.slice(11, 16)} UTC` : `+${durationOf(after)}`,
        'tick',
        after === 0 ? 'start' : 'middle',
      );
    })
    .join('');
}

const STEPS = [1, 2, 5, 10, 20, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200];

const describe = ({ view, weights }: ShiftStory): string =>
  `Share of ${view.to} over ${durationOf(view.seconds)}: ${weights.map(({ share }) => percent(share)).join(', then ')}; ${view.phase}.`;
