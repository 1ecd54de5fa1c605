import { escape } from '../../../lib/render/html';
import { SLOTS } from '../../../lib/traffic/weights';
import type { ReportData, SlotSecond, StepSpan } from './data';
import {
  bars,
  brokenLine,
  linear,
  logarithmic,
  picture,
  px,
  stepPath,
  text,
  type Scale,
} from '../../../lib/render/svg';
import { clock, count, duration, latency } from './words';

const WIDTH = 1200;
const LEFT = 58;
const RIGHT = 14;
const PANELS = {
  ribbon: { top: 34, height: 32 },
  share: { top: 112, height: 220 },
  requests: { top: 378, height: 84 },
  latency: { top: 508, height: 104 },
} as const;
const HEIGHT = 640;
const bottomOf = ({ top, height }: { readonly top: number; readonly height: number }): number => top + height;

/** The whole run on one time axis: steps, share set and seen, requests, latency. */
export function timeline(data: ReportData): string {
  const x = linear(0, Math.max(1, data.seconds), LEFT, WIDTH - RIGHT);
  const parts = [
    timeGrid(data.seconds, x),
    ribbon(data, x),
    sharePanel(data, x),
    requestsPanel(data, x),
    latencyPanel(data, x),
    moments(data, x),
  ];
  return picture(WIDTH, HEIGHT, describe(data), parts.join(''));
}

function describe({ seconds, weights, errors, shifts }: ReportData): string {
  const moved = shifts.map(({ title, outcome }) => `${title}: ${outcome}`).join('; ');
  return `Timeline of ${duration(seconds)}: ${weights.length} changes of weights. ${moved}. Failed requests: ${errors.client}. The tables below have the numbers.`;
}

function timeGrid(seconds: number, x: Scale): string {
  const every = seconds > 600 ? 120 : seconds > 120 ? 30 : 10;
  const ticks = Array.from({ length: Math.floor(seconds / every) + 1 }, (_, index) => index * every);
  const [top, bottom] = [PANELS.share.top, bottomOf(PANELS.latency)];
  return ticks
    .map(
      (at) =>
        `<line class="gridline" x1="${px(x(at))}" x2="${px(x(at))}" y1="${top}" y2="${bottom}"/>` +
        text(x(at), bottom + 20, clock(at), 'tick', 'middle'),
    )
    .join('');
}

/** Steps as a ribbon: a number that the table of steps repeats, and its word where there is room. */
function ribbon({ steps, rounds }: ReportData, x: Scale): string {
  const { top, height } = PANELS.ribbon;
  return (
    rounds
      .map((title, index) =>
        bracket(
          title,
          steps.filter(({ round }) => round === index + 1),
          x,
        ),
      )
      .join('') +
    steps
      .map((step, index) => {
        const [start, end] = [x(step.at), x(step.at + step.seconds)];
        const width = Math.max(1.5, end - start - 1.5);
        const number = String(index + 1);
        const label = width > 20 + step.short.length * 6.4 ? `${number} ${step.short}` : width > 13 ? number : '';
        return (
          `<g><title>${escape(`${number}. ${step.name}: ${duration(step.seconds)}`)}</title>` +
          `<rect class="step${step.failed ? ' failed' : index % 2 === 0 ? '' : ' odd'}" x="${px(start)}" y="${top}" width="${px(width)}" height="${height}" rx="4"/>` +
          (label === '' ? '' : text(start + width / 2, top + height / 2 + 4, label, 'steplabel', 'middle')) +
          '</g>'
        );
      })
      .join('')
  );
}

/** A round's name over its steps. */
function bracket(title: string, steps: readonly StepSpan[], x: Scale): string {
  const [first, last] = [steps[0], steps.at(-1)];
  if (first === undefined || last === undefined) return '';
  const y = PANELS.ribbon.top - 8;
  const [start, end] = [x(first.at) + 1, x(last.at + last.seconds) - 2];
  return (
    `<path class="bracket" d="M${px(start)} ${y + 4}V${y}H${px(end)}V${y + 4}"/>` +
    text(start, y - 8, title, 'roundlabel')
  );
}

const heading = (top: number, title: string, detail: string): string =>
  `<text x="${LEFT}" y="${top - 12}" class="panel">${escape(title)}<tspan class="paneldetail" dx="10">${escape(detail)}</tspan></text>`;

const axis = (y: number, label: string): string =>
  `<line class="rule" x1="${LEFT}" x2="${WIDTH - RIGHT}" y1="${px(y)}" y2="${px(y)}"/>` +
  text(LEFT - 8, y + 4, label, 'tick', 'end');

/** Requests by second: one entry a second in which either slot got any. */
export function bySecond(slotSeconds: readonly SlotSecond[]): { at: number; blue: number; green: number }[] {
  const seconds = new Map<number, { at: number; blue: number; green: number }>();
  for (const { at, slot, requests } of slotSeconds) {
    const second = seconds.get(at) ?? { at, blue: 0, green: 0 };
    second[slot] += requests;
    seconds.set(at, second);
  }
  return [...seconds.values()].filter(({ blue, green }) => blue + green > 0).sort((a, b) => a.at - b.at);
}

function sharePanel({ slotSeconds, weights, seconds }: ReportData, x: Scale): string {
  const { top, height } = PANELS.share;
  const y = linear(0, 1, top + height, top);
  const width = x(1) - x(0) + 0.3; // no hair lines between neighbours
  const seen = bySecond(slotSeconds);
  const green = seen.map((second) => ({
    x: x(second.at),
    width,
    top: y(second.green / (second.blue + second.green)),
    bottom: y(0),
  }));
  const blue = green.map((bar) => ({ ...bar, top: y(1), bottom: bar.top }));
  const set = weights.map(({ at, green: share }) => [x(at), y(share)] as const);
  return (
    heading(top, 'Share of the requests', 'coloured: seen, each second · line: set on green') +
    `<path class="area blue" d="${bars(blue)}"/><path class="area green" d="${bars(green)}"/>` +
    [0, 0.25, 0.5, 0.75, 1].map((share) => axis(y(share), `${share * 100} %`)).join('') +
    `<path class="sethalo" d="${stepPath(set, x(seconds))}"/><path class="set" d="${stepPath(set, x(seconds))}"/>`
  );
}

function requestsPanel({ slotSeconds, clientSeconds, errors }: ReportData, x: Scale): string {
  const { top, height } = PANELS.requests;
  const seen = bySecond(slotSeconds);
  const most = niceCeiling(Math.max(10, ...seen.map(({ blue, green }) => blue + green)));
  const y = linear(0, most, top + height, top);
  const width = x(1) - x(0) + 0.3;
  const green = seen.map((second) => ({ x: x(second.at), width, top: y(second.green), bottom: y(0) }));
  const blue = seen.map((second, index) => ({
    x: x(second.at),
    width,
    top: y(second.blue + second.green),
    bottom: green[index]?.top ?? y(0),
  }));
  const failed = [
    ...clientSeconds.map(({ at, failed }) => ({ at, failed })),
    ...slotSeconds.map(({ at, errors: failed }) => ({ at, failed })),
  ].filter(({ failed }) => failed > 0);
  const told = `errors: blue ${errors.blue}, green ${errors.green}, load balancer ${errors.loadBalancer}, client ${errors.client}`;
  return (
    heading(top, 'Requests a second', told) +
    `<path class="area blue" d="${bars(blue)}"/><path class="area green" d="${bars(green)}"/>` +
    [0, most / 2, most].map((value) => axis(y(value), count(Math.round(value)))).join('') +
    failed
      .map(
        ({ at, failed }) =>
          `<g class="failed"><title>${failed} failed at ${clock(at)}</title><path d="${bars([{ x: x(at), width: Math.max(2, width), top, bottom: y(0) }])}"/></g>`,
      )
      .join('')
  );
}

function latencyPanel({ slotSeconds, clientSeconds }: ReportData, x: Scale): string {
  const { top, height } = PANELS.latency;
  const values = [...slotSeconds.flatMap(({ p50, p99 }) => [p50, p99]), ...clientSeconds.map(({ p99 }) => p99)].filter(
    (value): value is number => value !== undefined && value > 0,
  );
  const smallest = 10 ** Math.floor(Math.log10(Math.min(0.001, ...values)));
  const largest = 10 ** Math.ceil(Math.log10(Math.max(0.1, ...values)));
  const y = logarithmic(smallest, largest, top + height, top);
  const decades = Array.from(
    { length: Math.round(Math.log10(largest / smallest)) + 1 },
    (_, index) => smallest * 10 ** index,
  );
  const lines = SLOTS.map((slot) => {
    const own = slotSeconds.filter((second) => second.slot === slot).sort((a, b) => a.at - b.at);
    const line = (value: (second: SlotSecond) => number | undefined) =>
      brokenLine(
        own.flatMap((second, index) => {
          const seconds = value(second);
          const gap = index > 0 && second.at - (own[index - 1]?.at ?? 0) > 1 ? [undefined] : [];
          return [...gap, seconds === undefined ? undefined : ([x(second.at + 0.5), y(seconds)] as const)];
        }),
      );
    return (
      `<path class="line faint ${slot}" d="${line(({ p99 }) => p99)}"/>` +
      `<path class="line ${slot}" d="${line(({ p50 }) => p50)}"/>`
    );
  });
  const p99 = brokenLine(
    clientSeconds.map((second) => (second.p99 === undefined ? undefined : [x(second.at + 0.5), y(second.p99)])),
  );
  return (
    heading(top, 'Latency', 'of a slot’s targets: p50 strong, p99 faint · of the client’s whole request: p99 dotted') +
    decades.map((value) => axis(y(value), latency(value).replace('.0', ''))).join('') +
    `<path class="line client" d="${p99}"/>${lines.join('')}`
  );
}

/** What happened at one instant goes through every panel; a failure's word stands before its line, another's after it. */
function moments({ moments: list }: ReportData, x: Scale): string {
  return list
    .map(({ at, label, tone }) => {
      const before = x(at) > WIDTH - 240 || (tone === 'bad' && x(at) > 240);
      const through = [PANELS.share, PANELS.requests, PANELS.latency].map(
        (panel) => `M${px(x(at))} ${panel.top}V${bottomOf(panel)}`,
      );
      return (
        `<g class="moment ${tone ?? ''}"><path d="${through.join('')}"/>` +
        text(x(at) + (before ? -7 : 7), PANELS.share.top + 18, label, 'momentlabel', before ? 'end' : 'start') +
        '</g>'
      );
    })
    .join('');
}

/** 10, 20, 50, 100, 200, … */
function niceCeiling(value: number): number {
  const power = 10 ** Math.floor(Math.log10(value));
  return ([1, 2, 5, 10].find((factor) => factor * power >= value) ?? 10) * power;
}
