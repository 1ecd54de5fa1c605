import { linkOf } from './links';
import { spans } from './spans';

/** Text for HTML and SVG; nothing in a page comes in any other way. */
export function escape(text: string): string {
  return text.replace(
    /[&<>"']/g,
    (sign) => ({ '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&#39;' })[sign] ?? sign,
  );
}

/** Sentences in which what stands between backticks is code. */
export const prose = (text: string): string =>
  spans(text)
    .map(({ isCode, content }) => (isCode ? `<code>${escape(content)}</code>` : escape(content)))
    .join('');

/** Of a link what a person reads: no scheme, eight digits of a commit. */
const shortened = (source: string): string =>
  source.replace(/^https:\/\//, '').replace(/\b([0-9a-f]{8})[0-9a-f]{32}\b/g, '$1');

/** A source with a link where it has one. */
export function sourceHtml(source: string): string {
  const link = linkOf(source);
  return link === undefined ? escape(source) : `<a href="${escape(link)}">${escape(shortened(source))}</a>`;
}
