import type { Stop } from '../situation';
import { idOf } from './step';

/** `migrate-to-3-4`; with the edition where that is what changes. */
export const stopId = ({ version, edition, hop }: Stop): string =>
  `migrate-to-${idOf(version)}${hop === undefined ? `-${edition}` : ''}`;
