import type { SlotSettings } from '../settings/schema';
import { KongVersion } from '../release/kong-version';
import { PORTS } from './spec';
import type { HealthCheckSpec } from './spec';

/**
 * Health of a node on its status port. `/status/ready` exists from 3.3 on and answers 503 until the configuration is
 * read; 2.8 answers 404 there, and its `/status` is 200 even with the database down (recorded on 2.8.5 and 3.4.2).
 *
 * A slot that is not in the settings gets `/status/ready`: whatever comes next is newer, so adding it leaves the edge's
 * template as it is. Only for a next version before 3.3 must the edge be deployed before the slot.
 */
export function healthCheck(slot: SlotSettings | undefined): HealthCheckSpec {
  const old = slot !== undefined && !KongVersion.parse(slot.version).isAtLeastMinor('3.3');
  return {
    port: PORTS.status,
    path: old ? '/status' : '/status/ready',
    intervalSeconds: 10,
    timeoutSeconds: 5,
    healthyCount: 2,
    unhealthyCount: 3,
    successCodes: '200',
  };
}
