import { linkOf } from './links';

/** Text for HTML and SVG; nothing in a page comes in any other way. */
export function escape(text: string): string {
  return text.replace(
    /[&<>"']/g,
    (sign) => ({ '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&#39;' })[sign] ?? sign,
  );
}

/** A source with a link where it has one. */
export function sourceHtml(source: string): string {
  const link = linkOf(source);
  return link === undefined ? escape(source) : `<a href="${escape(link)}">${escape(source)}</a>`;
}
