import { refusalRule } from './refusals';

export const routeRegexBackreference = refusalRule('route-regex-backreference');
