import type { Situation } from '../situation';
import type { RunbookStep } from '../upgrade-plan';
import { backupDatabase } from './backup';
import { allowWrites, divert, freezeWrites, lookAtNew, restoreCopy, soak, startBeside } from './by-hand';
import { helmGreen } from './helm';
import { lastImage, migrateCopy } from './migrate';
import { rollbackByWeights } from './rollback';
import { topUpAtCutover } from './runtime-state';
import { after, SOURCE } from './step';

/** Two clusters where this project's own commands do not reach: several stops on one copy, or Helm. */
export function dualClusterByHand(situation: Situation): RunbookStep[] {
  const topUps = topUpAtCutover(situation);
  const image = lastImage(situation);
  return [
    freezeWrites(situation),
    backupDatabase(situation),
    restoreCopy(situation),
    ...(situation.platform === 'eks'
      ? helmGreen(situation)
      : [
          ...migrateCopy(situation),
          startBeside({
            id: 'start-new-nodes',
            title: `Start the new nodes with ${image} on the migrated copy, without traffic`,
            commands:
              situation.platform === 'ecs'
                ? [
                    'aws ecs register-task-definition --cli-input-json file://new-task-definition.json',
                    'aws ecs create-service --cluster $CLUSTER --service-name $NEW_SERVICE --task-definition $NEW_TASK_DEFINITION --desired-count $COUNT --launch-type FARGATE --network-configuration $NETWORK --load-balancers targetGroupArn=$NEW_TARGET_GROUP,containerName=kong,containerPort=8000',
                    'aws ecs wait services-stable --cluster $CLUSTER --services $NEW_SERVICE',
                  ]
                : [
                    'aws autoscaling create-auto-scaling-group --auto-scaling-group-name $NEW_GROUP --launch-template LaunchTemplateName=$NEW_LAUNCH_TEMPLATE --min-size $COUNT --max-size $MAX --desired-capacity $COUNT --vpc-zone-identifier $NODE_SUBNETS --target-group-arns $NEW_TARGET_GROUP',
                  ],
            expected: 'all targets of the new target group are healthy, and its weight is 0',
          }),
        ]),
    lookAtNew('the new nodes'),
    ...topUps.filter(({ id }) => id === 'runtime-top-up'),
    divert(),
    ...topUps.filter(({ id }) => id !== 'runtime-top-up'),
    soak(),
    rollbackByWeights('by-hand'),
    removeOld(situation),
    allowWrites(),
  ];
}

/** The point of no return of every strategy with an old database that stays as it is. */
export function removeOld({ platform, helm }: Situation): RunbookStep {
  return after({
    id: 'remove-old',
    title: 'The point of no return: a final snapshot, then take the old cluster away',
    commands: [
      'aws rds create-db-snapshot --db-instance-identifier $OLD_DB --db-snapshot-identifier $FINAL_SNAPSHOT',
      'aws rds wait db-snapshot-available --db-snapshot-identifier $FINAL_SNAPSHOT',
      ...{
        ecs: ['aws ecs update-service --cluster $CLUSTER --service $SERVICE --desired-count 0'],
        ec2: [
          'aws autoscaling update-auto-scaling-group --auto-scaling-group-name $OLD_GROUP --min-size 0 --desired-capacity 0',
        ],
        eks: helm.releaseNames.map((release) => `helm uninstall ${release} -n ${helm.namespace}`),
      }[platform],
      'aws rds delete-db-instance --db-instance-identifier $OLD_DB --skip-final-snapshot',
    ],
    why: 'The first of this and `allow-writes` is the point of no return: before, the old side has everything.',
    expected: 'the final snapshot is `available` before anything is deleted',
    check: 'no request reached the old target group for a quarter of an hour',
    undo: 'a new cluster from the final snapshot, which is a deployment and no jump',
    pointOfNoReturn: true,
    sources: [SOURCE.dualCluster, SOURCE.noReturn],
  });
}
