/**
 * What a plain scalar means: the core schema of YAML 1.2, and of YAML 1.1 the words `yes`, `no`, `on`, `off`, which are
 * booleans to both readers of these files (lyaml in Kong, go-yaml v2 in decK). `012` and `1_000` are read as YAML 1.2
 * does; what is written is quoted wherever the two could differ.
 */
export function plainValue(text: string): unknown {
  const first = text.charCodeAt(0);
  // 0-9, and + - . before them
  if ((first >= 48 && first <= 57) || first === 43 || first === 45 || first === 46) return numberOr(text);
  if (text.length > 5 || !WORD_STARTS.has(first)) return text;
  const word = WORDS.get(text);
  return word === undefined ? text : word;
}

const cased = (word: string): string[] => [word, word[0]!.toUpperCase() + word.slice(1), word.toUpperCase()];
const WORDS = new Map<string, boolean | null>([
  ['~', null],
  ...cased('null').map((word) => [word, null] as const),
  ...['true', 'yes', 'on'].flatMap(cased).map((word) => [word, true] as const),
  ...['false', 'no', 'off'].flatMap(cased).map((word) => [word, false] as const),
]);
const WORD_STARTS = new Set([...WORDS.keys()].map((word) => word.charCodeAt(0)));

const DECIMAL = /^[-+]?(?:\d+(?:\.\d*)?|\.\d+)(?:[eE][-+]?\d+)?$/;
function numberOr(text: string): unknown {
  if (DECIMAL.test(text)) return Number(text);
  if (/^0(?:o[0-7]+|x[0-9a-fA-F]+)$/.test(text)) return Number(text);
  const special = /^([-+]?)\.(?:inf|Inf|INF)$/.exec(text);
  if (special) return special[1] === '-' ? -Infinity : Infinity;
  return /^\.(?:nan|NaN|NAN)$/.test(text) ? NaN : text;
}

export type Quotes = 'plain' | 'single' | 'double';

/** A scalar as YAML, in the quotes asked for where they can hold it. */
export function scalarText(value: unknown, wanted: Quotes, inFlow: boolean): string {
  if (typeof value !== 'string') return otherText(value);
  if (wanted === 'plain' && isPlain(value, inFlow)) return value;
  // A regex is easier to read where a backslash is one backslash.
  const single = wanted === 'single' || (wanted === 'plain' && !inFlow && /[\\"]/.test(value));
  return single && !NOT_PRINTABLE.test(value) && !/[\n\t]/.test(value)
    ? `'${value.replaceAll("'", "''")}'`
    : doubleQuoted(value);
}

/** In double quotes, valid both as YAML and as JSON. */
export const doubleQuoted = (value: string): string =>
  JSON.stringify(value).replace(
    NOT_PRINTABLE_ALL,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );

function otherText(value: unknown): string {
  if (typeof value !== 'number' || Number.isFinite(value)) return String(value);
  return Number.isNaN(value) ? '.nan' : value > 0 ? '.inf' : '-.inf';
}

const NOT_PRINTABLE = /[\x00-\x08\x0b-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff\ufeff\ufffe\uffff]/;
const NOT_PRINTABLE_ALL = /[\x7f-\x9f\u2028\u2029\ufeff\ufffe\uffff]/g;
/** Begins with no indicator, digit, sign or dot; no tab, line break, `: ` or ` #` inside; no space or colon at the end. */
const PLAIN = /^[A-Za-z_/~^$(\\\u00a1-\ud7ff](?:[^\s:#]|[ ](?=[^\s#])|:(?=\S)|(?<=\S)#)*$/;
const AMBIGUOUS = /^(?:~|null|true|false|yes|no|on|off|y|n)$/i;
const isPlain = (text: string, inFlow: boolean): boolean =>
  PLAIN.test(text) && !AMBIGUOUS.test(text) && !NOT_PRINTABLE.test(text) && !(inFlow && /[,[\]{}:]/.test(text));
