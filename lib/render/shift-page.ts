import { durationOf } from '../traffic/duration';
import type { GateResult } from '../traffic/gates';
import { percent } from '../traffic/plan';
import { escape, prose } from './html';
import { inline, table } from './markdown';
import { page, section, type Page } from './page';
import { shiftPicture } from './shift-chart';
import { shownWeights, type ShiftStory } from './shift-report';
import type { StageView } from './shift-view';

const NUMBER = new Intl.NumberFormat('en');

/** The story of a shift as one HTML document. */
export function shiftPage(story: ShiftStory): string {
  const { view, rollbackSeconds, looks } = story;
  const { from, to, system, seconds, stages, phase } = view;
  const raised = stages.filter(({ seconds }) => seconds !== null);
  const requests = stages.reduce((total, stage) => total + (stage.requests ?? 0), 0);
  const errorsKnown = looks.some(({ errors }) => errors[to] !== null);
  const errors = looks.reduce((total, look) => total + (look.errors[to] ?? 0), 0);
  return page({
    title: `${system}: ${from} → ${to}`,
    aside: `${view.startedAt.slice(0, 16).replace('T', ', ')} UTC`,
    summary: summaryOf(story),
    verdict: { text: phase, tone: toneOf(phase) },
    figures: [
      { label: 'took', value: durationOf(seconds) },
      {
        label: 'stages passed',
        value: `${stages.filter(({ outcome }) => outcome === 'passed').length} of ${stages.length}`,
      },
      {
        label: 'requests watched',
        value: requests === 0 ? 'not counted' : NUMBER.format(requests),
        detail: 'on both slots, while a stage was baked',
      },
      ...(errorsKnown
        ? [
            {
              label: `errors on ${to}`,
              value: NUMBER.format(errors),
              detail: 'in looks of the journal',
            },
          ]
        : []),
      ...(rollbackSeconds === null
        ? []
        : [
            {
              label: 'back again in',
              value: `${rollbackSeconds} s`,
              detail: 'from the look that failed to verified weights',
            },
          ]),
    ],
    sections: [
      section(
        'Over time',
        '',
        `<div class="card wide"><style>${CHART_STYLE}</style><div class="shiftchart">${shiftPicture(story)}</div></div>`,
      ),
      section(
        'Stages',
        `Weights are the router's (${story.router}); the share seen is of the requests counted while the stage was baked.`,
        stagesTable(story),
      ),
      ...(raised.length === 0
        ? []
        : [
            section(
              'Gates',
              'The last verdict of each gate in a stage, and what it was based on.',
              raised.map((stage) => gatesOf(stage)).join(''),
            ),
          ]),
      section('What happened', 'All times are UTC.', eventsTable(story)),
    ],
    notes: [
      `Run ${view.run} in account ${story.account}, ${story.region}; made from its journal by kong-dual-cluster report.`,
      'Counts are those of the looks that the journal has, settled periods for errors; between two looks nothing is known of the order.',
    ],
  } satisfies Page);
}

function summaryOf({ view }: ShiftStory): string {
  const { phase, from, to, stages, reason, next } = view;
  const at = stages.findLast(({ seconds }) => seconds !== null);
  const where = at ? ` at ${percent(at.share)} on ${to} (stage ${at.stage} of ${stages.length})` : '';
  if (phase === 'done')
    return view.weights[from] > 0 ? `The plan went through; both slots serve.` : `All the traffic is on ${to}.`;
  if (phase === 'rolled back') return `Everything is on ${from} again. The reason${where}: ${reason ?? 'aborted'}.`;
  if (phase === 'held') return `Held${where}: ${reason ?? ''}.`;
  if (phase === 'conflict') return `Stopped${where}, because somebody else changed the weights: ${reason ?? ''}.`;
  if (phase === 'rollback failed') return `The rollback failed${where}: ${reason ?? ''}.`;
  return `The journal ends${where} while the shift was ${phase}: ${next.text}.`;
}

const toneOf = (phase: string): 'good' | 'warn' | 'bad' =>
  phase === 'done' ? 'good' : /rollback|rolled|rolling|conflict/.test(phase) ? 'bad' : 'warn';
const toneOfOutcome = (outcome: StageView['outcome']): string =>
  outcome === 'passed' ? 'good' : /roll|conflict/.test(outcome) ? 'bad' : outcome === 'to come' ? '' : 'warn';

const STAGE_HEAD = ['stage', 'share set', 'weights', 'share seen', 'requests', 'bake', 'took', 'outcome'];
const stageCells = (stage: StageView): string[] => [
  String(stage.stage),
  percent(stage.share),
  shownWeights(stage.weights),
  stage.shareSeen === null
    ? stage.seconds === null
      ? ''
      : 'no data'
    : percent(Math.round(stage.shareSeen * 1000) / 1000),
  stage.requests === null || stage.seconds === null ? '' : NUMBER.format(stage.requests),
  durationOf(stage.bakeSeconds),
  stage.seconds === null ? '' : durationOf(stage.seconds),
  stage.outcome,
];

function stagesTable({ view }: ShiftStory): string {
  const rows = view.stages.map((stage) => {
    const cells = stageCells(stage);
    return `<tr>${cells
      .map((cell, index) =>
        index === 7
          ? `<td><span class="tag ${toneOfOutcome(stage.outcome)}">${escape(cell)}</span></td>`
          : `<td>${escape(cell)}</td>`,
      )
      .join('')}</tr>`;
  });
  return `<div class="card wide"><table class="shiftstages"><thead><tr>${STAGE_HEAD.map((cell) => `<th>${cell}</th>`).join('')}</tr></thead><tbody>${rows.join('')}</tbody></table></div>`;
}

const MARK: Readonly<Record<GateResult['verdict'], string>> = { PASS: 'good', FAIL: 'bad', INCONCLUSIVE: 'warn' };
const useOf = ({ use = 'gate' }: GateResult): string => (use === 'gate' ? '' : use === 'watch' ? 'watched' : 'dry run');

/** `errors: errors: 3 of 400` says it twice. */
export const toldOf = ({ gate, reason }: GateResult): string =>
  reason.startsWith(`${gate}: `) ? reason.slice(gate.length + 2) : reason;

function gatesOf({ stage, share, gates, outcome }: StageView): string {
  const rows = gates.map(
    (gate) =>
      `<tr><td>${escape(gate.gate)}${useOf(gate) === '' ? '' : ` <small>${useOf(gate)}</small>`}</td><td><span class="tag ${MARK[gate.verdict] ?? ''}">${escape(gate.verdict)}</span></td><td>${prose(toldOf(gate))}</td></tr>`,
  );
  const content =
    rows.length === 0
      ? '<p>No look at the gates is in the journal.</p>'
      : `<table class="gates"><tbody>${rows.join('')}</tbody></table>`;
  return `<div class="card"><h4>Stage ${stage}: ${percent(share)}, ${escape(outcome)}</h4>${content}</div>`;
}

function eventsTable({ events }: ShiftStory): string {
  const rows = events.map(
    ({ at, type, text }) =>
      `<tr class="${type === 'looked' ? 'look' : ''}"><td>${escape(at.slice(0, 10))} ${escape(at.slice(11, 19))}</td><td>${escape(type)}</td><td>${escape(text)}</td></tr>`,
  );
  return `<div class="card wide"><table class="happened"><tbody>${rows.join('')}</tbody></table></div>`;
}

/** The story as Markdown, without pictures. */
export function shiftMarkdown(story: ShiftStory): string {
  const { view, rollbackSeconds, events } = story;
  return [
    `# ${inline(view.system)}: ${view.from} → ${view.to}, ${view.phase}`,
    '',
    inline(summaryOf(story)),
    '',
    `Run ${inline(view.run)}, ${view.startedAt.slice(0, 16).replace('T', ' ')} UTC, ${durationOf(view.seconds)}${rollbackSeconds === null ? '' : `, back again in ${rollbackSeconds} s`}.`,
    '',
    '## Stages',
    '',
    ...table(
      STAGE_HEAD,
      view.stages.map((stage) => stageCells(stage).map(inline)),
    ),
    '',
    '## Gates',
    '',
    ...table(
      ['stage', 'gate', 'verdict', 'reason'],
      view.stages.flatMap(({ stage, gates }) =>
        gates.map((gate) => [
          String(stage),
          inline(gate.gate),
          gate.verdict,
          inline(`${useOf(gate) === '' ? '' : `(${useOf(gate)}) `}${gate.reason}`),
        ]),
      ),
    ),
    '',
    '## What happened',
    '',
    ...table(
      ['at (UTC)', 'event', ''],
      events.map(({ at, type, text }) => [at.slice(0, 19).replace('T', ' '), type, inline(text)]),
    ),
  ].join('\n');
}

const CHART_STYLE = `
.shiftchart svg{display:block;width:100%;min-width:760px;height:auto}
th{white-space:nowrap}
.gates td:first-child{width:150px}.gates td:nth-child(2){width:120px}
svg .panel{font-size:13px;font-weight:620;fill:var(--ink)}
svg .tick{font-size:12px}
svg .gridline{stroke:var(--rule);stroke-width:1}
svg .set{fill:none;stroke:var(--ink);stroke-width:2.2;stroke-linejoin:round}
svg .setlabel{font-size:12.5px;font-weight:650;fill:var(--ink)}
svg .seen path{fill:none;stroke-width:2;opacity:.45}svg .seen.blue path{stroke:var(--blue)}svg .seen.green path{stroke:var(--green)}
svg .seen.blue circle,svg .errors.blue{fill:var(--blue)}svg .seen.green circle,svg .errors.green{fill:var(--green)}
svg .seen circle{stroke:var(--card);stroke-width:1.4}
svg .span{fill:var(--band);stroke:var(--card);stroke-width:1}
svg .span.watching{fill:var(--rule)}svg .span.held{fill:var(--amberfill)}svg .span.rollingback,svg .span.conflict{fill:var(--redfill)}
svg .spanlabel{font-size:12.5px;font-weight:620;fill:var(--ink)}
svg .moment path{stroke-width:1.4;stroke-dasharray:4 4;fill:none}
svg .moment.bad path{stroke:var(--red)}svg .moment.good path{stroke:var(--green)}svg .moment.warn path{stroke:var(--amber)}
svg .momentlabel{font-size:12.5px;font-weight:650;paint-order:stroke;stroke:var(--card);stroke-width:4px;stroke-linejoin:round}
svg .moment.bad text{fill:var(--red)}svg .moment.good text{fill:var(--green)}svg .moment.warn text{fill:var(--amber)}
.tag.good{color:var(--green)}
.card h4+table{margin-top:8px}
.shiftstages td,.happened td:nth-child(-n+2){white-space:nowrap}
.happened td:last-child,.card table td:last-child{overflow-wrap:anywhere}
.happened tr.look td{color:var(--soft)}
`;
