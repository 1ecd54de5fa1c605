import { compile } from './compile';
import { rustPattern } from './kong-path';
import { differences } from './meaning';

/**
 * The same regex as Rust wants it spelled, where PCRE (Kong 2.x) takes for plain characters what Rust takes for syntax:
 * `{id}`, `[a[b]`, `[\w-.]`, `\y`, `\Q…\E`, `/a|/b`. It matches the same requests. Undefined where that does not make it compile,
 * or with another meaning, or where nothing has to be mended.
 */
export function mended(regex: string): string | undefined {
  if (isSound(regex)) return undefined;
  const spelled = new Speller(regex).whole();
  if (spelled === undefined || isSound(spelled)) return spelled;
  const bound = boundAlternatives(spelled);
  return bound !== undefined && isSound(bound) ? bound : undefined;
}

/** `/a|/b` as `/(?:a|b)`, for 3.x puts its `^` before the first alternative alone, and a path has to begin with a slash. */
function boundAlternatives(regex: string): string | undefined {
  const pattern = rustPattern(`~${regex}`);
  const compiled = compile(pattern);
  if (!compiled.ok || compiled.node.type !== 'alternate') return undefined;
  const branches = compiled.node.nodes.map(({ at, end }) => pattern.slice(at, end).replace(/^\^/, ''));
  if (!branches.every((branch) => /^\/(?![*+?{])/.test(branch))) return undefined;
  return `/(?:${branches.map((branch) => branch.slice(1)).join('|')})`;
}

function isSound(regex: string): boolean {
  const pattern = rustPattern(`~${regex}`);
  const compiled = compile(pattern);
  return compiled.ok && differences(regex, pattern, compiled.node).length === 0;
}

/** Letters that PCRE takes as they are behind a backslash. */
const PLAIN_LETTERS = /^[ijmqyFIJMOTY]$/;
const META = /[\\.+*?()|[\]{}^$]/;
const SETS = /^[dDwWsShHvVRpPN]$/;

class Speller {
  private at = 0;
  private out = '';

  constructor(private readonly regex: string) {}

  /** Undefined where it can not be read: the flag x, an open class, one that PCRE itself is not of one mind about. */
  whole(): string | undefined {
    if (/\(\?[a-zA-Z]*x/.test(this.regex)) return undefined;
    while (this.at < this.regex.length) {
      const char = this.regex[this.at] ?? '';
      if (char === '\\') this.escape(false);
      else if (char === '[') {
        if (!this.class()) return undefined;
      } else if (this.matches(/\(\?#[^)]*\)/y) !== undefined) this.at += this.matches(/\(\?#[^)]*\)/y)?.length ?? 0;
      else if (char === '{') this.copy(this.matches(/\{\d+(,\d*)?\}/y) ?? '{', '\\{');
      else if (this.matches(/\?</y) !== undefined && this.regex[this.at - 1] !== '(') this.put('?\\x3C', 2);
      else this.put(char);
    }
    return this.out;
  }

  private matches(sticky: RegExp): string | undefined {
    sticky.lastIndex = this.at;
    return sticky.exec(this.regex)?.[0];
  }

  private put(text: string, length = 1): void {
    this.out += text;
    this.at += length;
  }

  /** A quantifier as it is, a lone brace escaped. */
  private copy(found: string, lone: string): void {
    this.put(found.length === 1 ? lone : found, found.length);
  }

  /** What it was: one character or a set of them. */
  private escape(inClass: boolean): 'char' | 'set' {
    const quoted = this.matches(/\\Q[^]*?(\\E|$)/y);
    if (quoted !== undefined) {
      const text = quoted.slice(2).replace(/\\E$/, '');
      this.put(
        [...text].map((char) => (META.test(char) || /[-&~]/.test(char) ? `\\${char}` : char)).join(''),
        quoted.length,
      );
      return 'char';
    }
    const point = this.regex.codePointAt(this.at + 1);
    const char = point === undefined ? '' : String.fromCodePoint(point);
    const length = 1 + char.length;
    if (char === 'E') this.put('', 2);
    else if (char === 'e') this.put('\\x1B', 2);
    else if (char === 'b' && inClass) this.put('\\x08', 2);
    else if (char === '<' || char === '>') this.put(char === '<' ? '\\x3C' : '\\x3E', 2);
    else if (PLAIN_LETTERS.test(char) || /^[^\0-\x7f]$/u.test(char)) this.put(char, length);
    else this.put(`\\${char}`, length);
    return SETS.test(char) ? 'set' : 'char';
  }

  private class(): boolean {
    this.put(this.matches(/\[\^?\]?/y) ?? '[', this.matches(/\[\^?\]?/y)?.length ?? 1);
    let previous: 'none' | 'char' | 'set' = this.out.endsWith(']') ? 'char' : 'none';
    for (;;) {
      const char = this.regex[this.at];
      if (char === undefined) return false;
      const named = this.matches(/\[:\^?[a-z]+:\]/y);
      if (char === ']') {
        this.put(']');
        return true;
      }
      if (named !== undefined) {
        this.put(named, named.length);
        previous = 'set';
      } else if (char === '-') {
        // `[\d-a-z]`, `[\d--a]`: PCRE 8 reads a range behind the \d, JavaScript none, and PCRE2 refuses it.
        if (previous === 'set' && this.matches(/-(?:\\?[^\]-])?-[^\]]/y) !== undefined) return false;
        previous = this.hyphen(previous);
      } else if (char === '\\') previous = this.escape(true);
      else {
        const doubled = (char === '&' || char === '~') && this.regex[this.at + 1] === char;
        this.put(char === '[' || doubled ? `\\${char}` : char);
        previous = 'char';
      }
    }
  }

  /** A hyphen between two characters makes a range of them; any other stands for itself. */
  private hyphen(previous: 'none' | 'char' | 'set'): 'none' | 'char' | 'set' {
    const next = this.regex[this.at + 1];
    const beforeSet = next === '\\' && SETS.test(this.regex[this.at + 2] ?? '');
    const beforeNamed = /^\[:\^?[a-z]+:\]/.test(this.regex.slice(this.at + 1));
    if (previous !== 'char' || next === ']' || next === undefined || beforeSet || beforeNamed) {
      this.put('\\-');
      return 'char';
    }
    this.put('-');
    if (next === '\\') this.escape(true);
    else this.put(/[-[&~]/.test(next) ? `\\${next}` : next);
    return 'none';
  }
}
