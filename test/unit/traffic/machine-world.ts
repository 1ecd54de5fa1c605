import { judge } from '../../../lib/handlers/gates/judge';
import { machineInput, type MachineInput } from '../../../lib/traffic/machine-input';
import type { MachineTargets } from '../../../lib/traffic/machine-tasks';
import type { Stage } from '../../../lib/traffic/plan';
import { rollbackMachine, type RollbackInput } from '../../../lib/traffic/rollback-machine';
import type { ShiftStart } from '../../../lib/traffic/shift-events';
import { shiftMachine } from '../../../lib/traffic/state-machine';
import type { Slot } from '../../../lib/traffic/weights';
import { ADMIN_GROUPS, ALARM, GROUPS, RUN, STAGES, type World } from '../runner/world';
import { interpret, StatesError, type AslEnd, type TaskCall } from './asl-interpreter';

export const EXECUTION = 'arn:aws:states:eu-central-1:111122223333:execution:shift:';

/** Thrown where StopExecution ends an execution. */
export class Stopped extends Error {}

/** A machine's calls carried out in the runner's world: the same rules, table, alarms, counts and clock. */
export class MachineWorld {
  /** What is sent for a token as soon as one waits. */
  onToken: (() => unknown) | undefined;
  stopAt: ((state: string) => boolean) | undefined;
  readonly calls: string[] = [];
  /** What a call of an operation fails with, if with anything. */
  failing: (operation: string) => StatesError | undefined = () => undefined;

  constructor(readonly world: World) {}

  get targets(): MachineTargets & { readonly gatesFunctionArn: string } {
    return {
      places: this.world.rules.map((ruleArn) => ({ ruleArn, targetGroups: GROUPS })),
      followers: [{ ruleArn: this.world.adminRule, targetGroups: ADMIN_GROUPS }],
      table: 'kong-edge-Shift',
      gatesFunctionArn: 'arn:aws:lambda:eu-central-1:111122223333:function:gates',
    };
  }

  input(
    stages: readonly Stage[] = STAGES,
    more: Partial<ShiftStart> = {},
    from?: { readonly stage: number; readonly weights: { blue: number; green: number }; readonly approved: boolean },
  ): MachineInput {
    const weightsBefore = this.world.weights()[0]!;
    const start: ShiftStart = {
      run: RUN,
      system: 'kong',
      from: 'blue',
      to: 'green',
      stages,
      minRequests: 100,
      maxExtensionSeconds: 60,
      alarms: [ALARM],
      account: '111122223333',
      region: 'eu-central-1',
      stackIds: {},
      weightsBefore,
      reading: undefined,
      ...more,
    };
    return machineInput(start, {
      by: 'arn:someone',
      startedAt: new Date(this.world.now).toISOString(),
      nodes: 2,
      rules: this.world.rules.length,
      ...(from && { from }),
    });
  }

  shift(input: MachineInput, name: string = RUN): Promise<AslEnd> {
    return interpret(shiftMachine(this.targets), input, this.asl(EXECUTION + name));
  }

  rollback(input: RollbackInput): Promise<AslEnd> {
    return interpret(rollbackMachine(this.targets), input, this.asl('arn:aws:states:::execution:rollback:1'));
  }

  private asl(executionArn: string) {
    return {
      executionArn,
      now: () => this.world.now,
      sleep: this.world.sleep,
      entering: (state: string) => {
        if (this.stopAt?.(state)) throw new Stopped(state);
      },
      task: async (call: TaskCall) => {
        const operation = call.resource.split(':').slice(-2).join(':');
        this.calls.push(operation);
        await this.world.sleep(20);
        const failure = this.failing(operation);
        if (failure) throw failure;
        return this.act(operation, call);
      },
    };
  }

  private async act(operation: string, { args, timeoutSeconds = 0 }: TaskCall): Promise<unknown> {
    const { world } = this;
    switch (operation) {
      case 'cloudwatch:describeAlarms': {
        this.hooked('alarms');
        const state = world.alarm();
        if (state instanceof Error) throw named('CloudWatch', state);
        const MetricAlarms = (args.AlarmNames as string[]).map((AlarmName) => ({ AlarmName, StateValue: state }));
        return { MetricAlarms: state === 'MISSING' ? [] : MetricAlarms, CompositeAlarms: [] };
      }
      case 'elasticloadbalancingv2:describeRules':
        return this.elb('DescribeRules', args);
      case 'elasticloadbalancingv2:modifyRule': {
        const answer = await this.elb('ModifyRule', args);
        world.writes.push({ at: world.now, rule: args.RuleArn, by: 0 });
        return answer;
      }
      case 'elasticloadbalancingv2:describeTargetHealth': {
        const slot: Slot = args.TargetGroupArn === GROUPS.blue ? 'blue' : 'green';
        const states = ['healthy', 'healthy'].map((state, i) => (i < world.healthy[slot] ? state : 'unhealthy'));
        return { TargetHealthDescriptions: states.map((State) => ({ TargetHealth: { State } })) };
      }
      case 'dynamodb:getItem':
        return this.table(async () => {
          const record = await world.table.readShift();
          return record ? { Item: { id: { S: 'shift' }, record: { S: JSON.stringify(record) } } } : {};
        });
      case 'dynamodb:putItem':
        return this.table(async () => {
          await world.table.writeShift(JSON.parse(args.Item.record.S));
          return {};
        });
      case 'dynamodb:updateItem':
        return this.table(() => this.update(args));
      case 'dynamodb:putItem.waitForTaskToken': {
        if (this.onToken) return this.onToken();
        await world.sleep(timeoutSeconds * 1000);
        throw new StatesError('States.Timeout', '');
      }
      case 'lambda:invoke': {
        const read = <T>(value: T | Error): T => {
          if (value instanceof Error) throw value;
          return value;
        };
        const Payload = await judge(args.Payload, {
          now: () => world.now,
          counts: async () => read(await world.counts()),
          minutes: async (from, to) =>
            world.minutes[0] ? read(world.minutes[0](from, to)) : { source: 'none', periodSeconds: 60, minutes: [] },
          capacity: (slot) => Promise.resolve({ slot, healthy: world.healthy[slot], registered: 2 }),
        });
        return { Payload: JSON.parse(JSON.stringify(Payload)) };
      }
      default:
        throw new Error(`the world knows no ${operation}`);
    }
  }

  private hooked(operation: string): void {
    for (const hook of this.world.hooks) hook(operation, 'before', 0);
  }

  private async elb(name: 'DescribeRules' | 'ModifyRule', input: unknown): Promise<unknown> {
    const Command = { DescribeRules: class DescribeRulesCommand {}, ModifyRule: class ModifyRuleCommand {} }[name];
    try {
      this.hooked(name);
      return await this.world.elb.client.send(Object.assign(new Command(), { input }));
    } catch (error) {
      throw named('ElasticLoadBalancingV2', error as Error);
    }
  }

  private async table<T>(act: () => Promise<T>): Promise<T> {
    try {
      return await act();
    } catch (error) {
      if (error instanceof StatesError) throw error;
      throw named('DynamoDB', error as Error);
    }
  }

  /** The four updates of lib/traffic/machine-tasks.ts, as FakeTable promises them. */
  private async update({ UpdateExpression, ExpressionAttributeValues: values }: any): Promise<unknown> {
    const { table } = this.world;
    const held = { run: values[':run'].S, fence: Number(values[':fence']?.N) };
    const refused = () => new StatesError('DynamoDB.ConditionalCheckFailedException', 'The conditional request failed');
    const attributes = () => ({
      Attributes: {
        fence: { N: String(table.fence) },
        ...(table.lock?.request && { request: { S: JSON.stringify(table.lock.request) } }),
      },
    });
    if (UpdateExpression.startsWith('SET #run')) {
      const holder = {
        run: held.run,
        command: values[':command'].S,
        host: values[':host'].S,
        pid: 0,
        by: values[':by'].S,
        since: values[':since'].S,
        doing: values[':doing'].S,
      };
      const beat = Number(values[':beat'].N);
      const instead = table.lock?.run === held.run ? table.lock : undefined;
      if (!(await table.acquire(holder, beat, instead))) throw refused();
      return attributes();
    }
    if (UpdateExpression.startsWith('SET #beat')) {
      if (!(await table.renew(held, Number(values[':beat'].N), values[':doing'].S))) throw refused();
      return attributes();
    }
    if (table.lock?.run !== held.run || table.lock?.fence !== held.fence) throw refused();
    if (UpdateExpression === 'REMOVE #request') await table.clearRequest(held);
    else await table.release(held);
    return attributes();
  }
}

/** As Step Functions names an SDK's error: what has no class of its own is the service's base class. */
function named(service: string, error: Error): StatesError {
  const own = /Throttl|Expired|AccessDenied/.test(error.name) ? `${service}Exception` : error.name;
  return new StatesError(`${service}.${own}`, error.message);
}
