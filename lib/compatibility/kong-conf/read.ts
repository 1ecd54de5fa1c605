import { EXIT, KongDualClusterError } from '../../errors';

/** One parameter that is given a value, in a kong.conf or in the environment of a node. */
export interface Setting {
  /** As Kong knows it: `pg_host`. */
  readonly name: string;
  /** As it stands there: `pg_host`, `KONG_PG_HOST`. */
  readonly written: string;
  /** Undefined where it is a secret that is fetched at start. */
  readonly value: string | undefined;
  readonly file: string;
  /** From 1; the first one of a setting that goes over several. */
  readonly line: number;
  readonly lastLine: number;
  readonly origin: 'file' | 'environment';
}

/** A kong.conf as its lines and what Kong reads in them. */
export interface KongConf {
  /** Name of the file. */
  readonly file: string;
  /** Each with its line end, so that joining them gives the file, byte for byte. */
  readonly lines: readonly string[];
  /** In order; of one name the last wins, as in Kong. */
  readonly settings: readonly Setting[];
  /** Lines that are no comment and hold no `=`: Kong skips them without a word. From 1. */
  readonly idle: readonly number[];
}

/**
 * Reads a kong.conf as Kong's loader does (kong/conf_loader/init.lua over Penlight's pl.config): comments begin with `#` or
 * `;`; a `\` at the end of a line goes on in the next that is no comment; a name is what stands before the first `=`, each
 * character but letters and digits taken for `_`; a value ends before the first `#` that has no `\` before it; quotes
 * belong to the value.
 *
 * @throws KongDualClusterError CONF_NOT_KONG_CONF, CONF_LINE (exit 64)
 */
export function readKongConf(text: string, file: string): KongConf {
  refuseOthers(text, file);
  const lines = text.match(/[^\n]*\n|[^\n]+$/g) ?? [];
  const settings: Setting[] = [];
  const idle: number[] = [];
  let pending = '';
  let begun = 0;
  lines.forEach((raw, index) => {
    const line = raw.replace(/\n$/, '');
    if (/^[ \t\r\v\f]*([;#]|$)/.test(line)) return;
    if (pending === '') begun = index + 1;
    const goesOn = /\\[ \t\r\v\f]*$/.exec(line);
    if (goesOn) {
      pending += line.slice(0, goesOn.index);
      return;
    }
    const whole = pending + line;
    pending = '';
    if (whole.startsWith('[')) {
      throw badLine(file, begun, 'a section in a kong.conf: Kong reads nothing after it', whole, 'take the line out');
    }
    const match = /^[ \t\r\v\f]*([^=]*?)[ \t\r\v\f]*=(.*)$/s.exec(whole);
    if (!match) {
      idle.push(begun);
      return;
    }
    const [, written, value] = match as unknown as [string, string, string];
    settings.push({
      name: Array.from(new TextEncoder().encode(written), nameByte).join(''),
      written,
      value: valueOf(value),
      file,
      line: begun,
      lastLine: index + 1,
      origin: 'file',
    });
  });
  if (pending !== '') {
    throw badLine(file, begun, 'a setting that ends with a \\ and goes on nowhere', pending, 'take the \\ out');
  }
  return { file, lines, settings, idle };
}

/** `\s*(?<!\\)#.*$` taken away, then `\#` is `#`. */
export function valueOf(text: string): string {
  const comment = /(?<!\\)#/.exec(text);
  return (comment ? text.slice(0, comment.index) : text).replaceAll('\\#', '#').replace(OUTER_SPACE, '');
}

/** White space as Lua sees it: a byte order mark is none. */
const OUTER_SPACE = /^[ \t\r\n\v\f]+|[ \t\r\n\v\f]+$/g;

/** pl.config's `variabilize` goes over bytes: `pg-host` is `pg_host`, and a byte order mark is `___`. */
const nameByte = (byte: number): string => {
  const char = String.fromCharCode(byte);
  return /[A-Za-z0-9]/.test(char) ? char : '_';
};

const badLine = (file: string, line: number, problem: string, found: string, remedy: string): KongDualClusterError =>
  new KongDualClusterError('CONF_LINE', `${file}:${line}: ${problem}`, {
    found: found.trim().split('=')[0]!.trim().slice(0, 40),
    remedy,
    exitCode: EXIT.usage,
  });

/** What is clearly something else is told so, instead of a thousand lines that Kong would skip. */
function refuseOthers(text: string, file: string): void {
  const refused = (found: string) =>
    new KongDualClusterError('CONF_NOT_KONG_CONF', `${file} is no kong.conf`, {
      found,
      remedy:
        'name a file of `name = value` lines; declarative files are for `check declarative`, KONG_* variables for --env-file',
      exitCode: EXIT.usage,
    });
  if (text.includes('\0') || text.includes('\uFFFD')) throw refused('binary data, or text that is not UTF-8');
  const first = text.trimStart();
  if (first.startsWith('{')) throw refused('JSON');
  if (first.startsWith('<')) throw refused('XML or HTML');
  const told = first.split('\n').filter((line) => /\S/.test(line) && !/^\s*[;#]/.test(line));
  const yaml = told.filter((line) => /^\s*(- |---\s*$|[\w.-]+:(\s|$))/.test(line)).length;
  if (told.length > 0 && yaml > told.length / 2) throw refused('YAML');
  if (told.length > 0 && !told.some((line) => line.includes('='))) throw refused('no line with a `=`');
}
