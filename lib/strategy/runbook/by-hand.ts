import type { Situation } from '../situation';
import type { RunbookStep } from '../upgrade-plan';
import { askPassword, envFile, restoreOf, weights, WEIGHTS_SCRIPT } from './commands';
import { after, during, SOURCE } from './step';

/** Steps that several strategies take when this project's own commands do not cover them. */

/** What the freeze of a strategy must stop. */
export function freezeWrites({ platform, helm, mode }: Situation): RunbookStep {
  const controller = platform === 'eks' && helm.ingressController;
  return during({
    id: 'freeze',
    title: 'Stop every write of Kong’s configuration: Admin API, Kong Manager, decK, kong config, the database',
    commands: controller
      ? ['kubectl get deployments -n $NAMESPACE', 'kubectl scale deployment $CONTROLLER --replicas 0 -n $NAMESPACE']
      : [
          'aws ec2 revoke-security-group-ingress --group-id $ADMIN_SECURITY_GROUP --protocol tcp --port 8001 --cidr $WRITERS_CIDR',
        ],
    why: 'What is written after the backup is neither in it nor on the new side. Requests of users go on.',
    expected: `nobody but you reaches the Admin API${mode === 'db-less' ? ' (`POST /config`)' : ''}; pipelines are paused, people know until when`,
    check: 'from the place of a writer: `curl -m 5 -X POST $ADMIN_URL/services` does not connect',
    undo: controller ? 'scale the controller up again' : 'the same line with authorize-security-group-ingress',
    sources: [SOURCE.guide],
  });
}

/** The database that the new side gets: the old one at the moment of the snapshot. */
export function restoreCopy(situation: Situation): RunbookStep {
  return during({
    id: 'restore-copy',
    title: 'Restore the snapshot as a database of its own',
    who: 'database administrator',
    commands: [...restoreOf('$SNAPSHOT', '$COPY_DB'), askPassword(situation)],
    files: [envFile('copy.env', '$COPY_DB_HOST', situation)],
    why: 'Migrations run on this copy and never on the database that serves. The password is typed and stands in no file.',
    expected: 'the copy is `available`, with the size and class of the old one',
    check: '`kong migrations list` with the old image and copy.env is clean',
    undo: '`aws rds delete-db-instance --db-instance-identifier $COPY_DB --skip-final-snapshot`',
    sources: [SOURCE.rdsSnapshot, SOURCE.dualCluster],
  });
}

/** New nodes beside the old ones, without traffic; how they are started is the platform's. */
export function startBeside({
  id,
  title,
  commands,
  files,
  expected,
}: Pick<RunbookStep, 'id' | 'title' | 'commands' | 'files' | 'expected'>): RunbookStep {
  return during({
    id,
    title,
    commands,
    ...(files !== undefined && { files }),
    why: 'The same number and size as the old ones. They stand in a target group of their own with weight 0.',
    expected,
    check:
      "`curl -s -o /dev/null -w '%{http_code}' http://$NEW_NODE:8100/status/ready` is 200 on each node (from 3.3 on; before that /status, and read `database.reachable`). Ready says nothing about dropped routes or pending migrations (recorded): read the error log",
    undo: 'stop the new nodes; the old ones have everything',
    sources: [SOURCE.guide, SOURCE.recordedStatus],
  });
}

export function lookAtNew(what: string): RunbookStep {
  return during({
    id: 'look-at-new',
    title: `Call ${what} past the load balancer: every important route, with and without credentials`,
    who: 'testers',
    commands: ["curl -s -o /dev/null -w '%{http_code}\\n' --connect-to $HOST:443:$NEW_NODE:8443 https://$HOST/$ROUTE"],
    expected: 'the answers of the old nodes, apart from differences that somebody has accepted',
    check: 'the same request to an old node; the number of routes of both; the error log for routes that were dropped',
    undo: 'stop the new nodes',
    sources: [SOURCE.guide],
  });
}

/** By weights, ten to a hundred. */
export function divert(extra: Partial<Pick<RunbookStep, 'why' | 'title' | 'undo'>> = {}): RunbookStep {
  return during({
    id: 'divert',
    title: extra.title ?? 'Divert the traffic by weights: 5, 25, 50, 100 %',
    commands: [weights(95, 5), weights(75, 25), weights(50, 50), weights(0, 100)],
    files: [WEIGHTS_SCRIPT],
    ...(extra.why !== undefined && { why: extra.why }),
    expected: 'each line answers with the two weights; ten minutes of good figures before the next one',
    check: 'errors and latency of both target groups side by side; go on only when there were enough requests',
    undo: extra.undo ?? `\`${weights(100, 0)}\`: everything back on the old nodes`,
    sources: [
      SOURCE.guide,
      'https://docs.aws.amazon.com/elasticloadbalancing/latest/application/load-balancer-listeners.html',
    ],
  });
}

export function soak(undo = `\`${weights(100, 0)}\``): RunbookStep {
  return during({
    id: 'soak',
    title: 'Soak: the new side has everything, the old one stands by',
    who: 'driver and second',
    expected: 'nothing that you cannot explain, for as long as you need',
    check: 'users, not only alarms',
    undo,
    sources: [SOURCE.guide],
  });
}

/** Where writes go to the new side alone from here on. */
export function allowWrites({ platform, helm }: Situation): RunbookStep {
  const controller = platform === 'eks' && helm.ingressController;
  return after({
    id: 'allow-writes',
    title: 'Let writes through again, to the new side',
    commands: controller
      ? ['kubectl scale deployment $NEW_CONTROLLER --replicas 1 -n $NAMESPACE']
      : [
          'aws ec2 authorize-security-group-ingress --group-id $NEW_ADMIN_SECURITY_GROUP --protocol tcp --port 8001 --cidr $WRITERS_CIDR',
        ],
    expected: controller
      ? 'the controller that writes to the new side runs, in a version that serves the new Kong'
      : 'pipelines run again, with files of the new format',
    check: 'a write by the usual way, read back from the new Admin API',
    undo: 'stop the writers again; what was written in between is on the new side alone',
    sources: [SOURCE.guide],
  });
}
