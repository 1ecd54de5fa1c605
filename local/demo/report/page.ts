import { escape } from '../../../lib/render/html';
import { htmlDocument } from '../../../lib/render/page';
import type { ReportData } from './data';
import { shiftFigure } from './shift-chart';
import { STYLE } from './style';
import { figures, smallTable, stagesTable, stepsTable } from './tables';
import { timeline } from './timeline';

/** The report as one HTML document. */
export function renderReport(data: ReportData): string {
  const { title, startedAt, holds, failure, shifts, tables, notes, steps, seconds } = data;
  const date = new Date(startedAt).toISOString().slice(0, 16).replace('T', ', ');
  const section = (name: string, detail: string, content: string): string =>
    `<section><h2>${name}</h2><p class="detail">${detail}</p>${content}</section>`;
  return `${htmlDocument(
    title,
    STYLE,
    `<header>
<p class="eyebrow"><span>kong-dual-cluster</span><time datetime="${escape(startedAt)}">${date} UTC</time></p>
<h1>${escape(title)}</h1>
<p class="summary">${escape(data.summary)}</p>
<p class="verdict ${holds ? 'good' : 'bad'}">${holds ? 'everything holds' : `not everything holds${failure === undefined ? '' : `: ${escape(firstLine(failure))}`}`}</p>
${figures(data)}
</header>
<section>
<h2>The whole run</h2>
<p class="legend"><span class="blue">blue</span><span class="green">green</span><span class="setkey">share set</span></p>
<div class="wide card">${timeline(data)}</div>
</section>
${shifts.length === 0 ? '' : section('The shifts', 'A dot is one second; the band around the line is what three standard deviations allow for that second’s requests.', `<div class="grid">${shifts.map((shift) => shiftFigure(shift, data)).join('')}</div>`)}
${shifts.length === 0 ? '' : section('Stages', 'Requests are those that the load balancer counted on both slots while the stage was watched. Of a fair split about 1 stage in 370 lies outside three σ.', stagesTable(shifts))}
${section('Steps', 'Numbers are those above the chart.', stepsTable(steps, seconds))}
${tables.length === 0 ? '' : `<section><h2>Data and answers</h2><div class="grid">${tables.map(smallTable).join('')}</div></section>`}
<footer>${notes.map((note) => `<p>${escape(note)}</p>`).join('')}</footer>`,
  )}\n`;
}

const firstLine = (text: string): string => text.trim().split('\n')[0] ?? '';
