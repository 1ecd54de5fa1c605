import { columnsOf, foldLines } from './fold-lines';
import { counted } from './grouped-findings';
import type { Paint } from './text';
import type { ShiftView, StageView } from './shift-view';
import { durationOf } from '../traffic/duration';
import type { GateResult } from '../traffic/gates';
import { percent } from '../traffic/plan';
import { shareOf, SLOTS, type Weights } from '../traffic/weights';

export interface TreeSize {
  readonly columns: number;
  /** Lines that there is room for; a tree that is longer tells less. @default as many as it takes */
  readonly rows?: number;
}

type Tone = keyof Paint;

/** A text behind a lead; what does not fit goes on under the text. */
interface Row {
  readonly lead: string;
  readonly leadTone?: Tone | undefined;
  readonly text: string;
  readonly tone?: Tone | undefined;
}

/** Below this gates have a line `name: reason`, and the bar is shorter. */
const NARROW = 70;
const LEAST_COLUMNS = 24;

/** A shift at a glance, never wider than `columns`. Told less and less until it fits the rows. */
export function shiftTree(view: ShiftView, size: TreeSize, paint: Paint): string[] {
  const columns = Math.max(LEAST_COLUMNS, size.columns);
  const { rows = Infinity } = size;
  let lines: string[] = [];
  for (const detail of ['all', 'open gates', 'stage under way', 'least'] as const) {
    lines = rowsOf(view, detail, columns).flatMap((row) => drawn(row, columns, paint));
    if (lines.length <= rows) return lines;
  }
  return lines.slice(0, Math.max(1, rows));
}

type Detail = 'all' | 'open gates' | 'stage under way' | 'least';

function rowsOf(view: ShiftView, detail: Detail, columns: number): Row[] {
  const { from, to, phase, seconds, reason, next, backByItselfAt, stages, run } = view;
  const tone = TONES[phase];
  const title: Row[] = [
    {
      lead: 'shift     ',
      text: `${from} → ${to}, ${phase}, ${durationOf(seconds)} so far`.replace(ENDED.has(phase) ? ' so far' : /$^/, ''),
      tone: tone ?? 'bold',
    },
    ...(detail === 'least' ? [] : [{ lead: '          ', text: `run ${run}`, tone: 'dim' as const }]),
    ...(reason === undefined || phase === 'held' ? [] : [{ lead: '          ', text: reason, tone }]),
  ];
  const coming: Row[] = [
    {
      lead: 'next      ',
      leadTone: 'bold',
      text: next.text,
      tone: next.needsPerson && !ENDED.has(phase) ? 'yellow' : undefined,
    },
    ...next.commands.map(({ to: what, command }) => ({ lead: '          ', text: `${what}: ${command}` })),
    ...(backByItselfAt === null || ENDED.has(phase)
      ? []
      : [
          {
            lead: 'dead man  ',
            text: `back to ${from} by itself at ${backByItselfAt.slice(11, 16)} UTC if the runner dies`,
          },
        ]),
  ];
  if (detail === 'least') return [...title, ...coming];
  const shown = stages.filter(
    ({ outcome }) => detail !== 'stage under way' || (outcome !== 'passed' && outcome !== 'to come'),
  );
  const hidden = stages.filter((stage) => !shown.includes(stage));
  const folded = (outcome: string, words: string): Row[] => {
    const some = hidden.filter((stage) => stage.outcome === outcome);
    return some.length === 0
      ? []
      : [{ lead: ` ${MARKS[outcome]?.[0] ?? '·'} `, text: `${counted(some.length, 'stage')} ${words}`, tone: 'dim' }];
  };
  return [
    ...title,
    ...folded('passed', 'passed'),
    ...shown.flatMap((stage) => stageRows(view, stage, detail, columns)),
    ...folded('to come', 'to come'),
    ...coming,
  ];
}

const ENDED: ReadonlySet<string> = new Set(['done', 'rolled back', 'rollback failed']);
const TONES: Readonly<Partial<Record<string, Tone>>> = {
  done: 'green',
  held: 'yellow',
  'rolling back': 'red',
  'rolled back': 'red',
  'rollback failed': 'red',
  conflict: 'red',
};
const MARKS: Readonly<Record<string, readonly [mark: string, tone: Tone]>> = {
  passed: ['✓', 'green'],
  'under way': ['▶', 'cyan'],
  raising: ['▲', 'cyan'],
  'waits for approval': ['?', 'yellow'],
  held: ['‖', 'yellow'],
  conflict: ['✗', 'red'],
  'rolled back': ['↩', 'red'],
  'rollback failed': ['✗', 'red'],
};

function stageRows(view: ShiftView, stage: StageView, detail: Detail, columns: number): Row[] {
  const { outcome, share, weights, seconds, bakeSeconds, gates, gatesAgeSeconds } = stage;
  const [mark, markTone] = MARKS[outcome] ?? ['·', 'dim' as const];
  const isLast = stage.stage === view.stages.length;
  const lead = ` ${mark} ${String(stage.stage).padStart(String(view.stages.length).length)} ${percent(share).padStart(7)}   `;
  const under = `${' '.repeat(lead.length)}`;
  const row = (text: string, tone?: Tone): Row => ({ lead, leadTone: markTone, text, tone });
  const watch = `${isLast ? 'soak' : 'bake'} ${durationOf(bakeSeconds)}`;
  if (outcome === 'to come') return [row(`${watch}${stage.approval ? ', after an approval' : ''}`, 'dim')];
  if (outcome === 'raising' || outcome === 'waits for approval')
    return [row(`${outcome}; then ${watch}`, outcome === 'raising' ? undefined : 'yellow')];
  const seen = seenText(view, stage);
  if (outcome === 'passed') return [row(`${seen}, ${durationOf(seconds ?? 0)}`)];
  if (outcome !== 'under way')
    return [
      row(`${outcome}${seconds === null ? '' : ` after ${durationOf(seconds)}; ${seen}`}`, markTone),
      ...gateRows(
        gates.filter(({ verdict }) => verdict !== 'PASS'),
        columns,
      ),
    ];
  const part = Math.min(1, (seconds ?? 0) / bakeSeconds);
  const cells = Math.max(4, Math.min(columns < NARROW ? 10 : 20, columns - lead.length - 22));
  const bar = '█'.repeat(Math.round(part * cells)).padEnd(cells, '░');
  const open = detail === 'all' ? gates : gates.filter(({ verdict }) => verdict !== 'PASS');
  const passing = gates.length - open.length;
  return [
    row(`${bar} ${durationOf(seconds ?? 0)} of ${durationOf(bakeSeconds)}`),
    { lead: under, text: `set blue ${weights.blue} : green ${weights.green}; ${seen}` },
    ...(passing > 0
      ? [
          {
            lead: '   │ ✓ ',
            leadTone: 'green' as const,
            text: `${counted(passing, 'gate')} ${passing === 1 ? 'passes' : 'pass'}`,
          },
        ]
      : []),
    ...gateRows(open, columns),
    ...(gates.length === 0
      ? [{ lead: '   │ ', text: 'no look at the gates is known here yet', tone: 'dim' as const }]
      : (gatesAgeSeconds ?? 0) > 15
        ? [{ lead: '   │ ', text: `as of ${durationOf(gatesAgeSeconds ?? 0)} ago`, tone: 'dim' as const }]
        : []),
  ];
}

const VERDICTS: Readonly<Record<GateResult['verdict'], readonly [mark: string, tone: Tone]>> = {
  PASS: ['✓', 'green'],
  FAIL: ['✗', 'red'],
  INCONCLUSIVE: ['…', 'yellow'],
};

function gateRows(gates: readonly GateResult[], columns: number): Row[] {
  const width = Math.max(0, ...gates.map(({ gate }) => columnsOf(gate)));
  return gates.map(({ gate, verdict, reason, use = 'gate' }) => {
    const [mark, tone] = VERDICTS[verdict] ?? ['·', 'dim' as const];
    const remark = use === 'gate' ? '' : ` (${use === 'watch' ? 'watched' : 'dry run'})`;
    // `errors: errors: 3 of 400` says it twice.
    const told = reason.startsWith(`${gate}: `) ? reason.slice(gate.length + 2) : reason;
    return columns < NARROW || width > 20
      ? { lead: `   │ ${mark} `, leadTone: tone, text: `${gate}${remark}: ${told}` }
      : { lead: `   │ ${mark} ${gate.padEnd(width)}  `, leadTone: tone, text: `${told}${remark}` };
  });
}

function seenText({ to }: ShiftView, { shareSeen, requests }: StageView): string {
  if (shareSeen === null || requests === null) return 'no requests counted';
  return `seen ${percent(Math.round(shareSeen * 1000) / 1000)} of ${requests.toLocaleString('en')} requests on ${to}`;
}

function drawn({ lead, leadTone, text, tone }: Row, columns: number, paint: Paint): string[] {
  const room = columns - columnsOf(lead);
  const cover = (part: string, own: Tone | undefined): string => (own === undefined ? part : paint[own](part));
  // The last column stays free: some terminals wrap when it is written to.
  const [first = '', ...others] = foldLines(text, Math.max(8, room - 1));
  const rest = lead.includes('│') ? `   │${' '.repeat(Math.max(0, columnsOf(lead) - 4))}` : ' '.repeat(columnsOf(lead));
  return [
    `${cover(lead, leadTone)}${cover(first, tone)}`.trimEnd(),
    ...others.map((line) => `${rest}${cover(line, tone)}`),
  ];
}

/** Where the traffic is as a bar of both colours. */
export function trafficLine(weights: Weights, columns: number, paint: Paint): string {
  const cells = Math.max(4, Math.min(30, columns - 44));
  const blue = weights.blue + weights.green === 0 ? 0 : Math.round(shareOf(weights, 'blue') * cells);
  const told = SLOTS.map((slot) => `${slot} ${percent(shareOf(weights, slot))}`).join(', ');
  const text = `traffic   ${'█'.repeat(cells)}  ${told}`.length > columns ? '' : `  ${told}`;
  return `traffic   ${paint.blue('█'.repeat(blue))}${paint.green('█'.repeat(cells - blue))}${text}`;
}
