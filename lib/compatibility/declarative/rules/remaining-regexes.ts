import type { Entity, RuleContext } from '../rule';
import { refusalOf, regexesOf } from './refusals';

/** Whether a route has a regex that 3.x's default router does not compile for certain, edits so far included. */
export const hasRefusedRegex = (route: Entity, context: RuleContext): boolean =>
  regexesOf(route, context).odd.some((regex) => refusalOf(regex)?.certain);

/** Some names for a message: all of a few, else the first and how many more. */
export function some(names: readonly string[]): string {
  const shown = names.slice(0, 5).join(', ');
  return names.length > 5 ? `${shown} and ${names.length - 5} more` : shown;
}
