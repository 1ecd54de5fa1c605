import { stopsOf, type Situation } from '../situation';
import type { RunbookStep } from '../upgrade-plan';
import { backupDatabase } from './backup';
import { allowWrites, freezeWrites, lookAtNew } from './by-hand';
import { oldEnv } from './commands';
import { helmChart, helmStop } from './helm';
import { migrateInPlace } from './migrate';
import { lastImage } from './nodes';
import { before, during, SOURCE } from './step';

const RESTORE =
  'restore the snapshot into a fresh database and start the old nodes on that one; see `rollback-restore`';

/** The nodes stop, the database is migrated where it is, the new nodes start. */
export function inPlace(situation: Situation): RunbookStep[] {
  const eks = situation.platform === 'eks';
  return [
    ...(eks ? [helmChart(situation, situation.helm.releaseNames)] : []),
    window(),
    freezeWrites(situation),
    backupDatabase(situation),
    stopOld(situation),
    ...(eks
      ? stopsOf(situation).flatMap((stop, index) =>
          helmStop(situation, stop, situation.helm.releaseNames, { undo: RESTORE, pointOfNoReturn: index === 0 }),
        )
      : [...migrateInPlace(situation), startNew(situation)]),
    lookAtNew('the new nodes'),
    openAgain(situation),
  ];
}

function window(): RunbookStep {
  return before({
    id: 'maintenance-window',
    title: 'Agree on a maintenance window, with an hour in it for the way back',
    who: 'owner of the gateway',
    why: 'In place there is no way back by weights: it is a restore, and its time belongs into the window.',
    expected: 'users and owners of the services know from when to when the gateway is away',
    check: 'the rehearsal was shorter than the window by more than the time of a restore',
    undo: 'call it off',
    sources: [SOURCE.inPlace],
  });
}

/** Nothing may write and nothing may serve while the database changes under it. */
export function stopOld({ platform, helm, mode }: Situation): RunbookStep {
  const hybrid = mode === 'hybrid';
  const service = hybrid ? '$CONTROL_PLANE_SERVICE' : '$SERVICE';
  return during({
    id: 'stop-old-nodes',
    title: hybrid
      ? 'Stop the old control plane; the data planes serve on'
      : 'Stop the old nodes: from here on there is downtime',
    commands: {
      ecs: [
        `aws ecs update-service --cluster $CLUSTER --service ${service} --desired-count 0`,
        `aws ecs wait services-stable --cluster $CLUSTER --services ${service}`,
      ],
      ec2: ['kong quit -c $KONG_CONF --timeout 30'],
      eks: helm.releaseNames.map(
        (release) => `kubectl scale deployment ${release}-kong --replicas 0 -n ${helm.namespace}`,
      ),
    }[platform],
    why: hybrid
      ? 'A data plane that has had a configuration serves it without its control plane, also after a restart (recorded).'
      : 'Take autoscaling away first, or it starts them again.',
    expected: hybrid
      ? 'no control plane runs, requests are answered as before'
      : 'no Kong node runs; the database is up',
    check: hybrid
      ? 'a request through each data plane'
      : 'no session of the role in the database: `SELECT count(*) FROM pg_stat_activity WHERE usename = current_user` shows your own alone',
    undo: 'start them again: nothing has changed yet',
    sources: hybrid ? [SOURCE.recordedHybrid] : [SOURCE.inPlace],
  });
}

function startNew(situation: Situation): RunbookStep {
  const { platform, mode } = situation;
  const commands = {
    ecs: [
      'aws ecs register-task-definition --cli-input-json file://new-task-definition.json',
      'aws ecs update-service --cluster $CLUSTER --service $SERVICE --task-definition $NEW_TASK_DEFINITION --desired-count $COUNT',
      'aws ecs wait services-stable --cluster $CLUSTER --services $SERVICE',
    ],
    ec2: ['kong check $KONG_CONF', 'kong start -c $KONG_CONF'],
    eks: [],
  }[platform];
  return during({
    id: 'start-new-nodes',
    title: `Start ${mode === 'hybrid' ? 'the control plane' : 'the new nodes'} with ${lastImage(situation)}`,
    commands,
    expected: 'every node answers /status/ready with 200, as many and as large as before',
    check: 'the error log of each node for routes that it dropped; ready says nothing about them (recorded)',
    undo: RESTORE,
    sources: [SOURCE.inPlace, SOURCE.recordedStatus],
  });
}

function openAgain(situation: Situation, title = 'End the window: traffic first, then writes'): RunbookStep {
  const step = allowWrites(situation);
  return {
    ...step,
    title,
    commands: step.commands.map((line) => line.replace('$NEW_', '$')),
    undo: 'stop the writers again; what they wrote is not in the snapshot',
    sources: [SOURCE.inPlace],
  };
}

/**
 * A plugin added, or a beta replaced by its release: the datastore stays and the nodes are reloaded one after the other;
 * nobody is without a gateway.
 */
export function onTheSameDatastore(situation: Situation): RunbookStep[] {
  const { from, to, platform, helm } = situation;
  const beta = from.toString() !== to.toString() && situation.hops.length > 0;
  const stop = stopsOf(situation)[0];
  return [
    freezeWrites(situation),
    backupDatabase(situation),
    ...(platform === 'eks' && stop !== undefined
      ? helmStop(situation, stop, helm.releaseNames, { undo: RESTORE, pointOfNoReturn: true })
      : migrateInPlace(situation).map((step) => ({ ...step, files: [oldEnv(situation)] }))),
    during({
      id: 'reload-nodes',
      title: beta
        ? `Replace the nodes of ${from.toString()} by ${to.toString()}, one after the other`
        : 'Give every node the longer `plugins`, one after the other',
      commands: {
        ecs: [
          'aws ecs register-task-definition --cli-input-json file://new-task-definition.json',
          'aws ecs update-service --cluster $CLUSTER --service $SERVICE --task-definition $NEW_TASK_DEFINITION',
          'aws ecs wait services-stable --cluster $CLUSTER --services $SERVICE',
        ],
        ec2: beta ? ['kong quit -c $KONG_CONF', 'kong start -c $KONG_CONF'] : ['kong reload -c $KONG_CONF'],
        eks: helm.releaseNames.map(
          (release) => `kubectl rollout restart deployment ${release}-kong -n ${helm.namespace}`,
        ),
      }[platform],
      why: beta ? 'A release is installed over its beta on the same datastore.' : undefined,
      expected: 'each node is ready before the next one goes',
      check: "`curl -s $ADMIN_URL/ | jq '.version, .plugins.available_on_server'` on each node",
      undo: beta ? RESTORE : 'the old `plugins` and a reload, while no row uses the new plugin',
      sources: [SOURCE.guide21, SOURCE.guide28],
    }),
    openAgain(situation, 'Let writes through again'),
  ];
}
