import { checkDeclarative } from '../compatibility/declarative/check';
import { RULES } from '../compatibility/declarative/rules';
import type { CompatibilityFinding } from '../compatibility/finding';
import { bad, good, type Finding } from '../finding';
import { readAdminApi } from '../kong/admin-api';
import { KongVersion } from '../release/kong-version';
import { told } from '../runner/failures';
import { RUNTIME_STATE_FINDINGS } from '../strategy/found-runtime-state';
import type { Slot } from '../traffic/weights';
import type { DeployedSystem } from './system';

/** Of one answer of the Admin API, milliseconds: a preflight does not wait for a port that is closed. */
const TIMEOUT_MS = 3000;
const IDS: ReadonlySet<string> = new Set(Object.values(RUNTIME_STATE_FINDINGS));

/**
 * Whether Kong makes something at run time that only one of the two databases knows (tokens, sessions, certificates,
 * counters): its users get 401s on both slots, which no comparison of the slots can see. Looked at through the edge's Admin
 * API where that is reachable from here; a refusal only of what was found.
 */
export async function runtimeState(
  { settings, edge }: DeployedSystem,
  slots: { readonly from: Slot; readonly to: Slot },
  accepted: boolean,
): Promise<Finding[]> {
  const what = 'runtime state';
  if (accepted) return [good(what, 'not looked at: you answer for it (--accept-runtime-state)')];
  const [from, to] = [slots.from, slots.to].map((slot) => KongVersion.tryParse(settings.slots[slot]?.version ?? ''));
  const { port, certificateArn } = settings.edge.admin;
  const url = `${certificateArn === undefined ? 'http' : 'https'}://${edge.adminDns}:${port}`;
  const versions = `--from ${from?.toString() ?? 'VERSION'} --to ${to?.toString() ?? 'VERSION'}`;
  const byHand = `kong-dual-cluster check declarative --admin ${url} ${versions}, from where the Admin API is reachable`;
  if (!from || !to) return [good(what, `not looked at: the settings do not name both versions; ${byHand}`)];
  try {
    const upgrade = { from, to };
    const document = await readAdminApi(url, upgrade, {
      token: process.env.KONG_ADMIN_TOKEN,
      timeout: TIMEOUT_MS,
      pauses: [],
    });
    const context = { upgrade, formatVersion: document.formatVersion, conf: undefined };
    return runtimeFindings(checkDeclarative(document, context, RULES).findings);
  } catch (error) {
    return [good(what, `not looked at (${told(error)}): ${byHand}`)];
  }
}

/** One for each kind of state, with the remedy of its entry in the facts. */
export function runtimeFindings(findings: readonly Pick<CompatibilityFinding, 'id' | 'entity' | 'fix'>[]): Finding[] {
  const what = 'runtime state';
  const kinds = [...new Set(findings.map(({ id }) => id))].filter((id) => IDS.has(id));
  if (kinds.length === 0) return [good(what, 'nothing found that only one of the databases would know')];
  return kinds.map((id) => {
    const all = findings.filter((finding) => finding.id === id);
    const first = all[0]!;
    const more = all.length > 1 ? ` and ${all.length - 1} more` : '';
    return bad(
      what,
      `${first.entity}${more}: what it makes on one slot the other does not know (${id})`,
      `${first.fix.how}; when that is done: --accept-runtime-state`,
    );
  });
}
