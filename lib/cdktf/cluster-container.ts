import type { CloudwatchLogGroup } from '@cdktf/provider-aws/lib/cloudwatch-log-group';
import { EcsTaskDefinition } from '@cdktf/provider-aws/lib/ecs-task-definition';
import type { ITerraformDependable } from 'cdktf';
import { Construct } from 'constructs';
import { containerSettings, PASSWORD_VARIABLE } from '../blueprint/container-settings';
import type { ContainerSettings } from '../blueprint/container-settings';
import { LOG_STREAM_PREFIX } from '../blueprint/containers';
import type { ContainerSpec } from '../blueprint/containers';
import { executionStatements } from '../blueprint/slot-permissions';
import type { SecretRef } from '../settings/schema';
import type { IKongDatastore } from './datastore';
import { literalJson } from './literal';
import { ServiceRole } from './service-role';
import { regionName } from './surroundings';

export interface KongTaskProps {
  /** Of the task definition and, with the region, of its execution role. */
  readonly name: string;
  readonly image: string;
  readonly cpu: number;
  readonly memoryMib: number;
  readonly containers: readonly ContainerSpec[];
  /** Without the database. */
  readonly settings: ContainerSettings;
  readonly datastore: IKongDatastore;
  readonly logGroup: CloudwatchLogGroup;
}

/**
 * A task that runs Kong's image, on Fargate. It has no task role: Kong calls no AWS service. Its execution role reads the
 * secrets that the containers name and no others.
 *
 * Revisions stay when they are replaced or destroyed: the circuit breaker of ECS goes back to the one before.
 * @throws KongDualClusterError ENVIRONMENT_RESERVED
 */
export class KongTask extends Construct {
  readonly definitionArn: string;
  readonly executionRoleArn: string;
  /** Before it, no task of this definition may be started. */
  readonly ready: ITerraformDependable;

  constructor(scope: Construct, id: string, props: KongTaskProps) {
    super(scope, id);
    const { name, image, datastore, logGroup } = props;
    const settings = containerSettings({ ...props.settings, database: datastore });
    const secrets = { ...settings.secrets, [PASSWORD_VARIABLE]: datastore.password };
    const execution = new ServiceRole(this, 'Execution', {
      name,
      service: 'ecs-tasks',
      description: 'ECS starts a task of Kong: its image, its secrets, its log',
      statements: executionStatements({
        logStreamArns: [`${logGroup.arn}:*`],
        secretArns: Object.values(secrets).map(({ secretArn }) => secretArn),
        images: [image],
      }),
    });
    this.executionRoleArn = execution.arn;
    this.ready = execution.policy;
    const common = {
      image,
      environment: byName(settings.environment, (value) => ({ value })),
      secrets: byName(secrets, (ref) => ({ valueFrom: valueFrom(ref) })),
      logConfiguration: {
        logDriver: 'awslogs',
        options: {
          'awslogs-group': logGroup.name,
          'awslogs-region': regionName(this),
          'awslogs-stream-prefix': LOG_STREAM_PREFIX,
        },
      },
    };
    this.definitionArn = new EcsTaskDefinition(this, 'Definition', {
      family: name,
      requiresCompatibilities: ['FARGATE'],
      networkMode: 'awsvpc',
      cpu: String(props.cpu),
      memory: String(props.memoryMib),
      executionRoleArn: execution.arn,
      containerDefinitions: literalJson(props.containers.map((container) => definitionOf(container, common))),
      skipDestroy: true,
    }).arn;
  }
}

/** As ECS describes it, empty lists and all, so that no plan finds a difference. */
const definitionOf = (container: ContainerSpec, common: object): object => ({
  name: container.name,
  ...common,
  cpu: 0,
  essential: container.essential,
  ...(container.entryPoint && { entryPoint: container.entryPoint }),
  ...(container.command && { command: container.command }),
  portMappings: container.ports.map((port) => ({ containerPort: port, hostPort: port, protocol: 'tcp' })),
  ...(container.startTimeoutSeconds !== undefined && { startTimeout: container.startTimeoutSeconds }),
  ...(container.stopTimeoutSeconds !== undefined && { stopTimeout: container.stopTimeoutSeconds }),
  ...(container.after.length > 0 && {
    dependsOn: container.after.map((containerName) => ({ containerName, condition: 'SUCCESS' })),
  }),
  ...(container.openFiles !== undefined && {
    ulimits: [{ name: 'nofile', softLimit: container.openFiles, hardLimit: container.openFiles }],
  }),
  ...(container.readonlyRootFilesystem !== undefined && {
    readonlyRootFilesystem: container.readonlyRootFilesystem,
  }),
  mountPoints: [],
  systemControls: [],
  volumesFrom: [],
});

const byName = <T, U extends object>(values: Readonly<Record<string, T>>, render: (value: T) => U) =>
  Object.entries(values)
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([name, value]) => ({ name, ...render(value) }));

/** A field of a JSON secret, of its current version; without a field the whole text. */
const valueFrom = ({ secretArn, field }: SecretRef): string =>
  field === undefined ? secretArn : `${secretArn}:${field}::`;
