import type { Clients } from '../../../lib/handlers/migrations/resource';

/**
 * AWS clients that live in memory, for tests of the handler.
 *
 * Written spec
 * - `send(command)` looks at the command's class name and answers from `FakeAws`; a command that is not listed here
 *   throws, so that a call the handler should not make fails the test. Every call is written down in order.
 * - RunTask: the same client token in the same cluster gives the same task (ECS_Idempotency); the same token with
 *   another task definition throws ConflictException, which names the task. A task is RUNNING until `stop` ends it.
 * - DescribeTasks of an unknown task gives `failures: MISSING`, no error.
 * - DescribeDBInstances of an unknown identifier throws DBInstanceNotFoundFault.
 * - DescribeClusters gives the service's running nodes as `runningTasksCount`.
 * - DescribeTargetGroups, DescribeListeners and DescribeRules: each target group of a rule in `rules` hangs on one load
 *   balancer with one listener; another one throws TargetGroupNotFoundException. Tags of the service with `include: TAGS`.
 * - UpdateService sets desiredCount; runningCount is set by the test.
 * - `refuse(command, error, times)` makes the next calls of a command throw.
 * - `sleep` returns at once and counts milliseconds.
 * What it does not model: IAM, pagination, eventual consistency, the 24 hours of a client token.
 */
interface FakeTask {
  readonly taskArn: string;
  readonly taskDefinition: string;
  readonly input: any;
  lastStatus: string;
  stoppedReason?: string;
  containers: { name: string; exitCode?: number; reason?: string }[];
}

export const named = (name: string, message = name): Error => Object.assign(new Error(message), { name });

const serviceOf = ({ tags, ...service }: Record<string, any>, { include }: { include?: string[] }) =>
  include?.includes('TAGS') ? { ...service, tags } : service;

export class FakeAws implements Clients {
  readonly calls: { command: string; input: any }[] = [];
  readonly tasks: FakeTask[] = [];
  readonly databases: Record<string, { DbiResourceId: string; host: string; DeletionProtection?: boolean }> = {};
  readonly logLines: Record<string, string[]> = {};
  /** Action lists of listener rules by rule ARN. */
  rules: Record<string, any[]> = {};
  service:
    | { desiredCount: number; runningCount: number; status?: string; tags?: { key: string; value: string }[] }
    | undefined = { desiredCount: 1, runningCount: 1 };
  stackStatus = 'CREATE_IN_PROGRESS';
  slept = 0;
  private readonly tokens = new Map<string, FakeTask>();
  private readonly refusals: { command: string; error: Error; times: number }[] = [];

  readonly ecs = this.client();
  readonly rds = this.client();
  readonly logs = this.client();
  readonly elb = this.client();
  readonly cloudformation = this.client();
  readonly sleep = (milliseconds: number): Promise<void> => {
    this.slept += milliseconds;
    return Promise.resolve();
  };

  refuse(command: string, error: Error, times = 1): void {
    this.refusals.push({ command, error, times });
  }

  commands(): string[] {
    return this.calls.map((call) => call.command);
  }

  /** Ends a task: with an exit code, or without one when its container never started. */
  stop(index: number, exitCode: number | undefined, reason?: string): void {
    const task = this.tasks[index]!;
    task.lastStatus = 'STOPPED';
    task.stoppedReason = reason ?? 'Essential container in task exited';
    task.containers = [{ name: 'migrate', ...(exitCode === undefined ? {} : { exitCode }) }];
  }

  private client(): any {
    return {
      send: (command: { constructor: { name: string }; input: any }) =>
        this.answer(command.constructor.name, command.input),
    };
  }

  private async answer(command: string, input: any): Promise<any> {
    this.calls.push({ command, input });
    const refusal = this.refusals.find((each) => each.command === command && each.times > 0);
    if (refusal) {
      refusal.times -= 1;
      throw refusal.error;
    }
    switch (command) {
      case 'RunTaskCommand':
        return { tasks: [this.runTask(input)] };
      case 'DescribeTasksCommand': {
        const tasks = this.tasks.filter((task) => input.tasks.includes(task.taskArn));
        return { tasks, failures: tasks.length === 0 ? [{ reason: 'MISSING' }] : [] };
      }
      case 'DescribeDBInstancesCommand': {
        const found = this.databases[input.DBInstanceIdentifier];
        if (!found) throw named('DBInstanceNotFoundFault');
        return { DBInstances: [{ DbiResourceId: found.DbiResourceId, Endpoint: { Address: found.host } }] };
      }
      case 'ModifyDBInstanceCommand': {
        const found = this.databases[input.DBInstanceIdentifier];
        if (!found) throw named('DBInstanceNotFoundFault');
        found.DeletionProtection = input.DeletionProtection;
        return {};
      }
      case 'GetLogEventsCommand':
        return {
          events: (this.logLines[`${input.logGroupName} ${input.logStreamName}`] ?? []).map((message) => ({ message })),
        };
      case 'DescribeServicesCommand':
        return { services: this.service ? [serviceOf(this.service, input)] : [] };
      case 'DescribeClustersCommand':
        return { clusters: [{ runningTasksCount: this.service?.runningCount ?? 0 }] };
      case 'UpdateServiceCommand':
        this.service!.desiredCount = input.desiredCount;
        return {};
      case 'DescribeTargetGroupsCommand': {
        const known = JSON.stringify(this.rules).includes(input.TargetGroupArns[0]);
        if (!known) throw named('TargetGroupNotFoundException');
        return { TargetGroups: [{ LoadBalancerArns: ['load-balancer'] }] };
      }
      case 'DescribeListenersCommand':
        return { Listeners: [{ ListenerArn: 'listener' }] };
      case 'DescribeRulesCommand':
        return { Rules: Object.entries(this.rules).map(([RuleArn, Actions]) => ({ RuleArn, Actions })) };
      case 'DescribeStacksCommand':
        return { Stacks: [{ StackStatus: this.stackStatus }] };
      default:
        throw new Error(`fake aws: the handler should not call ${command}`);
    }
  }

  private runTask(input: any): FakeTask {
    const known = this.tokens.get(input.clientToken);
    if (known && known.taskDefinition !== input.taskDefinition)
      throw Object.assign(named('ConflictException', 'the token is in use with other parameters'), {
        resourceIds: [known.taskArn],
      });
    if (known) return known;
    const task: FakeTask = {
      taskArn: `arn:aws:ecs:eu-central-1:111122223333:task/green/task${this.tasks.length + 1}`,
      taskDefinition: input.taskDefinition,
      input,
      lastStatus: 'RUNNING',
      containers: [{ name: 'migrate' }],
    };
    this.tasks.push(task);
    this.tokens.set(input.clientToken, task);
    return task;
  }
}
