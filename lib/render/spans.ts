/** A sentence in parts: `code` between backticks, and what stands around it. An odd backtick is text. */
export function spans(text: string): { readonly isCode: boolean; readonly content: string }[] {
  return [...text.matchAll(/`([^`]+)`|[^`]+|`/g)].map(([all, code]) =>
    code === undefined ? { isCode: false, content: all } : { isCode: true, content: code },
  );
}
