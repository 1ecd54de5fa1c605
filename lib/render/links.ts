/**
 * Where a source can be read: a link as it is, `OWNER/REPO@TAG:PATH` and `OWNER/REPO:PATH` in the repository,
 * `OWNER/REPO#NUMBER` as its issue; a remark in parentheses behind it is left out. Undefined for anything else, so that nothing but https ever becomes a link.
 */
export function linkOf(text: string): string | undefined {
  const source = text.replace(/ \([^()]*\)$/, '');
  if (/^https:\/\/[^\s"'<>()\\]+$/.test(source)) return source;
  const [, repo, tag, path] = /^([\w.-]+\/[\w.-]+)(?:@([\w.-]+))?:([\w./@+-]+)$/.exec(source) ?? [];
  if (repo !== undefined) return `https://github.com/${repo}/blob/${tag ?? 'HEAD'}/${path}`;
  const [, of, number] = /^([\w.-]+\/[\w.-]+)#(\d+)$/.exec(source) ?? [];
  return of === undefined ? undefined : `https://github.com/${of}/issues/${number}`;
}
