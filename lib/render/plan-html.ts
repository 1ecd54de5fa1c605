import type { RunbookStep } from '../strategy/upgrade-plan';
import { durationOf } from '../traffic/duration';
import { percent } from '../traffic/plan';
import { counted } from './grouped-findings';
import { escape, prose, sourceHtml } from './html';
import { page, says, section, type Figure } from './page';
import {
  NO_RETURN,
  PHASE_TITLE,
  noReturnAt,
  patchText,
  pathText,
  postgresText,
  supportOn,
  supportText,
  type PlanDocument,
  type ShiftOutlook,
  type ShiftWords,
  atMost,
  stageNotes,
} from './plan-document';
import { pathPicture, phasesPicture } from './plan-timeline';

/** The plan as one page for whoever has to agree to it and whoever does it. */
export function planHtml(plan: PlanDocument, words?: ShiftWords): string {
  const { from, to, asOf, strategy, warnings, hops, shift } = plan;
  return page({
    title: `Kong ${from} → ${to}`,
    aside: `as of ${asOf}`,
    summary: strategy.why,
    verdict: verdictOf(plan),
    figures: figuresOf(plan),
    sections: [
      section(
        'The way',
        'Each stop is a version whose own image runs its migrations. Dates of support are those of Enterprise.',
        `<div class="card wide">${pathPicture(plan)}</div>${hopsTable(plan)}`,
      ),
      section(
        'The runbook at a glance',
        'A dot is a step. What lies behind the red line is not taken back by moving weights.',
        `<div class="card">${phasesPicture(plan)}</div>`,
      ),
      ...(warnings.length === 0
        ? []
        : [
            section(
              'Warnings',
              '',
              `<div class="warn-list">${warnings.map(({ code, message }) => `<article class="card"><h4>${escape(code)}</h4><p>${prose(message)}</p></article>`).join('')}</div>`,
            ),
          ]),
      ...(shift && words ? [shiftSection(shift, words)] : []),
      section(
        `Strategy: ${strategy.name}`,
        '',
        `<div class="card"><p>${prose(strategy.why)}</p>${says(strategy.others.map(({ name, whyNot }) => [`not ${name}`, prose(whyNot)]))}</div>`,
      ),
      section('Runbook', 'Words in capitals and names with $ are to be filled in.', runbook(plan)),
    ],
    notes: [
      `Made by kong-dual-cluster plan for ${asOf}. ${hops.length === 0 ? '' : `Path: ${pathText(plan)}.`}`,
      'Zero downtime is possible, not guaranteed: it depends on the configuration, the plugins and the load.',
    ],
  });
}

function verdictOf({ warnings, shift }: PlanDocument): Parameters<typeof page>[0]['verdict'] {
  if (shift && !shift.ready) return { text: 'a shift would be refused today', tone: 'bad' };
  if (warnings.length > 0) return { text: `${counted(warnings.length, 'warning')} to know first`, tone: 'warn' };
  return { text: 'a supported path', tone: 'good' };
}

function figuresOf(plan: PlanDocument): Figure[] {
  const { strategy, runbook: steps, hops, stops, asOf } = plan;
  const barrier = noReturnAt(plan);
  const last = stops.at(-1);
  return [
    { label: 'Strategy', value: strategy.name },
    { label: 'Way', value: counted(hops.length, 'hop'), detail: pathText(plan) },
    { label: 'Runbook', value: counted(steps.length, 'step') },
    ...(barrier < 0
      ? []
      : [{ label: 'Point of no return', value: `step ${barrier + 1}`, detail: steps[barrier]?.title ?? '' }]),
    ...(last?.fullSupportUntil === undefined
      ? []
      : [
          {
            label: `${last.version}: full support until`,
            value: last.fullSupportUntil,
            ...(supportOn(last, asOf) === 'full' ? {} : { tone: 'bad' as const, detail: supportText(last, asOf) }),
          },
        ]),
  ];
}

function hopsTable({ hops }: PlanDocument): string {
  return hops
    .map((hop) => {
      const facts = [hop.kind, patchText(hop), postgresText(hop)].filter(Boolean).join(' · ');
      return `<article class="card"><h4>${escape(hop.from)} → ${escape(hop.to)}</h4><p class="who">${escape(facts)}</p>${
        hop.note === undefined ? '' : `<p>${prose(hop.note)}</p>`
      }${sources(hop.sources)}</article>`;
    })
    .join('');
}

function runbook(plan: PlanDocument): string {
  const barrier = noReturnAt(plan);
  let phase: RunbookStep['phase'] | undefined;
  return plan.runbook
    .map((step, index) => {
      const begins = step.phase !== phase;
      phase = step.phase;
      return (
        (begins ? `<h3>${PHASE_TITLE[step.phase]}</h3>` : '') +
        (index === barrier ? `<p class="barrier"><span>${escape(NO_RETURN)}</span></p>` : '') +
        stepCard(step, index + 1)
      );
    })
    .join('');
}

const stepCard = (step: RunbookStep, number: number): string =>
  [
    `<article class="card step${step.pointOfNoReturn ? ' noreturn' : ''}" id="${escape(step.id)}"><b>${number}</b><div>`,
    `<h4>${prose(step.title)}</h4><p class="who">${escape(step.who)}</p>`,
    step.pointOfNoReturn ? '<span class="flag">weights do not take this back</span>' : '',
    step.why === undefined ? '' : `<p>${prose(step.why)}</p>`,
    step.commands.length === 0 ? '' : pre(step.commands.join('\n')),
    ...(step.files ?? []).map(({ name, content }) => `<p class="file">${escape(name)}</p>${pre(content.trimEnd())}`),
    says([
      ['expected', prose(step.expected)],
      ['check', prose(step.check)],
      ['undo', prose(step.undo)],
    ]),
    sources(step.sources),
    '</div></article>',
  ].join('');

function shiftSection(shift: ShiftOutlook, { title, configWrites, next, traffic }: ShiftWords): string {
  const { to, stages, totalSeconds, worstSeconds, findings, alarms } = shift;
  const rows = stages.map(
    ({ stage, share, weights, bakeSeconds, afterSeconds, ...more }) =>
      `<tr><td>${stage}</td><td>${percent(share)}</td><td>${weights.blue} : ${weights.green}</td><td>${durationOf(bakeSeconds)}</td><td>${durationOf(afterSeconds)}</td><td>${stageNotes(more).map(prose).join('<br>')}</td></tr>`,
  );
  const looked = findings.map(
    ({ ok, what, found, mend }) =>
      `<tr><td><span class="tag ${ok ? '' : 'bad'}">${ok ? 'ok' : 'NOT'}</span></td><td>${escape(what)}: ${prose(found)}${ok || !mend ? '' : `<br><small>${prose(mend)}</small>`}</td></tr>`,
  );
  return section(
    'The next shift',
    title,
    `<div class="card wide"><table><thead><tr><th>stage</th><th>on ${to}</th><th>blue : green</th><th>watched</th><th>until</th><th>for a verdict</th></tr></thead><tbody>${rows.join('')}</tbody></table></div>` +
      `<div class="card"><table><tbody>${looked.join('')}</tbody></table></div>` +
      `<div class="card">${says([
        ['in all', `${durationOf(totalSeconds)} when every gate passes at once${atMost(worstSeconds)}`],
        ...(traffic === undefined ? [] : [['traffic', prose(traffic)] as [string, string]]),
        ['writes', escape(configWrites)],
        ['rolls back', alarms.map(escape).join('<br>')],
        ['next', next.map(prose).join('<br>')],
      ])}</div>`,
  );
}

const pre = (content: string): string => `<pre>${escape(content)}</pre>`;
const sources = (list: readonly string[]): string =>
  list.length === 0 ? '' : `<p class="sources">${list.map(sourceHtml).join(' · ')}</p>`;
