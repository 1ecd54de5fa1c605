import { KongDualClusterError } from '../../errors';
import { SLOTS, validateWeights } from '../../traffic/weights';
import type { Check } from './refusal';

/** With the runner, the live rule is the only truth; weights in the file would be a second one. */
export const weightsOfTheRunner: Check = ({ weightOwnership, weights }) =>
  weightOwnership === 'runner' && weights !== undefined
    ? [
        {
          code: 'WEIGHTS_NOT_OWNED',
          path: ['weights'],
          problem: 'the runner owns the weights, so the settings hold none',
          found: `blue ${weights.blue}, green ${weights.green}`,
          remedy: 'remove weights, or set weightOwnership: template',
        },
      ]
    : [];

export const weightsOfTheTemplate: Check = ({ weightOwnership, weights, live }) =>
  weightOwnership === 'template' && weights === undefined
    ? [
        {
          code: 'WEIGHTS_MISSING',
          path: ['weightOwnership'],
          problem: 'with weightOwnership: template the settings hold the weights',
          found: 'none',
          remedy: `add weights: { blue: ${live === 'blue' ? 100 : 0}, green: ${live === 'green' ? 100 : 0} }, or set weightOwnership: runner`,
        },
      ]
    : [];

/** The range of ELBv2 and at least one slot above 0 (`validateWeights`). */
export const weightsInRange: Check = ({ weights }) => {
  if (weights === undefined) return [];
  try {
    validateWeights(weights);
    return [];
  } catch (error) {
    if (!(error instanceof KongDualClusterError)) throw error;
    const { code, problem, found, remedy } = error;
    return [{ code, path: ['weights'], problem, found: found ?? '', remedy }];
  }
};

/** A target group without targets answers 503 for its share. */
export const weightOnAbsentSlot: Check = ({ weights, slots }) =>
  SLOTS.filter((slot) => (weights?.[slot] ?? 0) > 0 && slots[slot] === undefined).map((slot) => ({
    code: 'WEIGHT_ON_ABSENT_SLOT',
    path: ['weights', slot],
    problem: `${slot} has a weight and is not in the settings: its share of the requests would be answered 503`,
    found: String(weights?.[slot]),
    remedy: `set weights.${slot} to 0, or add slots.${slot}`,
  }));
