import type { Refusal } from './ast';
import { parse, type Parsed } from './parse';
import { estimatedBytes, SIZE_LIMIT_BYTES } from './size';

/** From this share of the limit on it is said that a pattern may be too large: the estimate is no better than that. */
const NEAR_LIMIT = 0.8;

/** What was found of the last patterns: several rules ask for the same ones in turn. */
const found = new Map<string, Parsed>();
const REMEMBERED = 100;

/** Whether the Rust regex crate compiles a pattern: `parse`, and its memory limit as far as that can be foreseen. */
export function compile(pattern: string): Parsed {
  let compiled = found.get(pattern);
  if (compiled === undefined) {
    if (found.size >= REMEMBERED) found.clear();
    compiled = parseWithin(pattern);
    found.set(pattern, compiled);
  }
  return compiled;
}

function parseWithin(pattern: string): Parsed {
  const parsed = parse(pattern);
  if (!parsed.ok) return parsed;
  const bytes = estimatedBytes(parsed.node);
  if (bytes < NEAR_LIMIT * SIZE_LIMIT_BYTES) return parsed;
  const refusal: Refusal = {
    kind: 'size',
    why: `its repetitions take about ${Math.round(bytes / 1024 / 1024)} MiB compiled, and the limit is 10 MiB`,
    at: 0,
    end: pattern.length,
    certain: false,
  };
  return { ok: false, refusal };
}
