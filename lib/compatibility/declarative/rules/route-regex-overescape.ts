import { refusalRule } from './refusals';

/** Needless escapes of letters; those of ASCII punctuation, `\/` `\_` `\-`, are taken by 3.4.2 (recorded). */
export const routeRegexOverescape = refusalRule('route-regex-overescape');
