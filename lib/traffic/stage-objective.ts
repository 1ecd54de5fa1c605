import type { Stage } from './plan';

/** Whatever the share, no stage lets on a slot with more bad answers than this, unless the objective itself is above it. */
const LAXEST = 0.05;

/**
 * Share (0–1) of bad answers on the new slot that must be ruled out before a stage may end. The objective is meant of all
 * requests, so that it is divided by the share of the next stage: before 25 % it is four times the objective, because a slot
 * with that many costs no more than the objective of all requests there. Before the last stage, and in it, it is the objective.
 * @param index of the stage, from 0
 * @param objective share of bad answers, 0-1 @default 0.001
 */
export function objectiveAt(stages: readonly Pick<Stage, 'share'>[], index: number, objective = 0.001): number {
  const next = stages[index + 1]?.share ?? 1;
  return Math.max(objective, Math.min(LAXEST, objective / next));
}
