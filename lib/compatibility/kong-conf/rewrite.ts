import type { Upgrade } from '../changes';
import type { KongConf } from './read';
import { valueOf } from './read';
import type { Verdict } from './rules';

const MARK = '# kong-dual-cluster:';

/** What was done about a verdict; undefined: nothing, a person has to. */
export type Done = 'renamed' | 'commented out' | 'changed' | 'set';

export interface Rewritten {
  readonly text: string;
  readonly done: ReadonlyMap<Verdict, Done>;
}

/**
 * The file with what is safe mended: names and values in their places, what is gone as a comment with the reason above it,
 * and with `keep` the old defaults at the end. All other bytes stay.
 */
export function rewrite(conf: KongConf, verdicts: readonly Verdict[], upgrade: Upgrade, keep: boolean): Rewritten {
  const lines = [...conf.lines];
  const eol = lines[0]?.endsWith('\r\n') ? '\r\n' : '\n';
  const done = new Map<Verdict, Done>();
  const names = new Set(conf.settings.map(({ name }) => name));
  const rivals = rivalsOf(verdicts);
  for (const verdict of verdicts) {
    const { setting, mend } = verdict;
    if (setting?.origin !== 'file' || mend === undefined || mend.kind === 'pin') continue;
    const [first, last] = [setting.line - 1, setting.lastLine - 1];
    const commentOut = (reason: string) => {
      for (let at = first; at <= last; at++) {
        // A comment that ends with a \ does not go on.
        if (!/^\s*([;#]|$)/.test(lines[at]!)) lines[at] = `# ${lines[at]!}`;
      }
      lines[first] = `${MARK} ${reason}${eol}${lines[first]!}`;
      done.set(verdict, 'commented out');
    };
    if (mend.kind === 'comment-out') {
      commentOut(
        `${setting.name} is not read by Kong ${upgrade.to.toString()}${verdict.parameter?.note ? `: ${verdict.parameter.note}` : ''}`,
      );
    } else if (mend.kind === 'rename') {
      // The new name won over the old one before, too.
      if (names.has(mend.to)) commentOut(`${setting.name} is ${mend.to} now, which this file sets`);
      else if (!lines[first]!.includes(setting.written)) continue;
      else if ((rivals.get(mend.to)?.size ?? 0) < 2) {
        const line = withName(lines[first]!, setting.written, mend.to);
        const both = mend.value === setting.value ? line : withValue(line, mend.value);
        if (first === last && both !== undefined) {
          lines[first] = both;
          done.set(verdict, 'renamed');
        } else if (mend.value === setting.value) {
          lines[first] = line;
          done.set(verdict, 'renamed');
        }
      }
    } else if (first === last) {
      const line = withValue(lines[first]!, mend.value);
      if (line !== undefined) {
        lines[first] = line;
        done.set(verdict, 'changed');
      }
    }
  }
  const pins = keep ? verdicts.filter(({ mend }) => mend?.kind === 'pin') : [];
  if (pins.length > 0) {
    if (lines.length > 0 && !lines.at(-1)!.endsWith('\n')) lines.push(eol);
    lines.push(`${eol}${MARK} what Kong ${upgrade.from.toString()} did where nothing was set${eol}`);
    for (const verdict of [...pins].sort((a, b) => (a.name < b.name ? -1 : 1))) {
      if (verdict.mend?.kind !== 'pin') continue;
      lines.push(`# ${verdict.name}: ${verdict.mend.comment}${eol}`, `${verdict.name} = ${verdict.mend.value}${eol}`);
      done.set(verdict, 'set');
    }
  }
  return { text: lines.join(''), done };
}

/** Old names that become the same new one: which of them won is not decided here. */
function rivalsOf(verdicts: readonly Verdict[]): Map<string, Set<string>> {
  const rivals = new Map<string, Set<string>>();
  for (const { name, mend, setting } of verdicts) {
    if (mend?.kind !== 'rename' || setting?.origin !== 'file') continue;
    rivals.set(mend.to, (rivals.get(mend.to) ?? new Set()).add(name));
  }
  return rivals;
}

const withName = (line: string, written: string, name: string): string => {
  const at = line.indexOf(written);
  return line.slice(0, at) + name + line.slice(at + written.length);
};

/** The value alone is exchanged: spaces, trailing comment and line end stay. */
function withValue(line: string, value: string): string | undefined {
  const match = /^([^=]*=[^\S\r\n]*)(.*?)([^\S\r\n]*\r?\n?)$/s.exec(line);
  if (!match) return undefined;
  const [, before, rest, end] = match as unknown as [string, string, string, string];
  const comment = /\s*(?<!\\)#.*$/s.exec(rest)?.[0] ?? '';
  const changed = `${before}${value}${comment}${end}`;
  return valueOf(changed.slice(changed.indexOf('=') + 1)) === value ? changed : undefined;
}
