import type { SlotSettings } from '../../settings/schema';
import { SLOTS } from '../../traffic/weights';
import { RESERVED_ENVIRONMENT } from '../environment';
import type { Check } from './refusal';

const SECRET_NAME = /(^|_)(PASSWORD|SECRET|TOKEN|PASSPHRASE|CREDENTIALS?)$|^KONG_LICENSE_DATA$|_SESSION_CONF$/;
/** A reference that Kong resolves itself (https://developer.konghq.com/gateway/entities/vault/) is no secret. */
const VAULT_REFERENCE = /^\{vault:\/\/.*\}$/;

/** What is in `environment` stands in the template and in the console in clear. */
export const secretInClear: Check = ({ slots }) =>
  SLOTS.flatMap((slot) =>
    Object.entries(slots[slot]?.environment ?? {})
      .filter(([name, value]) => SECRET_NAME.test(name) && !VAULT_REFERENCE.test(value))
      .map(([name]) => ({
        code: 'SECRET_IN_CLEAR',
        path: ['slots', slot, 'environment', name],
        problem: `${name} looks like a secret and would stand in the template in clear`,
        found: 'a value (not shown)',
        remedy: `put the value into Secrets Manager and name it under slots.${slot}.secrets.${name}.secretArn`,
      })),
  );

/** Ports and database are decided once for both slots; the edge and the migrations rely on them. */
export const reservedEnvironment: Check = ({ slots }) =>
  SLOTS.flatMap((slot) =>
    (['environment', 'secrets'] as const).flatMap((kind) =>
      namesIn(slots[slot], kind).flatMap((name) => {
        const reason = RESERVED_ENVIRONMENT[name];
        if (reason === undefined || (kind === 'environment' && SECRET_NAME.test(name))) return [];
        return [
          {
            code: 'ENVIRONMENT_RESERVED',
            path: ['slots', slot, kind, name],
            problem: `${name} is not yours to set: ${reason}`,
            found: `slots.${slot}.${kind}.${name}`,
            remedy: 'remove it',
          },
        ];
      }),
    ),
  );

/** An adopted slot's nodes are not made here: what its environment says is a note, not a setting. */
const namesIn = (slot: SlotSettings | undefined, kind: 'environment' | 'secrets'): string[] =>
  slot === undefined || slot.adopted !== undefined ? [] : Object.keys(slot[kind]);

/** A name in both places would reach the task definition twice, which ECS refuses. */
export const environmentTwice: Check = ({ slots }) =>
  SLOTS.flatMap((slot) =>
    namesIn(slots[slot], 'environment')
      .filter((name) => slots[slot]?.secrets[name] !== undefined)
      .map((name) => ({
        code: 'ENVIRONMENT_TWICE',
        path: ['slots', slot, 'environment', name],
        problem: `${name} stands under environment and under secrets`,
        found: 'both',
        remedy: 'keep one of them',
      })),
  );
