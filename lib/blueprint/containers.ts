import { PORTS } from './spec';
import type { ClusterSpec, MigrationSpec } from './spec';

/** A container of a task that runs Kong's image; image, environment and secrets are the same for all of a task. */
export interface ContainerSpec {
  readonly name: string;
  readonly essential: boolean;
  /** Absent: those of the image. */
  readonly entryPoint?: string[];
  readonly command?: string[];
  readonly ports: readonly number[];
  /** Seconds that another container waits for this one to end. */
  readonly startTimeoutSeconds?: number;
  /** Seconds between the stop signal and the kill. */
  readonly stopTimeoutSeconds?: number;
  /** Containers that must have ended with 0 before this one starts. */
  readonly after: readonly string[];
  /** Soft and hard limit of open files. */
  readonly openFiles?: number;
  /** Absent: the platform's default. */
  readonly readonlyRootFilesystem?: boolean;
}

/** Name of the container that both target groups forward to. */
export const NODE_CONTAINER = 'kong';

/** The task of a node: a check of the database that reads only, then Kong. */
export const nodeContainers = ({
  checkScript,
  stopTimeoutSeconds,
}: Pick<ClusterSpec, 'checkScript' | 'stopTimeoutSeconds'>): readonly ContainerSpec[] => [
  {
    name: 'migrations-check',
    essential: false, // ECS: a container that another one waits for to end must not be essential
    ...shell(checkScript),
    ports: [],
    startTimeoutSeconds: 120, // the most that Fargate takes
    after: [],
  },
  {
    // No container health check: the target group asks the status port, and `kong health` says 0 even while the database
    // is down (recorded).
    name: NODE_CONTAINER,
    essential: true,
    ports: [PORTS.proxy, PORTS.admin, PORTS.status],
    // Kong's images ask for SIGQUIT (STOPSIGNAL), which is `kong quit`: requests under way are answered. ECS sends it
    // after the load balancer has drained the node.
    stopTimeoutSeconds,
    after: ['migrations-check'],
    openFiles: 65535,
    // Kong writes its nginx configuration, sockets and logs to its prefix inside the container.
    readonlyRootFilesystem: false,
  },
];

/** The task of one stop of the migrations. */
export const migrationContainer = ({ script }: MigrationSpec['stops'][number]): ContainerSpec => ({
  name: 'migrate',
  essential: true,
  ...shell(script),
  ports: [],
  after: [],
});

const shell = (script: string) => ({ entryPoint: ['/bin/sh', '-c'], command: [script] });

/** CPU units and MiB of a migrations task. */
export const MIGRATION_SIZE = { cpu: 512, memoryMib: 1024 } as const;

/** First part of the names of log streams: `<prefix>/<container>/<task id>` (awslogs driver). */
export const LOG_STREAM_PREFIX = 'kong';

/** Of the streams of a migrations task, without the task's id. */
export const MIGRATION_STREAM_PREFIX = `${LOG_STREAM_PREFIX}/migrate`;

/** How ECS replaces nodes. The check may take 100 s against a slow database before Kong starts. */
export const ROLLOUT = { minHealthyPercent: 100, maxHealthyPercent: 200, graceSeconds: 180 } as const;

/** Target tracking on the nodes' average CPU. */
export const AUTOSCALING = { targetCpuPercent: 60, scaleOutCooldownSeconds: 60, scaleInCooldownSeconds: 300 } as const;
