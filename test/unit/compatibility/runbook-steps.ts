import { KongVersion } from '../../../lib/release/kong-version';
import { upgradePlan } from '../../../lib/strategy/plan';
import type { SituationInput } from '../../../lib/strategy/situation';

const BASE: SituationInput = { from: KongVersion.parse('2.8.4.1'), to: KongVersion.parse('3.4.3.12') };
const HYBRID: SituationInput = { ...BASE, mode: 'hybrid' };

/** Situations whose runbooks together hold the steps that entries of the facts name. */
const SITUATIONS: readonly SituationInput[] = [
  { ...BASE, keyring: true, customPlugins: true, pluginsAdded: ['mine'], runtimeState: 'unknown' },
  {
    ...BASE,
    runtimeState: { oauth2: true, sessions: true, acme: true, keyAuthTtl: true, clusterRateLimits: true },
  },
  { ...HYBRID, customPlugins: true },
  { ...BASE, mode: 'db-less' },
];

/** Ids of the steps of these runbooks. */
export const stepIds = (): ReadonlySet<string> =>
  new Set(
    SITUATIONS.flatMap((situation) => upgradePlan(situation, { asOf: '2026-11-21' }).runbook.map(({ id }) => id)),
  );
