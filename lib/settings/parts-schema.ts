import * as z from 'zod';
import { DURATION } from '../traffic/duration';

/** Values that more than one part of the settings holds. */
export const arn = (service: string) =>
  z.string().regex(new RegExp(`^arn:aws[a-z-]*:${service}:`), `an ARN that starts with arn:aws:${service}:`);
export const secretRef = z.strictObject({
  secretArn: arn('secretsmanager').describe('Secrets Manager secret; never the value itself'),
  field: z.string().optional().describe('key inside a JSON secret; the whole secret when left out'),
});
export const slotName = z.enum(['blue', 'green']);
export const duration = z.string().regex(DURATION, 'a duration such as 90s, 10m or 1h30m');
/** One value for each slot. */
export const bySlot = <T extends z.ZodType>(value: T) => z.strictObject({ blue: value, green: value });
