import { needsAction, type CompatibilityFinding } from '../compatibility/finding';
import { summaryOf, type Checked } from '../compatibility/summary';
import { totals } from './findings-text';
import {
  CATEGORY_TITLE,
  counted,
  type FindingGroup,
  fixOf,
  grouped,
  placeOf,
  PLACES_SHOWN,
  told,
  WHEN_TITLE,
  whereOf,
} from './grouped-findings';
import { escape, prose, sourceHtml } from './html';
import { page, section } from './page';

/** What a check found, as a page that can be sent to somebody. */
export function findingsHtml(checked: Checked): string {
  const { target, upgrade, findings } = checked;
  const { needAction, byWhen, rewritten, wrote } = summaryOf(checked);
  const title = `Kong ${upgrade.from.toString()} → ${upgrade.to.toString()}`;
  return page({
    title: `${title}: what changes for ${target}`,
    aside: title,
    summary: `${totals(checked)}.`,
    verdict:
      needAction === 0
        ? { text: 'nothing needs action', tone: 'good' }
        : { text: `${counted(needAction, 'finding')} to act on`, tone: 'bad' },
    figures: [
      { label: 'Findings', value: String(findings.length), detail: `${needAction} need action` },
      { label: 'Before', value: String(byWhen.before ?? 0), detail: 'before green is deployed' },
      { label: 'During', value: String(byWhen.during ?? 0), detail: 'while both clusters serve' },
      { label: 'After', value: String(byWhen.after ?? 0), detail: 'after the teardown' },
      ...(wrote === null ? [] : [{ label: 'Mended', value: String(rewritten), detail: `in ${wrote}` }]),
    ],
    sections: findingSections(findings),
    notes: ['Made by kong-dual-cluster check. No value of a secret field is shown.'],
  });
}

/** A section for each time to act, with a card an id. */
const findingSections = (findings: readonly CompatibilityFinding[]): string[] =>
  grouped(findings).map(({ when, count, categories }) =>
    section(
      WHEN_TITLE[when],
      counted(count, 'finding'),
      categories
        .map(({ category, groups }) => `<h3>${escape(CATEGORY_TITLE[category])}</h3>${groups.map(card).join('')}`)
        .join(''),
    ),
  );

function card({ id, severity, findings }: FindingGroup): string {
  const { message, fix, shown, hidden } = told(findings);
  const sources = [...new Set(findings.flatMap((finding) => finding.sources))].slice(0, PLACES_SHOWN);
  const tone = severity === 'breaking' || severity === 'removed' ? 'bad' : needsAction({ severity }) ? 'warn' : '';
  return [
    `<article class="card"><h4>${escape(id)} <span class="tag ${tone}">${escape(severity)}</span></h4>`,
    message === undefined ? '' : `<p>${prose(message)}</p>`,
    `<ul class="places">${shown
      .map(
        (finding) =>
          `<li><code>${escape(placeOf(finding))}</code> ${escape(whereOf(finding))}` +
          (message === undefined ? `: ${prose(finding.message)}` : '') +
          (fix === undefined ? `<br><small>${prose(fixOf(finding))}</small>` : '') +
          '</li>',
      )
      .join('')}${hidden > 0 ? `<li>… and ${counted(hidden, 'more place', 'more places')}</li>` : ''}</ul>`,
    fix === undefined ? '' : `<p>${prose(fix)}</p>`,
    sources.length === 0 ? '' : `<p class="sources">${sources.map(sourceHtml).join(' · ')}</p>`,
    '</article>',
  ].join('');
}
