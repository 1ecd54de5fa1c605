import { chooseStrategy, staysOnItsVersion } from '../choose';
import type { Situation } from '../situation';
import type { RunbookStep, StrategyName } from '../upgrade-plan';
import { aftercare } from './aftercare';
import { backupOfFiles } from './backup';
import { newKeyspace } from './cassandra';
import { checks } from './checks';
import { rolling } from './db-less';
import { byThisProject } from './by-this-project';
import { dualCluster } from './dual-cluster';
import { dualClusterByHand } from './dual-cluster-by-hand';
import { editionChange, modeChange } from './edition-and-mode';
import { freshDatastore } from './fresh-datastore';
import { hybrid, withDataPlanes } from './hybrid';
import { inPlace, onTheSameDatastore } from './in-place';
import { rollbackRestore } from './rollback';
import { hasTwoDatabases, lookAtRuntimeState, removeIssuingRules } from './runtime-state';
import { sharedDatabase } from './shared-database';

const PHASES = ['before', 'during', 'after'] as const;

/**
 * The ordered steps of an upgrade: before, during, after. Ids are unique and stable.
 *
 * @throws KongDualClusterError as `chooseStrategy`
 */
export function runbook(situation: Situation): RunbookStep[] {
  const { name } = chooseStrategy(situation);
  const steps = [
    ...checks(situation),
    ...editionChange(situation),
    ...backupOfFiles(situation),
    ...(hasTwoDatabases(situation, name) ? lookAtRuntimeState(situation) : []),
    ...core(situation, name),
    ...(hasTwoDatabases(situation, name) ? removeIssuingRules(situation) : []),
    ...aftercare(situation),
    ...modeChange(situation),
    rollbackRestore(situation),
  ];
  return PHASES.flatMap((phase) => steps.filter((step) => step.phase === phase));
}

function core(situation: Situation, name: StrategyName): RunbookStep[] {
  if (situation.mode === 'hybrid' && (name === 'dual-cluster' || name === 'in-place') && situation.hops.length > 0) {
    return hybrid(situation, name);
  }
  const planes = (steps: RunbookStep[]): RunbookStep[] =>
    situation.mode === 'hybrid' ? withDataPlanes(steps, situation) : steps;
  switch (name) {
    case 'dual-cluster':
      return byThisProject(situation) ? dualCluster(situation) : dualClusterByHand(situation);
    case 'in-place':
      // On the same version line nobody has to be without a gateway.
      return staysOnItsVersion(situation) ? onTheSameDatastore(situation) : inPlace(situation);
    case 'rolling':
      return rolling(situation);
    case 'shared-database':
      return sharedDatabase(situation);
    case 'new-keyspace':
      return planes(newKeyspace(situation));
    case 'fresh-datastore':
      return planes(freshDatastore(situation));
  }
}
