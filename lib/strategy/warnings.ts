import tools from './facts/tools.json';
import { editionAfter, type Situation } from './situation';
import type { StrategyName } from './upgrade-plan';
import type { Warning } from '../release/hop';
import { byThisProject } from './runbook/by-this-project';
import { hasTwoDatabases } from './runbook/runtime-state';

/** What to know of the strategy, beside what the path warns of. */
export function strategyWarnings(situation: Situation, strategy: StrategyName): Warning[] {
  const { mode, hops, runtimeState: state } = situation;
  const warnings: Warning[] = [];
  const warn = (code: string, message: string): void => void warnings.push({ code, message });

  if (strategy === 'in-place' && hops.length > 0 && mode === 'traditional' && situation.downtimeAllowed) {
    warn(
      'IN_PLACE_DOWNTIME',
      'in place the gateway is away from the stop of the old nodes until the new ones are ready, and the way back is a restore: only with a second cluster is there none',
    );
  }
  if (strategy === 'shared-database') {
    warn(
      'SHARED_DATABASE_ADVISED_AGAINST',
      'Kong limits its support of two versions on one database and advises it between patches only; a restored copy is the better way wherever there is room',
    );
  }
  if (hasTwoDatabases(situation, strategy)) {
    const found =
      state === 'unknown'
        ? 'not looked at yet'
        : [
            state.oauth2 && 'oauth2 tokens',
            state.sessions && 'sessions',
            state.acme && 'acme certificates',
            state.keyAuthTtl && 'key-auth keys with a ttl',
            state.clusterRateLimits && 'rate limits of policy cluster',
          ]
            .filter(Boolean)
            .join(', ');
    if (found !== '') {
      warn(
        'RUNTIME_STATE_OF_TWO_DATABASES',
        `while both clusters serve, each lacks what requests have stored in the other (${found}): tokens and sessions of one side are unknown to the other, and \`cluster\` limits double. Remedies: top up the rows, stickiness, issuing routes on one slot, redis`,
      );
    }
  }
  if (mode !== 'db-less') {
    warn(
      'DECK_DOES_NOT_COVER_ALL',
      `a decK file is no backup of everything; it lacks ${tools.deck.notCovered.map(({ what }) => what).join('; ')}`,
    );
  }
  if (strategy === 'dual-cluster' || strategy === 'in-place') {
    warn('SAME_SIZE', 'the new nodes need at least the number and size of the old ones, or the cutover is a load test');
  }
  if (strategy === 'dual-cluster' && !byThisProject(situation)) {
    warn(
      'DONE_BY_HAND',
      `${
        mode === 'hybrid' ? 'hybrid mode' : 'Kong on Kubernetes'
      } is beyond this project’s own deployment and shift: the runbook uses the commands of AWS, Docker and Helm, and nobody watches alarms for you while you divert`,
    );
  }
  if (editionAfter(situation) === 'enterprise') {
    warn(
      'ENTERPRISE_FROM_DOCUMENTS',
      'what Enterprise does is known here from Kong’s documents; the recordings are of the open-source 2.8.5 and 3.4.2',
    );
  }
  if (mode === 'hybrid' && hops.length > 0) {
    warn(
      'HYBRID_SYNC_STATUS',
      'a data plane that refused its whole configuration is listed by its control plane with sync_status normal (recorded): ask each data plane for /status/ready',
    );
  }
  if (situation.edition !== editionAfter(situation)) {
    warn('EDITION_IRREVERSIBLE', 'open source to Enterprise cannot be reversed; the way back is the old database');
  }
  return warnings;
}
