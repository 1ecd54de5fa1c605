import { refusalRule } from './refusals';

export const routeRegexLookaround = refusalRule('route-regex-lookaround');
