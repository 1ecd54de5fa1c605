import { otherSlot, SLOTS } from '../../traffic/weights';
import type { Check } from './refusal';

export const liveSlotMissing: Check = ({ live, slots }) => {
  if (slots[live] !== undefined) return [];
  const other = otherSlot(live);
  return [
    {
      code: 'LIVE_SLOT_MISSING',
      path: ['live'],
      problem: 'the live slot must be one of slots',
      found: `live: ${live}, slots: ${SLOTS.filter((slot) => slots[slot] !== undefined).join(', ') || 'none'}`,
      remedy: slots[other] !== undefined ? `set live: ${other}, or add slots.${live}` : `add slots.${live}`,
    },
  ];
};

/** An adopted slot is described, not made: its target group and its database exist. */
export const adoptedSlotIncomplete: Check = ({ slots, edge }) =>
  SLOTS.flatMap((slot) => {
    const settings = slots[slot];
    if (settings?.adopted === undefined) return [];
    const refusals = [];
    if (edge.adopted?.targetGroups[slot] === undefined) {
      refusals.push({
        code: 'ADOPTED_SLOT_INCOMPLETE',
        path: ['slots', slot, 'adopted'],
        problem: `${slot} is adopted, so its target group must be named under edge.adopted.targetGroups`,
        found: 'none',
        remedy: `add edge.adopted.targetGroups.${slot}, or let \`kong-dual-cluster adopt\` write it`,
      });
    }
    if (!('existing' in settings.datastore)) {
      refusals.push({
        code: 'ADOPTED_SLOT_INCOMPLETE',
        path: ['slots', slot, 'datastore'],
        problem: `${slot} is adopted, so its database exists already`,
        found: `datastore.${Object.keys(settings.datastore).join()}`,
        remedy: `describe the database under slots.${slot}.datastore.existing, or let \`kong-dual-cluster adopt\` write it`,
      });
    }
    return refusals;
  });
