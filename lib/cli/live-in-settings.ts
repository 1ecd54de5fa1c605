import { updateSettingsFile } from '../settings/write';
import type { Slot } from '../traffic/weights';
import type { Context } from './context';

/** Writes which slot is live. The traffic has moved already: a file that cannot be written is told, not failed for. */
export async function writeLive({ settingsPath, progress }: Context, slot: Slot, word: 'now' | 'again'): Promise<void> {
  try {
    await updateSettingsFile(settingsPath, [{ path: ['live'], value: slot }]);
    progress.note(`${settingsPath}: live is ${slot} ${word}; commit it`);
  } catch (error) {
    progress.note(
      `${settingsPath} COULD NOT BE WRITTEN (${(error as Error).message}): set live: ${slot} in it by hand, before anything else`,
    );
  }
}
