import type { Slot } from '../traffic/weights';
import { FREEZE_OFF, FREEZE_OFF_ANSWER } from './freeze';
import type { RuleShape } from './rule-actions';
import { EVERY_PATH } from './rule-actions';

/** Header that names the slot an Admin API call is meant for: `X-Kong-Slot: green`. */
export const SLOT_HEADER = 'X-Kong-Slot';

const PRIORITIES = { freeze: 1, slot: { blue: 10, green: 11 }, live: 1000 } as const;

/** As the edge makes it: it matches nothing until `freeze` changes it. */
export const FREEZE_RULE = {
  priority: PRIORITIES.freeze,
  conditions: [FREEZE_OFF],
  actions: [FREEZE_OFF_ANSWER],
} as const;

/** Reaches a slot by name, wherever the weights are. */
export const slotRule = (slot: Slot): RuleShape => ({
  priority: PRIORITIES.slot[slot],
  conditions: [{ Field: 'http-header', HttpHeaderConfig: { HttpHeaderName: SLOT_HEADER, Values: [slot] } }],
  actionsBefore: [],
});

/** Everything else goes where the traffic goes. */
export const LIVE_RULE: RuleShape = { priority: PRIORITIES.live, conditions: [EVERY_PATH], actionsBefore: [] };
