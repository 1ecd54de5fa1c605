import { Fn, Token } from 'cdktf';

/** `a,b`. A list that is one reference is joined by Terraform; text of the settings never goes into a function of cdktf. */
export const commaList = (ids: readonly string[]): string =>
  Token.isUnresolved(ids) ? Fn.join(',', [...ids]) : ids.join(',');
