import { refusalRule } from './refusals';

/** Whatever else the Rust regex crate refuses: `{id}`, atomic groups, recursion, ranges to a class, size. */
export const routeRegexRustDialect = refusalRule('route-regex-rust-dialect');
