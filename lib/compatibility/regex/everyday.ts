const LITERAL = '[A-Za-z0-9/_~@!&=,;:"%.-]';
const ESCAPE = '\\\\[dwsDWS.]';
const CLASS = '\\[\\^?(?:a-z|A-Z|0-9|a-f|A-F|\\\\[dws]|[A-Za-z0-9_./](?!-))+\\]';
/** One, so that nothing is lazy or possessive; counts without an upper bound, which could be below the lower one. */
const QUANTIFIER = '(?:[*+?]|\\{\\d{1,2},?\\})(?![*+?{])';
const PART = `(?:${LITERAL}|${ESCAPE}|${CLASS})(?:${QUANTIFIER})?`;
const GROUP = `\\((?:\\?P<[a-z]\\w{0,30}>|\\?:)?(?:${PART})+(?:\\|(?:${PART})+)*\\)(?:[*+?](?![*+?{]))?`;
const EVERYDAY = new RegExp(`^\\^(?:${PART}|${GROUP})*\\$?$`);

/**
 * Whether a pattern is of the kind that most routes have: it compiles in Rust and means what it meant in PCRE, which saves
 * reading it by the whole grammar. False says nothing.
 */
export const isEveryday = (pattern: string): boolean =>
  pattern.length <= 200 &&
  EVERYDAY.test(pattern) &&
  // A name may stand once, and counts multiply: both are left to the grammar.
  pattern.split('(?P<').length <= 2 &&
  pattern.split('{').length <= 3;
