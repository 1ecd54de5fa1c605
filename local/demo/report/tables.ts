import { escape } from '../../../lib/render/html';
import type { ReportData, ShiftReport, StepSpan, Table } from './data';
import { px } from '../../../lib/render/svg';
import { clock, count, duration, percent } from './words';

const cell = (content: string, className = ''): string =>
  `<td${className === '' ? '' : ` class="${className}"`}>${content}</td>`;

const tableOf = (heads: readonly string[], rows: readonly string[], className = ''): string =>
  `<div class="wide"><table class="${className}"><thead><tr>${heads.join('')}</tr></thead><tbody>${rows.join('')}</tbody></table></div>`;

const table = (head: readonly string[], rows: readonly string[], className: string): string =>
  tableOf(
    head.map((title) => `<th scope="col">${title}</th>`),
    rows,
    className,
  );

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

/** A column of whole numbers stands right-aligned, its head with it; a version is no number. */
export function smallTable({ title, detail, head, rows }: Table): string {
  const numeric = head.map((_, column) => rows.every((row) => /^[\d,]+$/.test(row[column] ?? '')));
  const className = (column: number): string => (numeric[column] ? 'number' : '');
  const heads = head.map((name, column) => `<th scope="col" class="${className(column)}">${escape(name)}</th>`);
  const lines = rows.map(
    (row) => `<tr>${row.map((content, column) => cell(escape(content), className(column))).join('')}</tr>`,
  );
  const about = detail === undefined ? '' : `<p class="detail">${escape(detail)}</p>`;
  return `<section class="card"><h3>${escape(title)}</h3>${about}${tableOf(heads, lines)}</section>`;
}

export const figures = ({ figures: list }: ReportData): string =>
  `<dl class="figures">${list
    .map(
      ({ label, value, detail, tone }) =>
        `<div class="${tone ?? ''}"><dt>${escape(label)}</dt><dd>${escape(value)}${detail === undefined ? '' : `<small>${escape(detail)}</small>`}</dd></div>`,
    )
    .join('')}</dl>`;
