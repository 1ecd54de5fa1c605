import type { CapacityReading } from '../../../lib/deployed/capacity';
import type { LockHolder } from '../../../lib/deployed/shift-table';
import { AlbRouter } from '../../../lib/routers/alb/alb-router';
import type { RouterReading } from '../../../lib/routers/router';
import { abort, type AbortResult } from '../../../lib/runner/abort';
import { DeadManTimer } from '../../../lib/runner/dead-man';
import { takeLock, type Lease } from '../../../lib/runner/lock';
import { recordOf } from '../../../lib/runner/record';
import { runShift } from '../../../lib/runner/run-shift';
import type { ShiftParts } from '../../../lib/runner/shift-parts';
import type { AlarmReading, RequestCounts } from '../../../lib/traffic/gates';
import type { MinuteReading } from '../../../lib/traffic/minutes';
import type { Stage } from '../../../lib/traffic/plan';
import { weightsOf } from '../../../lib/traffic/rule-actions';
import { after, fold, isFinished, type ShiftState } from '../../../lib/traffic/shift';
import type { JournalLine, ShiftEvent, ShiftStart } from '../../../lib/traffic/shift-events';
import type { Slot, Weights } from '../../../lib/traffic/weights';
import { FakeElbv2, failure, targetGroupArn } from '../handlers/weighted-rule/fake-elbv2';
import { FakeTable } from './fake-table';

export const GROUPS = { blue: targetGroupArn('blue'), green: targetGroupArn('green') };
export const ADMIN_GROUPS = { blue: targetGroupArn('admin-blue'), green: targetGroupArn('admin-green') };
export const ALARM = 'kong-green-5xx';

/** What the process was killed with: nothing of it goes on afterwards. */
export class Killed extends Error {}
export const throttled = (): Error => failure('ThrottlingException', 'Rate exceeded');
export const expired = (): Error => failure('ExpiredTokenException', 'The security token is expired');
export const denied = (): Error => failure('AccessDeniedException', 'not authorized');

/**
 * A world in virtual time for one shift. Real: the runner, the lock, the ALB router, the reducer. In memory: ELBv2
 * (fake-elbv2.ts), the table (fake-table.ts), the journal (lines that went through JSON), alarms, counts and capacity as
 * the test scripts them. What it models of time:
 * - the clock moves only when somebody sleeps or calls: a call takes CALL_MS
 * - `at(ms, act)` happens the first time the clock is at or past it
 * - a point is a moment before or after a line of the journal, a written rule or a write of the shared record; a process
 *   killed at a point does nothing after it, whatever it tries
 */
export class World {
  readonly elb = new FakeElbv2();
  readonly table = new FakeTable();
  readonly lines: JournalLine[] = [];
  /** Weights of the first rule after each written rule, with the time. */
  readonly writes: { readonly at: number; readonly rule: string; readonly by: number }[] = [];
  readonly told: string[] = [];
  readonly pinned: string[] = [];
  now = 1_000_000;
  alarm: () => AlarmReading['state'] | Error = () => 'OK';
  counts: () => RequestCounts | Error | Promise<RequestCounts> = () => ({ blue: 1000, green: 1000 });
  /** What requests and bad answers are known from; the gates of `start` look at them. */
  minutes: ((from: Date, to: Date) => MinuteReading | Error)[] = [];
  healthy: Record<Slot, number> = { blue: 2, green: 2 };
  /** The schedule outside every process, as EventBridge holds it; what is thrown at whoever sets or takes it away. */
  timer: { readonly run: string; readonly at: Date } | undefined;
  timerError: Error | undefined;
  /** Every time it was set, for. */
  readonly timers: Date[] = [];
  interrupted = false;
  /** Thrown by the journal instead of writing. */
  journalError: Error | undefined;
  killAt = Infinity;
  /** Kills at the first point of this name instead. */
  killWhen: string | undefined;
  points = 0;
  /** Called at every point with its number. */
  atPoint: (point: number) => void = () => undefined;
  /** Names of the points passed, in order. */
  readonly pointNames: string[] = [];
  private readonly due: { readonly at: number; readonly act: () => void }[] = [];
  readonly rules: string[];
  readonly adminRule: string;
  private pids = 100;
  private readonly dead = new Set<number>();
  /** Faults before or after a call of an operation takes effect, per process. */
  readonly hooks: ((operation: string, when: 'before' | 'after', pid: number) => unknown)[] = [];

  constructor(ruleCount = 2, before: Weights = { blue: 100, green: 0 }) {
    const listener = this.elb.addListener(443);
    this.rules = Array.from({ length: ruleCount }, (_, i) =>
      this.elb.addRule(listener, 10 + i, [], [{ Type: 'forward', ForwardConfig: forward(GROUPS, before) }]),
    );
    const admin = this.elb.addListener(8444);
    const whole = before.blue >= before.green ? { blue: 100, green: 0 } : { blue: 0, green: 100 };
    this.adminRule = this.elb.addRule(
      admin,
      10,
      [],
      [{ Type: 'forward', ForwardConfig: forward(ADMIN_GROUPS, whole) }],
    );
  }

  at(milliseconds: number, act: () => void): void {
    this.due.push({ at: this.now + milliseconds, act });
  }

  /** Weights of every rule, the Admin API's last. */
  weights(): (Weights | undefined)[] {
    return [
      ...this.rules.map((arn) => weightsOf(this.elb.rule(arn).Actions ?? [], GROUPS)),
      weightsOf(this.elb.rule(this.adminRule).Actions ?? [], ADMIN_GROUPS),
    ];
  }

  setWeights(rule: number, weights: Weights): void {
    this.elb.rule(this.rules[rule]!).Actions = [{ Type: 'forward', ForwardConfig: forward(GROUPS, weights) }];
  }

  readonly sleep = async (milliseconds: number): Promise<void> => {
    this.pass(milliseconds);
    // Lets other processes of the test run.
    await new Promise((resolve) => setImmediate(resolve));
  };

  private pass(milliseconds: number): void {
    const end = this.now + milliseconds;
    for (;;) {
      const next = this.due.filter(({ at }) => at <= end).sort((a, b) => a.at - b.at)[0];
      if (next === undefined) break;
      this.due.splice(this.due.indexOf(next), 1);
      this.now = Math.max(this.now, next.at);
      next.act();
    }
    this.now = Math.max(this.now, end);
  }

  /** A process of its own: its router, its journal, its view of whether it lives. */
  process() {
    const pid = (this.pids += 1);
    const alive = (): void => {
      if (this.dead.has(pid)) throw new Killed(`process ${pid} is dead`);
    };
    const point = (name: string): void => {
      alive();
      this.points += 1;
      this.pointNames.push(name);
      this.atPoint(this.points);
      if (this.points >= this.killAt || name === this.killWhen) {
        this.killAt = Infinity;
        this.killWhen = undefined;
        this.dead.add(pid);
        alive();
      }
    };
    const send = async (command: { readonly constructor: { readonly name: string }; readonly input: unknown }) => {
      alive();
      const name = command.constructor.name.replace(/Command$/, '');
      this.pass(CALL_MS);
      for (const hook of this.hooks) hook(name, 'before', pid);
      alive();
      if (name === 'ModifyRule') point(`before ${name}`);
      const answer: unknown = await this.elb.client.send(command);
      if (name === 'ModifyRule') {
        this.writes.push({ at: this.now, rule: (command.input as { RuleArn: string }).RuleArn, by: pid });
        point(`after ${name}`);
      }
      for (const hook of this.hooks) hook(name, 'after', pid);
      return answer;
    };
    const router = new AlbRouter(
      { send },
      {
        ruleArns: this.rules,
        targetGroups: GROUPS,
        follower: { ruleArn: this.adminRule, targetGroups: ADMIN_GROUPS },
      },
    );
    const journal = {
      lines: this.lines,
      append: (event: ShiftEvent, at: Date): Promise<JournalLine> =>
        new Promise((resolve) => {
          point(`before line "${event.type}"`);
          if (this.journalError) throw this.journalError;
          const line = { n: this.lines.length + 1, at: at.toISOString(), ...event };
          this.lines.push(JSON.parse(JSON.stringify(line)) as JournalLine);
          point(`after line "${event.type}"`);
          resolve(line);
        }),
    };
    const surroundings = {
      now: () => this.now,
      sleep: this.sleep,
      isAlive: (other: number) => !this.dead.has(other),
    };
    return { pid, router, journal, alive, point, surroundings };
  }

  kill(pid: number): void {
    this.dead.add(pid);
  }

  private schedule(alive: () => void) {
    const reached = (): Promise<void> => {
      alive();
      return this.timerError ? Promise.reject(this.timerError) : Promise.resolve();
    };
    return {
      arm: async ({ run, at }: { readonly run: string; readonly at: Date }) => {
        await reached();
        this.timers.push(at);
        this.timer = { run, at };
      },
      disarm: async () => {
        await reached();
        this.timer = undefined;
      },
    };
  }

  private parts(
    process: ReturnType<World['process']>,
    lease: Lease,
    { deadManSeconds }: Pick<ShiftStart, 'deadManSeconds'>,
  ): ShiftParts {
    const { router, journal, alive, point } = process;
    const asked = async <T>(operation: string, answer: () => T | Error | Promise<T>): Promise<T> => {
      alive();
      this.pass(CALL_MS);
      for (const hook of this.hooks) hook(operation, 'before', process.pid);
      await Promise.resolve();
      const value = await answer();
      if (value instanceof Error) throw value;
      return value;
    };
    const capacity = (slot: Slot): Promise<CapacityReading> =>
      asked('capacity', () => ({ slot, healthy: this.healthy[slot], registered: 2, running: 2 }));
    return {
      router,
      lease: {
        beat: async (doing) => {
          alive();
          this.pass(CALL_MS);
          return lease.beat(doing);
        },
        get silence() {
          return lease.silence;
        },
        answered: () => lease.answered(),
      },
      journal,
      publish: async (state) => {
        point('before publish');
        await this.table.writeShift(recordOf(state, WHERE, new Date(this.now).toISOString()));
        point('after publish');
      },
      capacity,
      pinFloor: (reading, nodes) => {
        this.pinned.push(`${reading.slot} ${nodes}`);
        return Promise.resolve();
      },
      alarms: (names) =>
        asked('alarms', () => {
          const state = this.alarm();
          return state instanceof Error ? state : names.map((name) => ({ name, state }));
        }),
      counts: () => asked('counts', () => this.counts()),
      minutes: this.minutes.map((source) => (from: Date, to: Date) => asked('minutes', () => source(from, to))),
      now: () => this.now,
      sleep: this.sleep,
      kindOf,
      ...(deadManSeconds !== undefined && {
        deadMan: new DeadManTimer(RUN, deadManSeconds, {
          schedule: this.schedule(alive),
          now: () => this.now,
          isPassing: (error) => kindOf(error) === 'passing',
          tell: (what) => void this.told.push(what),
        }),
      }),
      interrupted: () => this.interrupted,
      told: {
        event: (line) => void this.told.push(line.type),
        watching: () => undefined,
        waiting: (_, why) => void this.told.push(`waiting: ${why}`),
      },
    };
  }

  holder(pid: number, command: string): LockHolder {
    return {
      run: RUN,
      command,
      host: 'here',
      pid,
      by: 'arn:someone',
      since: new Date(this.now).toISOString(),
      doing: '',
    };
  }

  /** `shift start` without its preflight. */
  async start(
    stages: readonly Stage[] = STAGES,
    options: Partial<
      Pick<ShiftStart, 'to' | 'minRequests' | 'maxExtensionSeconds' | 'gates' | 'periodSeconds' | 'deadManSeconds'>
    > = {},
  ): Promise<ShiftState> {
    const process = this.process();
    const lease = await takeLock(this.table as never, this.holder(process.pid, 'shift start'), process.surroundings);
    const reading = await process.router.read();
    const to = options.to ?? 'green';
    const first = await process.journal.append(
      {
        type: 'started',
        run: RUN,
        system: 'kong',
        from: to === 'green' ? 'blue' : 'green',
        to,
        stages,
        ...(options.gates && { gates: options.gates }),
        ...(options.periodSeconds && { periodSeconds: options.periodSeconds }),
        ...(options.deadManSeconds && { deadManSeconds: options.deadManSeconds }),
        minRequests: options.minRequests ?? 100,
        maxExtensionSeconds: options.maxExtensionSeconds ?? 60,
        alarms: [ALARM],
        account: '111122223333',
        region: 'eu-central-1',
        stackIds: {},
        weightsBefore: reading.places[0]!.weights,
        reading,
      },
      new Date(this.now),
    );
    return this.drive(process, lease, fold([first]));
  }

  /** `shift resume`: from the journal alone. Undefined when it says that there is nothing to resume. */
  async resume(): Promise<ShiftState | undefined> {
    if (this.table.record && isFinished(this.table.record.phase)) return undefined;
    const process = this.process();
    const lease = await takeLock(this.table as never, this.holder(process.pid, 'shift resume'), process.surroundings, {
      replaceSilent: true,
    });
    const state = fold(this.lines);
    const event = { type: 'resumed', by: 'arn:someone' } as const;
    await process.journal.append(event, new Date(this.now));
    return this.drive(process, lease, after(state, event));
  }

  private async drive(process: ReturnType<World['process']>, lease: Lease, state: ShiftState): Promise<ShiftState> {
    const parts = this.parts(process, lease, state.start);
    try {
      await parts.publish(state);
      const ended = await runShift(state, parts);
      process.alive();
      return ended;
    } finally {
      if (!this.dead.has(process.pid)) await lease.release();
    }
  }

  /** `shift abort` from another machine: no journal, another clock. */
  async abort(
    options: {
      readonly force?: boolean;
      readonly saved?: (run: string) => Promise<RouterReading | undefined>;
      readonly skewMs?: number;
    } = {},
  ): Promise<AbortResult> {
    const { router } = this.process();
    const { skewMs = 0, force = false, ...rest } = options;
    return abort(
      {
        router,
        table: this.table,
        capacity: (slot) => Promise.resolve({ slot, healthy: this.healthy[slot], registered: 2 }),
        now: () => this.now + skewMs,
        sleep: this.sleep,
      },
      { by: 'arn:someone', otherwise: 'blue', force, ...rest },
    );
  }
}

const kindOf = (error: unknown): 'credentials' | 'passing' | 'lasting' => {
  const name = error instanceof Error ? error.name : '';
  return name === 'ExpiredTokenException' ? 'credentials' : /Throttl|Timeout/.test(name) ? 'passing' : 'lasting';
};

const CALL_MS = 20;
export const RUN = '20261121T203000Z-4711';
const WHERE = { startedAt: '2026-11-21T20:30:00.000Z', host: 'here', journal: 'run.ndjson' };
export const STAGES: readonly Stage[] = [
  { share: 0.05, bakeSeconds: 10 },
  { share: 0.25, bakeSeconds: 10 },
  { share: 1, bakeSeconds: 20 },
];

const forward = (groups: Readonly<Record<Slot, string>>, { blue, green }: Weights) => ({
  TargetGroups: [
    { TargetGroupArn: groups.blue, Weight: blue },
    { TargetGroupArn: groups.green, Weight: green },
  ],
});

export const BLUE = { blue: 100, green: 0 };
export const GREEN = { blue: 0, green: 100 };
