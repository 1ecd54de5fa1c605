import type { ReportData, ShiftReport, StepSpan, Table } from './data';
import { escape, px } from './svg';
import { clock, count, duration, percent } from './words';

const cell = (content: string, className = ''): string =>
  `<td${className === '' ? '' : ` class="${className}"`}>${content}</td>`;

const table = (head: readonly string[], rows: readonly string[], className = ''): string =>
  `<div class="wide"><table class="${className}"><thead><tr>${head.map((title) => `<th scope="col">${title}</th>`).join('')}</tr></thead><tbody>${rows.join('')}</tbody></table></div>`;

/** Every stage of every shift: what was set, what was seen, and whether chance explains the difference. */
export function stagesTable(shifts: readonly ShiftReport[]): string {
  const rows = shifts.flatMap((shift) => [
    `<tr class="group"><th scope="rowgroup" colspan="7">${escape(shift.title)} <span>${escape(shift.outcome)}</span></th></tr>`,
    ...shift.stages.map(({ slot, shareSet, shareSeen, requests, bound, within, note }) => {
      const verdict = within === undefined ? 'no data' : within ? 'yes' : 'no';
      return `<tr>${[
        cell(`<i class="dot ${slot}"></i>${slot}`),
        cell(percent(shareSet), 'number'),
        cell(shareSeen === undefined ? '–' : percent(shareSeen, 2), 'number'),
        cell(count(requests), 'number'),
        cell(bound === undefined ? '–' : `± ${percent(bound, 2)}`, 'number'),
        cell(verdict, within === false ? 'bad' : ''),
        cell(escape(note ?? ''), 'note'),
      ].join('')}</tr>`;
    }),
  ]);
  return table(['slot', 'share set', 'share seen', 'requests', '3 σ', 'within', ''], rows, 'stages');
}

/** Steps in order, each with a bar where it lies in the run. */
export function stepsTable(steps: readonly StepSpan[], total: number): string {
  const rows = steps.map(({ name, at, seconds, note, failed }, index) => {
    const left = (at / Math.max(1, total)) * 100;
    const width = Math.max(0.4, (seconds / Math.max(1, total)) * 100);
    return `<tr>${[
      cell(String(index + 1), 'number index'),
      cell(escape(name)),
      cell(clock(at), 'number'),
      cell(duration(seconds), 'number'),
      cell(
        `<i class="bar${failed ? ' failed' : ''}" style="margin-left:${px(left)}%;width:${px(width)}%"></i>`,
        'lane',
      ),
      cell(escape(note), 'note'),
    ].join('')}</tr>`;
  });
  return table(['', 'step', 'at', 'took', '', ''], rows, 'steps');
}

export const smallTable = ({ title, detail, head, rows }: Table): string =>
  `<section class="card"><h3>${escape(title)}</h3>${detail === undefined ? '' : `<p class="detail">${escape(detail)}</p>`}${table(
    head.map(escape),
    rows.map(
      (row) =>
        `<tr>${row.map((content, index) => cell(escape(content), index > 0 && /^[\d,.]+$/.test(content) ? 'number' : '')).join('')}</tr>`,
    ),
  )}</section>`;

export const figures = ({ figures: list }: ReportData): string =>
  `<dl class="figures">${list
    .map(
      ({ label, value, detail, tone }) =>
        `<div class="${tone ?? ''}"><dt>${escape(label)}</dt><dd>${escape(value)}${detail === undefined ? '' : `<small>${escape(detail)}</small>`}</dd></div>`,
    )
    .join('')}</dl>`;
