import type { Statement } from './permissions';

const allow = (actions: string[], resources: string[], conditions?: Statement['conditions']): Statement => ({
  actions,
  resources,
  ...(conditions && { conditions }),
});

export interface MigrationTasks {
  readonly taskDefinitionArns: string[];
  readonly clusterArn: string;
  /** `arn:…:task/<cluster>/*` */
  readonly taskArns: string;
  /** Of the tasks: their own and the one that ECS starts them with. */
  readonly roleArns: string[];
  readonly logGroupArn: string;
  /** The slot's own and those that are not its own. */
  readonly databaseArns: string[];
}

/** What the slot's function may do to run the migrations. */
export const migrationStatements = (tasks: MigrationTasks): Statement[] => [
  allow(['ecs:RunTask'], tasks.taskDefinitionArns, { ArnEquals: { 'ecs:cluster': tasks.clusterArn } }),
  // The task takes over the tags of its definition (those of the stack or the app are there too), and ECS asks whoever
  // starts it for the right to tag (ECS developer guide, "Grant permission to tag resources on creation").
  allow(['ecs:TagResource'], [tasks.taskArns], { StringEquals: { 'ecs:CreateAction': 'RunTask' } }),
  // A task's id is made when it starts; nothing but tasks of this cluster can be meant.
  allow(['ecs:DescribeTasks'], [tasks.taskArns], { ArnEquals: { 'ecs:cluster': tasks.clusterArn } }),
  allow(['iam:PassRole'], tasks.roleArns, { StringEquals: { 'iam:PassedToService': 'ecs-tasks.amazonaws.com' } }),
  allow(['logs:GetLogEvents'], [tasks.logGroupArn]),
  allow(['rds:DescribeDBInstances'], tasks.databaseArns),
];

/** To raise the service to its count, and to look whether the slot carries traffic before it is deleted. */
export const launchStatements = (serviceArn: string): Statement[] => [
  allow(['ecs:DescribeServices', 'ecs:UpdateService'], [serviceArn]),
  LOOK_AT_RULES,
];

/** To look whether the slot carries traffic, and no more. */
export const guardStatements = (serviceArn: string): Statement[] => [
  allow(['ecs:DescribeServices'], [serviceArn]),
  LOOK_AT_RULES,
];

/** Describe* has no resource level in AWS. */
const LOOK_AT_RULES = allow(
  ['TargetGroups', 'Listeners', 'Rules'].map((what) => `elasticloadbalancing:Describe${what}`),
  ['*'],
);

/** To see whether nodes run before a deployment would stop them. */
export const idleStatements = (clusterArn: string): Statement[] => [allow(['ecs:DescribeClusters'], [clusterArn])];

export interface TaskNeeds {
  /** `arn:…:log-group:NAME:*` */
  readonly logStreamArns: readonly string[];
  /** Secrets that are injected, by ARN with or without the six characters that Secrets Manager adds to the name. */
  readonly secretArns: readonly string[];
  readonly images: readonly string[];
}

/** What ECS needs to start a task: its secrets, its log, its image where that lies in a private ECR repository. */
export function executionStatements({ logStreamArns, secretArns, images }: TaskNeeds): Statement[] {
  const repositories = unique(images.flatMap((image) => privateEcr(image)?.repositoryArn ?? []));
  return [
    allow(['logs:CreateLogStream', 'logs:PutLogEvents'], [...logStreamArns]),
    ...(secretArns.length === 0
      ? []
      : [allow(['secretsmanager:GetSecretValue'], unique(secretArns.map(secretResource)))]),
    ...(repositories.length === 0
      ? []
      : [
          allow(['ecr:BatchCheckLayerAvailability', 'ecr:GetDownloadUrlForLayer', 'ecr:BatchGetImage'], repositories),
          // Has no resource level in AWS.
          allow(['ecr:GetAuthorizationToken'], ['*']),
        ]),
  ];
}

/** A complete ARN ends in a dash and six characters; what does not is matched with any six. Tokens are complete. */
export const isCompleteSecretArn = (arn: string): boolean => arn.includes('${') || /-[A-Za-z0-9]{6}$/.test(arn);
const secretResource = (arn: string): string => (isCompleteSecretArn(arn) ? arn : `${arn}-??????`);

const unique = (values: readonly string[]): string[] => [...new Set(values)];

const PRIVATE_ECR =
  /^(\d{12})\.dkr\.ecr\.([a-z0-9-]+)\.amazonaws\.com(?:\.cn)?\/([^:@]+)(?::([^@]+)|@(sha256:[0-9a-f]{64}))?$/;

export interface PrivateImage {
  readonly repositoryArn: string;
  readonly repositoryName: string;
  readonly tagOrDigest: string;
}

/** An image in a private ECR repository, which takes a right to be pulled; nothing for any other. */
export function privateEcr(image: string): PrivateImage | undefined {
  const [, account, region, repositoryName, tag, digest] = PRIVATE_ECR.exec(image) ?? [];
  if (!account || !region || !repositoryName) return undefined;
  const partition = region.startsWith('cn-') ? 'aws-cn' : region.startsWith('us-gov-') ? 'aws-us-gov' : 'aws';
  return {
    repositoryName,
    repositoryArn: `arn:${partition}:ecr:${region}:${account}:repository/${repositoryName}`,
    tagOrDigest: digest ?? tag ?? 'latest',
  };
}
