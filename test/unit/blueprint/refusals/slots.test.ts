import { adoptedSlotIncomplete, liveSlotMissing } from '../../../../lib/blueprint/refusals/slots';
import { BLUE, refused, settingsOf } from '../settings-of';
import { ADOPTED_EDGE, EXISTING_DATASTORE } from '../adopted';

describe('refusals about slots', () => {
  test('given a live slot that is not there, then it is refused and the other one proposed', () => {
    const settings = settingsOf({ live: 'green' });
    expect(refused(liveSlotMissing, settings)).toEqual([['LIVE_SLOT_MISSING', 'live', 'live: green, slots: blue']]);
    expect(liveSlotMissing(settings, { lockVersion: 1, slots: {} })[0]?.remedy).toContain('set live: blue');
  });

  test('given no slot at all, then it is refused', () => {
    expect(refused(liveSlotMissing, settingsOf({ slots: {} }))).toEqual([
      ['LIVE_SLOT_MISSING', 'live', 'live: blue, slots: none'],
    ]);
  });

  test('given the live slot, then nothing is refused', () => {
    expect(refused(liveSlotMissing, settingsOf())).toEqual([]);
  });

  test('given an adopted slot without its target group and with a database to be made, then both are refused', () => {
    const settings = settingsOf({ slots: { blue: { ...BLUE, adopted: { platform: 'ecs', nodes: 2 } } } });
    expect(refused(adoptedSlotIncomplete, settings)).toEqual([
      ['ADOPTED_SLOT_INCOMPLETE', 'slots.blue.adopted', 'none'],
      ['ADOPTED_SLOT_INCOMPLETE', 'slots.blue.datastore', 'datastore.new'],
    ]);
  });

  test('given an adopted slot as `adopt` writes it, then nothing is refused', () => {
    const blue = { ...BLUE, datastore: EXISTING_DATASTORE, adopted: { platform: 'ecs' as const, nodes: 2 } };
    expect(refused(adoptedSlotIncomplete, settingsOf({ slots: { blue }, edge: { adopted: ADOPTED_EDGE } }))).toEqual(
      [],
    );
  });
});
