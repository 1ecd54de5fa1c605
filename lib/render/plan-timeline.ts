import { escape } from './html';
import { px, text } from './svg';
import { noReturnAt, supportOn, supportText, PHASE_TITLE, type PlanDocument } from './plan-document';

/** The way as a line of stops: across on a desk and on paper, downwards on a phone. */
export function pathPicture(plan: PlanDocument): string {
  return `<div class="across">${pathAcross(plan)}</div><div class="down">${pathDown(plan)}</div>`;
}

const LEFT = 90;
/** Of the page; more stops make the picture wider. */
const WIDTH = 980;

function pathAcross(plan: PlanDocument): string {
  const { stops, hops, asOf } = plan;
  const step = Math.min(320, Math.max(150, (WIDTH - 2 * LEFT) / hops.length));
  const x = (index: number): number => LEFT + index * step;
  const width = Math.max(x(stops.length - 1) + LEFT, WIDTH);
  const nodes = stops.map((stop, index) => {
    const [support, until] = split(supportText(stop, asOf));
    const tone = toneOf(supportOn(stop, asOf));
    return (
      `<circle class="node ${role(index, stops.length)}" cx="${x(index)}" cy="70" r="11"/>` +
      text(x(index), 42, stop.version, 'stop', 'middle') +
      text(x(index), 112, support, tone, 'middle') +
      text(x(index), 131, until, tone, 'middle')
    );
  });
  const edges = hops.map(
    ({ kind }, index) =>
      `<path class="hop" d="M${x(index) + 11} 70H${x(index + 1) - 11}"/>` +
      text(x(index) + step / 2, 60, kind, '', 'middle'),
  );
  return picture(width, 144, describe(plan), edges.join('') + nodes.join(''), true);
}

function pathDown(plan: PlanDocument): string {
  const { stops, hops, asOf } = plan;
  const y = (index: number): number => 26 + index * 84;
  const nodes = stops.map(
    (stop, index) =>
      `<circle class="node ${role(index, stops.length)}" cx="20" cy="${y(index)}" r="10"/>` +
      text(46, y(index) + 1, stop.version, 'stop') +
      text(46, y(index) + 22, supportText(stop, asOf), toneOf(supportOn(stop, asOf))),
  );
  const edges = hops.map(
    ({ kind }, index) =>
      `<path class="hop" d="M20 ${y(index) + 10}V${y(index + 1) - 10}"/>` + text(46, y(index) + 48, `↓ ${kind}`, ''),
  );
  return picture(320, y(stops.length - 1) + 34, describe(plan), edges.join('') + nodes.join(''));
}

/** The phases of the runbook with a dot a step; what lies behind the point of no return is red. */
export function phasesPicture(plan: PlanDocument): string {
  return `<div class="across">${phases(plan, 1000)}</div><div class="down">${phases(plan, 330)}</div>`;
}

function phases(plan: PlanDocument, width: number): string {
  const { runbook } = plan;
  if (runbook.length === 0) return '';
  const parts = (['before', 'during', 'after'] as const)
    .map((phase) => ({ phase, steps: runbook.filter((step) => step.phase === phase).length }))
    .filter(({ steps }) => steps > 0);
  const gap = 6;
  const label = 64;
  // Each phase has room for its name however few its steps are.
  const room = width - gap * (parts.length - 1) - label * parts.length;
  const barrier = noReturnAt(plan);
  let left = 0;
  let first = 0;
  let line = '';
  const drawn = parts.map(({ phase, steps }) => {
    const own = label + (room * steps) / runbook.length;
    const dots = Array.from({ length: steps }, (_, i) => {
      const index = first + i;
      const x = left + 10 + ((own - 20) * (i + 0.5)) / steps;
      if (index === barrier) {
        const half = (own - 20) / steps / 2;
        const at = Math.max(left + 2, x - half);
        const before = at > width * 0.55;
        line =
          `<rect class="after" x="${px(at)}" y="34" width="${px(width - at)}" height="44" rx="8"/>` +
          `<path class="noreturn" d="M${px(at)} 34V100"/>` +
          text(at + (before ? -7 : 7), 98, `no return: step ${index + 1}`, 'bad', before ? 'end' : 'start');
      }
      const size = Math.min(6, ((own - 20) / steps) * 0.36);
      return `<circle class="dot${barrier >= 0 && index >= barrier ? ' no' : ''}" cx="${px(x)}" cy="56" r="${px(size)}"><title>${index + 1}. ${escape(runbook[index]?.title ?? '')}</title></circle>`;
    });
    const band = `<rect class="phase" x="${px(left)}" y="34" width="${px(own)}" height="44" rx="8"/>`;
    const name = text(left + 3, 24, PHASE_TITLE[phase], 'phaselabel');
    first += steps;
    left += own + gap;
    return { band, over: name + dots.join('') };
  });
  const told = `${parts.map(({ phase, steps }) => `${steps} steps ${phase}`).join(', ')}; ${barrier < 0 ? 'no point of no return' : `the point of no return is step ${barrier + 1}`}`;
  return picture(
    width,
    106,
    told,
    drawn.map(({ band }) => band).join('') + line + drawn.map(({ over }) => over).join(''),
  );
}

const role = (index: number, count: number): string => (index === 0 ? 'from' : index === count - 1 ? 'last' : '');
const toneOf = (support: ReturnType<typeof supportOn>): string =>
  support === 'ended' ? 'bad' : support === 'full' ? 'good' : '';
/** `full support until 2028-03-01` in two lines. */
const split = (told: string): [string, string] => {
  const at = told.search(/ (until )?\d{4}-|$/);
  return [told.slice(0, at), told.slice(at + 1)];
};
const describe = ({ stops, hops, asOf }: PlanDocument): string =>
  stops
    .map((stop, i) => `${i === 0 ? '' : `${hops[i - 1]?.kind ?? ''} to `}${stop.version}, ${supportText(stop, asOf)}`)
    .join('; ');

/** A picture that a screen reader reads as one sentence. */
const picture = (width: number, height: number, label: string, content: string, isWide = false): string =>
  `<svg viewBox="0 0 ${width} ${height}" role="img" aria-label="${escape(label)}"${isWide ? ` style="min-width:${width * 0.8}px"` : ''}>${content}</svg>`;
