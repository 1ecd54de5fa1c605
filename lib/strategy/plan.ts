import { latestPatch } from '../release/catalogue';
import { KongVersion } from '../release/kong-version';
import type { PathOptions, Warning } from '../release/hop';
import { upgradePath } from '../release/upgrade-path';
import { chooseStrategy } from './choose';
import { runbook } from './runbook';
import { editionIsAssumed, situationOf, type Situation, type SituationInput } from './situation';
import type { UpgradePlan } from './upgrade-plan';
import { strategyWarnings } from './warnings';

/**
 * Path, strategy, runbook and warnings of an upgrade.
 *
 * @throws KongDualClusterError as `upgradePath` and `chooseStrategy`; a refusal has exit code 8
 */
export function upgradePlan(
  given: SituationInput,
  { asOf, ...options }: Pick<PathOptions, 'asOf' | 'postgresMajor'>,
): UpgradePlan {
  // Only Enterprise has a keyring.
  const shown = given.keyring === true && given.from.edition() === undefined && given.edition === undefined;
  const input: SituationInput = shown ? { ...given, edition: 'enterprise' } : given;
  const path = upgradePath(input.from, pathTarget(input), {
    asOf,
    ...options,
    ...(input.edition !== undefined && { edition: input.edition }),
    ...(input.mode !== undefined && { mode: input.mode }),
    ...(input.datastore !== undefined && { datastore: input.datastore }),
  });
  const situation = situationOf(input, path.hops);
  const strategy = chooseStrategy(situation);
  return {
    from: input.from.toString(),
    to: input.to.toString(),
    asOf: typeof asOf === 'string' ? asOf.slice(0, 10) : asOf.toISOString().slice(0, 10),
    hops: path.hops,
    strategy,
    runbook: runbook(situation),
    warnings: [...path.warnings, ...assumed(input, situation), ...strategyWarnings(situation, strategy.name)],
  };
}

/** A minor says no edition; where the target edition is asked for, its newest patch does. */
function pathTarget({ to, toEdition }: SituationInput): KongVersion {
  const patch = toEdition === undefined || to.edition() !== undefined ? undefined : latestPatch(to.minor(), toEdition);
  return patch === undefined ? to : KongVersion.parse(patch);
}

function assumed(input: SituationInput, { edition }: Situation): Warning[] {
  if (!editionIsAssumed(input)) return [];
  const name = edition === 'oss' ? 'open source' : 'Enterprise';
  return [
    {
      code: 'EDITION_ASSUMED',
      message: `${input.from.toString()} says no edition: this plan is for ${name}. Name the whole version that runs (2.8.5 is open source, 2.8.4.14 Enterprise) if it is the other`,
    },
  ];
}
