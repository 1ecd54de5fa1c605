/** One line of the Prometheus text exposition format. */
export interface Sample {
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly value: number;
}

const LINE = /^([a-zA-Z_:][a-zA-Z0-9_:]*)(?:\{(.*)\})?[ \t]+(\S+)(?:[ \t]+-?\d+)?[ \t]*$/;
const LABEL = /[ \t]*([a-zA-Z_][a-zA-Z0-9_]*)[ \t]*=[ \t]*"((?:[^"\\]|\\.)*)"[ \t]*(?:,|$)/y;

/**
 * Samples of a text whose metric's name is wanted; comments, other metrics and lines that are not of the format are left
 * out (Prometheus, "Exposition formats": text-based format).
 */
export function samplesOf(text: string, isWanted: (name: string) => boolean): Sample[] {
  const samples: Sample[] = [];
  for (const line of text.split('\n')) {
    const name = /^[a-zA-Z_:][a-zA-Z0-9_:]*/.exec(line)?.[0];
    if (name === undefined || !isWanted(name)) continue;
    const [, , inside = '', number = ''] = LINE.exec(line.trimEnd()) ?? [];
    const value = numberOf(number);
    const labels = labelsOf(inside);
    if (value !== undefined && labels !== undefined) samples.push({ name, labels, value });
  }
  return samples;
}

/** `+Inf`, `-Inf`, `NaN` and what Go's ParseFloat takes; here as far as JavaScript does. */
export function numberOf(text: string): number | undefined {
  const infinite = /^([+-]?)Inf$/i.exec(text);
  if (infinite) return infinite[1] === '-' ? -Infinity : Infinity;
  if (text === '' || Number.isNaN(Number(text))) return undefined;
  return Number(text);
}

/** In a label's value `\\`, `\"` and `\n` stand for a backslash, a quote and a line feed. */
function labelsOf(inside: string): Record<string, string> | undefined {
  const labels: Record<string, string> = {};
  let at = 0;
  while (at < inside.length && inside.slice(at).trim() !== '') {
    LABEL.lastIndex = at;
    const match = LABEL.exec(inside);
    if (match === null) return undefined;
    labels[match[1] ?? ''] = (match[2] ?? '').replace(/\\(.)/g, (_, c: string) => (c === 'n' ? '\n' : c));
    at = LABEL.lastIndex;
  }
  return labels;
}
