import { editionAfter, imageOf, stopsOf, type Situation, type Stop } from '../situation';
import type { RunbookStep } from '../upgrade-plan';
import { versionValues } from './helm';

/** What serves in the end. */
export const lastStop = (situation: Situation): Stop => {
  const { to, hops } = situation;
  const edition = editionAfter(situation);
  return (
    stopsOf(situation).at(-1) ?? {
      version: to.toString(),
      edition,
      image: imageOf(to.toString(), edition, hops.at(-1)),
    }
  );
};

export const lastImage = (situation: Situation): string => lastStop(situation).image;

/** New nodes beside the old ones, with the new version, in a target group of their own. */
export function startNodes(situation: Situation): Pick<RunbookStep, 'commands' | 'files'> {
  const { platform, helm, datastore } = situation;
  switch (platform) {
    case 'ecs':
      return {
        commands: [
          'aws ecs register-task-definition --cli-input-json file://new-task-definition.json',
          'aws ecs create-service --cluster $CLUSTER --service-name $NEW_SERVICE --task-definition $NEW_TASK_DEFINITION --desired-count $COUNT --launch-type FARGATE --network-configuration $NETWORK --load-balancers targetGroupArn=$NEW_TARGET_GROUP,containerName=kong,containerPort=8000',
          'aws ecs wait services-stable --cluster $CLUSTER --services $NEW_SERVICE',
        ],
      };
    case 'ec2':
      return {
        commands: [
          'kong check $KONG_CONF',
          'aws autoscaling create-auto-scaling-group --auto-scaling-group-name $NEW_GROUP --launch-template LaunchTemplateName=$NEW_LAUNCH_TEMPLATE --min-size $COUNT --max-size $MAX --desired-capacity $COUNT --vpc-zone-identifier $NODE_SUBNETS --target-group-arns $NEW_TARGET_GROUP',
        ],
      };
    case 'eks': {
      const version = versionValues(lastStop(situation), situation.pluginsAdded);
      return {
        commands: helm.releaseNames.map(
          (release) =>
            `helm install ${release}-green ${helm.chart} --version ${helm.chartNew} -n ${helm.namespace} -f ${helm.releases === 'single' ? 'values.yaml' : `values-${release}.yaml`} -f ${version.name} -f values-copy.yaml --wait`,
        ),
        files: [
          version,
          {
            name: 'values-copy.yaml',
            content: `env:\n  ${datastore === 'cassandra' ? 'cassandra_keyspace: $NEW_KEYSPACE' : 'pg_host: $NEW_DB_HOST'}\n`,
          },
        ],
      };
    }
  }
}

/** The old nodes, stopped; their database is not touched. */
export const stopNodes = ({ platform, helm }: Situation): string[] =>
  ({
    ecs: ['aws ecs update-service --cluster $CLUSTER --service $SERVICE --desired-count 0'],
    ec2: [
      'aws autoscaling update-auto-scaling-group --auto-scaling-group-name $OLD_GROUP --min-size 0 --desired-capacity 0',
    ],
    eks: helm.releaseNames.map(
      (release) => `kubectl scale deployment ${release}-kong --replicas 0 -n ${helm.namespace}`,
    ),
  })[platform];
