import { escape, prose } from './html';
import { STYLE } from './style';

export interface Page {
  readonly title: string;
  /** A word or date, at the right above the title. */
  readonly aside: string;
  /** One sentence beneath the title. */
  readonly summary: string;
  readonly verdict: { readonly text: string; readonly tone: 'good' | 'warn' | 'bad' };
  readonly figures: readonly Figure[];
  /** HTML, made with `section`. */
  readonly sections: readonly string[];
  readonly notes: readonly string[];
}

export interface Figure {
  readonly label: string;
  readonly value: string;
  readonly detail?: string;
  readonly tone?: 'bad';
}

/**
 * One HTML document that needs no network, no script and no other file; the browser is told to refuse all three.
 * @param body HTML of what is inside `main`
 */
export const htmlDocument = (title: string, style: string, body: string): string => `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<title>${escape(title)}</title>
<style>${style}</style>
</head>
<body>
<main>
${body}
</main>
</body>
</html>`;

export const page = ({ title, aside, summary, verdict, figures, sections, notes }: Page): string =>
  htmlDocument(
    title,
    STYLE,
    `<header>
<p class="eyebrow"><b>kong-dual-cluster</b><span>${escape(aside)}</span></p>
<h1>${escape(title)}</h1>
<p class="summary">${prose(summary)}</p>
<p class="verdict ${verdict.tone}">${escape(verdict.text)}</p>
<dl class="figures">${figures.map(figure).join('')}</dl>
</header>
${sections.join('\n')}
<footer>${notes.map((note) => `<p>${escape(note)}</p>`).join('')}</footer>`,
  );

const figure = ({ label, value, detail, tone }: Figure): string =>
  `<div class="${tone ?? ''}"><dt>${escape(label)}</dt><dd>${escape(value)}${detail === undefined ? '' : `<small>${escape(detail)}</small>`}</dd></div>`;

/** @param content HTML */
export const section = (title: string, detail: string, content: string): string =>
  `<section><h2>${escape(title)}</h2>${detail === '' ? '' : `<p class="detail">${escape(detail)}</p>`}${content}</section>`;

/** @param says what as HTML; entries without any are left out */
export const says = (entries: readonly (readonly [label: string, html: string])[]): string =>
  `<dl class="says">${entries
    .filter(([, html]) => html !== '')
    .map(([label, html]) => `<dt>${escape(label)}</dt><dd>${html}</dd>`)
    .join('')}</dl>`;
