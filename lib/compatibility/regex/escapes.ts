import type { Node } from './ast';
import { Scanner } from './scanner';

const CONTROL: Readonly<Record<string, string>> = { a: '\x07', f: '\f', t: '\t', n: '\n', r: '\r', v: '\v' };
const HEX_DIGITS: Readonly<Record<string, number>> = { x: 2, u: 4, U: 8 };
/** What `\b{…}` may name from regex 1.10 on. */
const BOUNDARIES = ['start', 'end', 'start-half', 'end-half'];

/** Reads what begins with a backslash. */
export function escape(scanner: Scanner): Node {
  const { at } = scanner;
  if (!scanner.bump()) scanner.refuse('escape-at-end', 'it ends with a backslash', at, scanner.at);
  const char = scanner.char();
  if (/^[0-9]$/.test(char)) {
    scanner.refuse('backreference', 'back-references are not supported', at, scanner.at + 1);
  }
  if (char in HEX_DIGITS) return hex(scanner, at);
  if (char === 'p' || char === 'P') return property(scanner, at);
  scanner.bump();
  const end = scanner.at;
  if (/^[dswDSW]$/.test(char)) return { type: 'perl', name: char, at, end };
  const control = CONTROL[char];
  if (control !== undefined) return { type: 'literal', char: control, at, end };
  if (char === 'b') return wordBoundary(scanner, at);
  if (/^[AzB<>]$/.test(char)) return { type: 'assertion', at, end };
  if (/^[\0-\x7f]$/.test(char) && !/^[A-Za-z]$/.test(char)) return { type: 'literal', char, at, end };
  return scanner.refuse('escape-unknown', `the escape \\${char} is not known`, at, end);
}

function wordBoundary(scanner: Scanner, at: number): Node {
  const { at: end } = scanner;
  const simple: Node = { type: 'assertion', at, end };
  if (scanner.char() !== '{') return simple;
  if (!scanner.bumpAndSkip()) scanner.refuse('escape-unknown', 'the \\b{ is not closed', end, scanner.at);
  const start = scanner.at;
  let name = '';
  // A digit is a counted repetition of the boundary.
  if (!/^[A-Za-z-]$/.test(scanner.char())) {
    scanner.at = end;
    return simple;
  }
  while (/^[A-Za-z-]$/.test(scanner.char())) {
    name += scanner.char();
    scanner.bumpAndSkip();
  }
  if (scanner.char() !== '}') scanner.refuse('escape-unknown', 'the \\b{ is not closed', end, scanner.at);
  const nameEnd = scanner.at;
  scanner.bump();
  if (!BOUNDARIES.includes(name)) {
    scanner.refuse('escape-unknown', `the word boundary \\b{${name}} is not known`, start, nameEnd);
  }
  return { type: 'assertion', at, end: scanner.at };
}

function hex(scanner: Scanner, at: number): Node {
  const digits = HEX_DIGITS[scanner.char()] ?? 2;
  const unfinished = (): never =>
    scanner.refuse('hex', 'a hexadecimal character is not complete', scanner.at, scanner.at);
  const digit = (): string =>
    /^[0-9A-Fa-f]$/.test(scanner.char())
      ? scanner.char()
      : scanner.refuse('hex', `${JSON.stringify(scanner.char())} is no hexadecimal digit`, scanner.at);
  if (!scanner.bumpAndSkip()) unfinished();
  let start = scanner.at;
  let text = '';
  if (scanner.char() === '{') {
    start += 1;
    while (scanner.bumpAndSkip() && scanner.char() !== '}') text += digit();
    if (scanner.done) scanner.refuse('hex', 'a hexadecimal character is not complete', start - 1, scanner.at);
    scanner.bump();
    if (text === '') scanner.refuse('hex', 'a hexadecimal character has no digits', start - 1, scanner.at);
  } else {
    for (let i = 0; i < digits; i++) {
      if (i > 0 && !scanner.bumpAndSkip()) unfinished();
      text += digit();
    }
    scanner.bumpAndSkip();
  }
  const point = Number.parseInt(text, 16);
  if (point > 0x10ffff || (point >= 0xd800 && point <= 0xdfff)) {
    scanner.refuse('hex', `${text} is no character`, start, scanner.at);
  }
  return { type: 'literal', char: String.fromCodePoint(point), at, end: scanner.at };
}

function property(scanner: Scanner, at: number): Node {
  const unfinished = (): never =>
    scanner.refuse('escape-at-end', 'a Unicode property is not complete', scanner.at, scanner.at);
  if (!scanner.bumpAndSkip()) unfinished();
  let name = '';
  if (scanner.char() === '{') {
    while (scanner.bumpAndSkip() && scanner.char() !== '}') name += scanner.char();
    if (scanner.done) unfinished();
    scanner.bump();
  } else {
    name = scanner.char();
    if (name === '\\') scanner.refuse('unicode-property', 'a Unicode property has no name', scanner.at);
    scanner.bumpAndSkip();
  }
  scanner.properties.push({ name, at, end: scanner.at });
  return { type: 'unicode', name, at, end: scanner.at };
}

/** General categories by the one or two letters that PCRE knows too. */
const CATEGORIES = new Set(
  (
    'L Lu Ll Lt LC Lm Lo M Mn Mc Me N Nd Nl No P Pc Pd Ps Pe Pi Pf Po S Sm Sc Sk So Z Zs Zl Zp C Cc Cf Co Cn Any ' +
    'Assigned ASCII'
  )
    .split(' ')
    .map((name) => name.toLowerCase()),
);

/**
 * Refuses the first `\p{…}` that the crate has no table for, which it notices after it has read the whole; the scripts
 * are those that this JavaScript knows.
 */
export function checkProperties(scanner: Scanner): void {
  for (const property of scanner.properties) checkProperty(scanner, property);
}

function checkProperty(scanner: Scanner, node: Scanner['properties'][number]): void {
  const name = node.name.replace(/[\s_-]/g, '');
  if (CATEGORIES.has(name.toLowerCase()) || isScript(node.name)) return;
  const certain = name.length <= 2 || /[^A-Za-z0-9]/.test(name) || /^X(an|ps|sp|wd|uc)$/.test(name);
  scanner.refuse('unicode-property', `the Unicode property ${node.name} is not known`, node.at, node.end, certain);
}

function isScript(name: string): boolean {
  if (!/^[A-Za-z_]+$/.test(name)) return false;
  try {
    return new RegExp(`\\p{Script=${name}}`, 'u') instanceof RegExp;
  } catch {
    return false;
  }
}
