import type { CapacityReading } from '../../../lib/deployed/capacity';
import type { LockHolder } from '../../../lib/deployed/shift-table';
import { errorKind } from '../../../lib/cli/error-kind';
import { reportText, shiftReport } from '../../../lib/cli/shift-text';
import { EXIT, KongDualClusterError, type ExitCode } from '../../../lib/errors';
import { AlbRouter } from '../../../lib/routers/alb/alb-router';
import type { RouterCapabilities, RouterName, RouterReading, TrafficRouter } from '../../../lib/routers/router';
import { abort, type AbortResult } from '../../../lib/runner/abort';
import { DeadManTimer } from '../../../lib/runner/dead-man';
import { takeLock, type Lease } from '../../../lib/runner/lock';
import { preflight } from '../../../lib/runner/preflight';
import { surveillance } from '../../../lib/runner/preflight-gates';
import { refuseElsewhere } from '../../../lib/runner/refuse-elsewhere';
import { recordOf } from '../../../lib/runner/record';
import { runShift } from '../../../lib/runner/run-shift';
import type { ShiftParts } from '../../../lib/runner/shift-parts';
import type { AlarmReading, RequestCounts } from '../../../lib/traffic/gates';
import { TrafficPlan } from '../../../lib/traffic/plan';
import { dispersionsOf } from '../../../lib/traffic/dispersion';
import { gatePolicyOf } from '../../../lib/traffic/gate-policy-of-settings';
import { weightsOf } from '../../../lib/traffic/rule-actions';
import { after, fold, isFinished, type ShiftState } from '../../../lib/traffic/shift';
import type { JournalLine, ShiftEvent } from '../../../lib/traffic/shift-events';
import type { ShiftPhase } from '../../../lib/traffic/shift-record';
import { allOn, shareOf, smallestShare, weightsFor, type Slot, type Weights } from '../../../lib/traffic/weights';
import { shift as shiftSettings } from '../../../lib/settings/shift-schema';
import { FakeElbv2, targetGroupArn } from '../../unit/handlers/weighted-rule/fake-elbv2';
import { FakeTable } from '../../unit/runner/fake-table';
import { Clock } from './clock';
import { RollbackSchedule } from './dead-man';
import { alarmsOf, Metrics } from './metrics';
import { EdgeNodes } from './nodes-router';
import { Process, type Fate, type Fault } from './process';
import type { Random } from './random';
import type { Shape } from './shape';
import { Traffic, type SlotCondition } from './traffic';

export const GROUPS = { blue: targetGroupArn('blue'), green: targetGroupArn('green') };
const ADMIN_GROUPS = { blue: targetGroupArn('admin-blue'), green: targetGroupArn('admin-green') };
export const RUN = '20261121T203000Z-4711';
/** Periods of traffic before the shift. */
const HISTORY_PERIODS = 40;
const START = Date.parse('2026-11-21T20:30:00.000Z');

/** How a command ended, as its user sees it; `killed` has no exit code. */
export interface Ended {
  readonly code: ExitCode | 'killed';
  readonly message: string;
  readonly state?: ShiftState;
}

/** Whether a run may do something wrong on purpose: a broken runner that the suite has to catch (mutants.ts). */
export type Mutate = (parts: ShiftParts, world: World) => ShiftParts;

/**
 * A system in virtual time: rules, lock, nodes, users and what is measured of them. Real: the runner, the lock, abort, the ALB
 * router, the preflight, the reducer, what is told at the end. In memory: ELBv2, the edge's table, the journal, alarms, counts,
 * nodes. Every call takes a few milliseconds of virtual time.
 */
export class World implements Fate {
  readonly elb = new FakeElbv2();
  readonly dynamo = new FakeTable();
  /** The journal, on the disk of the machine `here`. */
  readonly lines: JournalLine[] = [];
  readonly rules: string[];
  readonly adminRule: string;
  readonly traffic: Traffic;
  readonly metrics: Metrics;
  readonly schedule = new RollbackSchedule(this);
  readonly faults: Fault[] = [];
  /** Fails the journal instead of writing it. */
  journalError: (() => Error | undefined) | undefined;
  /** Where the credentials lead to. */
  account = '111122223333';
  interrupted = false;
  /** Laws that were broken, in words. */
  readonly broken: string[] = [];
  /** Rises of the share of the slot that traffic goes to, and writes in all. */
  writes = 0;
  /** Kills the process at the point with this number, or of this name. */
  killAt = Infinity;
  killWhen: ((name: string) => boolean) | undefined;
  points = 0;
  killedAt: string | undefined;
  /** Told of every line of the journal. */
  readonly onLine: ((line: JournalLine) => void)[] = [];
  /** Instead of the edge's rules. */
  edgeNodes: EdgeNodes | undefined;
  /** Alarms that somebody deleted. */
  readonly deletedAlarms = new Set<string>();
  /** Milliseconds at which the harm began whose end is measured. */
  private markedAt: number | undefined;
  private backAt: number | undefined;
  private pids = 100;
  /** The latest answers that a runner was given. */
  private given: { alarms: readonly AlarmReading[]; counts: RequestCounts; newest: number | undefined } = {
    alarms: [],
    counts: { blue: undefined, green: undefined },
    newest: undefined,
  };
  private readonly latency: Random;

  constructor(
    readonly shape: Shape,
    readonly random: Random,
    private readonly mutate: Mutate = (parts) => parts,
    readonly clock = new Clock(START),
  ) {
    this.latency = random.fork('latency');
    const { from, rules, isAuthenticated } = shape;
    const listener = this.elb.addListener(443);
    this.rules = Array.from({ length: rules }, (_, i) =>
      this.elb.addRule(listener, 10 + i, [], actionsOf(GROUPS, allOn(from), isAuthenticated)),
    );
    if (isAuthenticated) for (const rule of this.rules) this.elb.secrets.set(rule, 'kept');
    const admin = this.elb.addListener(8444);
    this.adminRule = this.elb.addRule(admin, 10, [], actionsOf(ADMIN_GROUPS, allOn(from), false));
    const condition = (): SlotCondition => ({
      registered: shape.nodes,
      healthy: shape.nodes,
      answering: shape.nodes,
      perNode: shape.perNode,
      errors: () => 0,
      slow: () => shape.background / 10,
      refused: () => 0,
    });
    const phase = random.between(0, 2 * Math.PI);
    this.traffic = new Traffic(
      random.fork('traffic'),
      shape.periodSeconds,
      { blue: condition(), green: condition() },
      (at) => shape.rate * (0.8 + 0.2 * Math.sin(phase + at / 600)),
      shape.backgroundAt ?? (() => shape.background),
    );
    this.traffic.weights = () => this.weights().slice(0, rules);
    this.metrics = new Metrics(
      random.fork('metrics'),
      this.traffic,
      () => this.seconds,
      (at) => new Date(START + at * 1000),
    );
    // An hour before the shift, for what the old slot does alone.
    this.traffic.flow(-HISTORY_PERIODS * shape.periodSeconds, 0);
    this.traffic.sent = 0;
    this.traffic.lost = 0;
    this.clock.moves.push((before, now) => this.traffic.flow((before - START) / 1000, (now - START) / 1000));
  }

  /** Seconds since the start of the world. */
  get seconds(): number {
    return (this.clock.now - START) / 1000;
  }

  /** Takes the place of the listener rules. */
  useNodes(name: RouterName, count: number, splits?: RouterCapabilities['splits']): EdgeNodes {
    this.edgeNodes = new EdgeNodes(this, count, this.shape.from, name, splits);
    this.traffic.weights = () => this.weights();
    return this.edgeNodes;
  }

  /** Weights of every rule, the Admin API's last; or of every node. */
  weights(): (Weights | undefined)[] {
    if (this.edgeNodes) return this.edgeNodes.nodes.map(({ loaded }) => loaded);
    // Asked at every step of the clock; somebody changes them a few times in a run.
    const actions = [...this.rules, this.adminRule].map((arn) => this.actionsOf(arn));
    if (this.known?.actions.every((each, i) => each === actions[i])) return this.known.weights;
    const of = (arn: string, groups: Readonly<Record<Slot, string>>) => {
      const rule = this.elb.rules.find(({ RuleArn }) => RuleArn === arn);
      return rule && weightsOf(rule.Actions ?? [], groups);
    };
    const weights = [...this.rules.map((arn) => of(arn, GROUPS)), of(this.adminRule, ADMIN_GROUPS)];
    this.known = { actions, weights };
    return weights;
  }
  private known: { readonly actions: readonly unknown[]; readonly weights: (Weights | undefined)[] } | undefined;
  private readonly actionsOf = (arn: string): unknown => this.elb.rules.find(({ RuleArn }) => RuleArn === arn)?.Actions;

  /** The weights that every rule has in a stage, the Admin API's last. */
  at(stage: number): (Weights | undefined)[] {
    const { stages, to } = this.shape;
    const share = stages[stage]?.share ?? 0;
    return this.everywhere(weightsFor(share, to), share === 1 ? to : this.shape.from);
  }
  get before(): (Weights | undefined)[] {
    return this.everywhere(allOn(this.shape.from), this.shape.from);
  }
  get after(): (Weights | undefined)[] {
    return this.everywhere(allOn(this.shape.to), this.shape.to);
  }
  private everywhere(weights: Weights, admin: Slot): Weights[] {
    if (this.edgeNodes) return this.edgeNodes.nodes.map(() => weights);
    return [...this.rules.map(() => weights), allOn(admin)];
  }

  /** What somebody else does to a rule. */
  setByHand(rule: number, weights: Weights): void {
    this.elb.rule(this.rules[rule]!).Actions = actionsOf(GROUPS, weights, this.shape.isAuthenticated);
    this.noteBack();
  }

  /** Group stickiness of the rules, seconds. */
  setSticky(seconds: number): void {
    for (const arn of this.rules)
      for (const action of this.elb.rule(arn).Actions ?? [])
        if (action.ForwardConfig)
          action.ForwardConfig.TargetGroupStickinessConfig = { Enabled: true, DurationSeconds: seconds };
  }

  setAdmin(weights: Weights): void {
    this.elb.rule(this.adminRule).Actions = actionsOf(ADMIN_GROUPS, weights, false);
  }

  slot(slot: Slot): SlotCondition {
    return this.traffic.slots[slot];
  }

  /** @param seconds from now */
  in(seconds: number, act: () => void): void {
    this.clock.in(seconds * 1000, act);
  }

  /** Once, when a stage has been raised and a part (0–1) of its bake has passed. */
  during(stage: number, part: number, act: () => void): void {
    let done = false;
    this.onLine.push((line) => {
      if (done || line.type !== 'raised' || line.stage !== stage) return;
      done = true;
      this.in(part * this.shape.stages[stage]!.bakeSeconds, act);
    });
  }

  /** Fails calls of these operations from now on for some seconds. */
  fails(operations: RegExp, error: () => Error, seconds = Infinity, part = 1): void {
    const end = this.seconds + seconds;
    this.faults.push((operation, when) => {
      if (when === 'before' && this.seconds < end && operations.test(operation) && this.random.chance(part))
        throw error();
    });
  }

  /** From now on the time until the old slot has everything is measured. */
  mark(): void {
    this.markedAt = this.clock.now;
    this.backAt = undefined;
  }

  /** Seconds from the mark until every rule gave the old slot everything; undefined when that never came. */
  get secondsToBlue(): number | undefined {
    return this.markedAt === undefined || this.backAt === undefined
      ? undefined
      : Math.max(0, this.backAt - this.markedAt) / 1000;
  }

  point(name: string): boolean {
    this.points += 1;
    if (this.points < this.killAt && !this.killWhen?.(name)) return false;
    this.killAt = Infinity;
    this.killWhen = undefined;
    this.killedAt = name;
    this.mark();
    this.noteBack();
    return true;
  }

  process(host = 'here', skewMs = 0): Process {
    return new Process((this.pids += 1), host, this.clock, this, skewMs, () => this.latency.int(8, 40));
  }

  router(process: Process): TrafficRouter {
    if (this.edgeNodes) return this.edgeNodes.router(process);
    const send = (command: { readonly constructor: { readonly name: string }; readonly input: unknown }) => {
      const name = command.constructor.name.replace(/Command$/, '');
      return process.call(name, async () => {
        if (name !== 'ModifyRule') return this.elb.client.send(command);
        return this.written(process, () => this.elb.client.send(command) as Promise<unknown>);
      });
    };
    return new AlbRouter(
      { send: send as never },
      {
        ruleArns: this.rules,
        targetGroups: GROUPS,
        follower: { ruleArn: this.adminRule, targetGroups: ADMIN_GROUPS },
      },
    );
  }

  /** A write of weights, with a point before and after it. */
  written<T>(process: Process, write: () => T | Promise<T>): Promise<T> {
    return process.seen('ModifyRule', async () => {
      const rose = this.highest();
      const answer = await write();
      this.writes += 1;
      if (this.highest() > rose) this.rises(process);
      this.noteBack();
      return answer;
    });
  }

  /** The greatest share of the rising slot in any rule. */
  private highest(): number {
    const rules = this.edgeNodes ? this.weights() : this.weights().slice(0, -1);
    return Math.max(0, ...rules.map((each) => (each ? shareOf(each, this.shape.to) : 0)));
  }

  private noteBack(): void {
    const isBack = this.highest() === 0;
    if (isBack) this.backAt ??= this.clock.now;
    else this.backAt = undefined;
  }

  /** Law 2: a weight rises after the gates of the stage before it passed, and they passed on data. */
  private rises(process: Process): void {
    const share = this.highest();
    const stage = this.shape.stages.findIndex((each) => Math.abs(each.share - share) < 1e-9);
    const passed = new Set(this.lines.flatMap((line) => (line.type === 'passed' ? [line.stage] : [])));
    if (stage < 0) this.broken.push(`a share of ${share} that no stage has, by process ${process.pid}`);
    for (let before = 0; before < stage; before += 1)
      if (!passed.has(before))
        this.broken.push(`the weight rose to stage ${stage + 1} before stage ${before + 1} passed`);
  }

  private judgePass(line: JournalLine): void {
    if (line.type !== 'passed') return;
    const { to, periodSeconds } = this.shape;
    const silent = this.given.alarms.filter(({ state }) => state !== 'OK').map(({ name, state }) => `${name} ${state}`);
    const where = `stage ${line.stage + 1} passed`;
    if (this.given.alarms.length === 0) this.broken.push(`${where} without asking for an alarm`);
    if (silent.length > 0) this.broken.push(`${where} with ${silent.join(', ')}`);
    if (this.given.counts[to] === undefined) this.broken.push(`${where} without a count of ${to}`);
    const age = this.seconds - (this.given.newest ?? -Infinity);
    if (age > STALE_PERIODS * periodSeconds) this.broken.push(`${where} on data that is ${Math.round(age)} s old`);
  }

  private journal(process: Process) {
    return {
      lines: this.lines,
      append: async (event: ShiftEvent, at: Date): Promise<JournalLine> =>
        process.seen(`line "${event.type}"`, () => {
          const error = this.journalError?.();
          if (error) throw error;
          const line = JSON.parse(
            JSON.stringify({ n: this.lines.length + 1, at: at.toISOString(), ...event }),
          ) as JournalLine;
          this.judgePass(line);
          this.lines.push(line);
          for (const told of this.onLine) told(line);
          return line;
        }),
    };
  }

  capacity(slot: Slot): CapacityReading {
    const { healthy, registered } = this.slot(slot);
    return { slot, healthy, registered, running: Math.max(registered, this.shape.nodes) };
  }

  alarm(name: string): AlarmReading {
    return this.deletedAlarms.has(name) ? { name, state: 'MISSING' } : this.metrics.alarm(name);
  }

  private parts(process: Process, router: TrafficRouter, lease: Lease, journal: ShiftParts['journal']): ShiftParts {
    const secondsOf = (date: Date): number => (date.getTime() - START) / 1000;
    const table = process.table(this.dynamo);
    const parts: ShiftParts = {
      router,
      lease,
      journal,
      publish: (state) =>
        process.seen('publish', () => table.writeShift(recordOf(state, WHERE, new Date(process.now()).toISOString()))),
      capacity: (slot) => process.call('capacity', () => this.capacity(slot)),
      pinFloor: () => process.call('pinFloor', () => undefined),
      alarms: (names) =>
        process.call('alarms', () => {
          this.given.alarms = names.map((name) => this.alarm(name));
          return [...this.given.alarms];
        }),
      counts: (from, to) =>
        process.call('counts', () => {
          this.given.counts = this.metrics.counts(secondsOf(from), secondsOf(to));
          this.given.newest = this.metrics.newest();
          return this.given.counts;
        }),
      minutes: [
        (from, to) =>
          process.call('minutes', () => {
            this.given.newest = this.metrics.newest();
            return this.metrics.minutes(secondsOf(from), secondsOf(to));
          }),
      ],
      ...(this.shape.deadManSeconds !== undefined && {
        deadMan: new DeadManTimer(RUN, this.shape.deadManSeconds, {
          schedule: {
            arm: (fire) => process.call('schedule arm', () => this.schedule.arm(fire)),
            disarm: () => process.call('schedule disarm', () => this.schedule.disarm()),
          },
          now: process.now,
          isPassing: (error) => errorKind(error) === 'passing',
          tell: () => undefined,
        }),
      }),
      now: process.now,
      sleep: process.sleep,
      kindOf: errorKind,
      interrupted: () => this.interrupted,
      told: { event: () => undefined, watching: () => undefined, waiting: () => undefined },
    };
    return this.mutate(parts, this);
  }

  private holder(process: Process, command: string): LockHolder {
    const since = new Date(process.now()).toISOString();
    return { run: RUN, command, host: process.host, pid: process.pid, by: 'arn:someone', since, doing: '' };
  }

  private surroundings(process: Process) {
    const isAlive = (pid: number): boolean => this.alive.get(pid)?.isAlive === true;
    return { now: process.now, sleep: process.sleep, isAlive };
  }
  private readonly alive = new Map<number, Process>();

  /** A command as a process: it ends, or it is killed. */
  private async command(process: Process, act: () => Promise<Ended>): Promise<Ended> {
    this.alive.set(process.pid, process);
    const acting = act().catch((error: unknown): Ended => {
      if (error instanceof KongDualClusterError) return { code: error.exitCode, message: error.message };
      // What the network or the disk says ends a command with 1; what is wrong in the code is no end.
      if (error instanceof TypeError || error instanceof RangeError || error instanceof ReferenceError) throw error;
      return { code: EXIT.error, message: String(error) };
    });
    const killed = process.death.then((): Ended => ({ code: 'killed', message: '' }));
    const ended = await Promise.race([acting, killed]);
    process.kill();
    return ended;
  }

  /** Lets time pass until a command has ended. */
  until<T>(promise: Promise<T>): Promise<T> {
    return this.clock.until(promise);
  }

  /** `shift start`: preflight, lock, journal, run. */
  start(process = this.process()): Promise<Ended> {
    return this.command(process, async () => {
      const { from, to, stages, minRequests, maxExtensionSeconds, periodSeconds, deadManSeconds } = this.shape;
      const table = process.table(this.dynamo);
      const router = this.router(process);
      const lease = await takeLock(table as never, this.holder(process, 'shift start'), this.surroundings(process));
      try {
        const reading = await router.read();
        const record = await table.readShift();
        const alarms = alarmsOf(to);
        const before = await process.call('minutes', () =>
          this.metrics.minutes(-HISTORY_PERIODS * periodSeconds, this.seconds),
        );
        const gates = gatePolicyOf(
          { ...SETTINGS, whenInconclusive: 'hold' },
          { splits: router.capabilities.splits, stickySeconds: reading.stickySeconds },
          dispersionsOf([before], from),
          dispersionsOf([before], from, 'inTime'),
        );
        const watched = surveillance({
          policy: gates,
          from,
          to,
          limits: { minRequests, maxExtensionSeconds },
          stages,
          router: router.capabilities,
          reading,
          readings: [before],
          silent: [],
          hasSourceWithoutPast: false,
          ...(deadManSeconds !== undefined && { deadManSeconds }),
          periodSeconds,
          deadMan: 'possible',
          deployEdge: 'npx cdk deploy kong-edge --exclusively',
        });
        const findings = preflight({
          from,
          to,
          isNamed: true,
          periodSeconds,
          plan: TrafficPlan.custom(stages),
          smallestShare: smallestShare(router.capabilities.scale),
          reading,
          ...(record && { record }),
          alarms: await process.call('alarms', () => alarms.map((name) => this.alarm(name))),
          capacity: { rising: this.capacity(to), other: this.capacity(from) },
          now: process.now(),
          configWrites: 'dualApply',
          maxExtensionSeconds,
        });
        const against = [...findings, ...watched].filter(({ ok }) => !ok).map(({ what, found }) => `${what}: ${found}`);
        if (against.length > 0) return { code: EXIT.preflightRefused, message: against.join('\n') };
        const journal = this.journal(process);
        const first = await journal.append(
          {
            type: 'started',
            run: RUN,
            system: 'kong',
            from,
            to,
            stages,
            minRequests,
            maxExtensionSeconds,
            gates,
            router: router.capabilities.name,
            scale: router.capabilities.scale,
            periodSeconds,
            ...(deadManSeconds !== undefined && { deadManSeconds }),
            alarms,
            account: this.account,
            region: 'eu-central-1',
            stackIds: {},
            weightsBefore: reading.places[0]!.weights,
            reading,
          },
          new Date(process.now()),
        );
        return await this.drive(process, router, lease, journal, fold([first]));
      } finally {
        await lease.release().catch(() => undefined);
      }
    });
  }

  /** `shift resume`, on the machine of the journal. */
  resume(process = this.process()): Promise<Ended> {
    return this.command(process, async () => {
      const table = process.table(this.dynamo);
      const record = await table.readShift();
      if (this.lines.length === 0 || (record && isFinished(record.phase)))
        return { code: EXIT.usage, message: 'there is no shift to go on with' };
      const lease = await takeLock(table as never, this.holder(process, 'shift resume'), this.surroundings(process), {
        replaceSilent: true,
      });
      try {
        // It may have ended while the lock was being waited for.
        const now = await table.readShift();
        if (now && isFinished(now.phase)) return { code: EXIT.usage, message: 'there is no shift to go on with' };
        const state = fold(this.lines);
        refuseElsewhere(state.start, { account: this.account, region: 'eu-central-1' });
        if (state.phase === 'rollback failed') return { code: EXIT.rollbackFailed, message: state.reason ?? '' };
        const event = { type: 'resumed', by: 'arn:someone' } as const;
        const journal = this.journal(process);
        await journal.append(event, new Date(process.now()));
        return await this.drive(process, this.router(process), lease, journal, after(state, event));
      } finally {
        await lease.release().catch(() => undefined);
      }
    });
  }

  private async drive(
    process: Process,
    router: TrafficRouter,
    lease: Lease,
    journal: ShiftParts['journal'],
    state: ShiftState,
  ): Promise<Ended> {
    const parts = this.parts(process, router, lease, journal);
    await parts.publish(state);
    let ended: ShiftState;
    try {
      ended = await runShift(state, parts);
    } catch (error) {
      const record = await process.table(this.dynamo).readShift();
      if (!(error instanceof KongDualClusterError) || error.code !== 'LOCK_LOST' || record?.phase !== 'rolled back')
        throw error;
      ended = { ...fold(this.lines), phase: 'rolled back', weights: record.weightsBefore, reason: record.reason ?? '' };
    }
    const code = this.interrupted && ended.phase === 'held' ? EXIT.interrupted : (EXIT_OF[ended.phase] ?? EXIT.error);
    return { code, message: reportText(shiftReport(ended, this.lines, 'run.ndjson')), state: ended };
  }

  /** `shift abort`, the one command that restores the old slot. @param elsewhere from a machine without the journal */
  abort(
    options: { readonly force?: boolean; readonly elsewhere?: boolean; readonly skewMs?: number } = {},
  ): Promise<Ended> {
    const { force = false, elsewhere = false, skewMs = 0 } = options;
    const process = this.process(elsewhere ? 'elsewhere' : 'here', skewMs);
    return this.command(process, async () => {
      const lock = await process
        .table(this.dynamo)
        .readLock()
        .catch(() => undefined);
      const result = await abort(
        {
          router: this.router(process),
          table: process.table(this.dynamo),
          capacity: (slot) => process.call('capacity', () => this.capacity(slot)),
          now: process.now,
          sleep: process.sleep,
        },
        {
          by: 'arn:someone',
          otherwise: this.shape.from,
          force,
          ...(!elsewhere && { saved: () => Promise.resolve(this.savedReading()) }),
        },
      );
      const ownerLives = lock !== undefined && this.alive.get(lock.pid)?.isAlive === true;
      if (!elsewhere && !ownerLives && result.record) this.noteAbort(result);
      return { code: EXIT.done, message: `put back in ${result.seconds} s` };
    });
  }

  private savedReading(): RouterReading | undefined {
    const [first] = this.lines;
    return first?.type === 'started' ? (first.reading as RouterReading) : undefined;
  }

  private noteAbort({ seconds, record }: AbortResult): void {
    if (this.lines.length === 0 || this.lines.at(-1)?.type === 'rolled back') return;
    const events: ShiftEvent[] = [
      { type: 'rolling back', why: record?.reason ?? 'aborted' },
      { type: 'rolled back', seconds, by: 'person' },
    ];
    for (const event of events)
      this.lines.push({ n: this.lines.length + 1, at: new Date(this.clock.now).toISOString(), ...event });
  }
}

/** What the settings say of the gates when they say nothing. */
const SETTINGS = shiftSettings.parse({});
const WHERE = { startedAt: new Date(START).toISOString(), host: 'here', journal: 'run.ndjson' };
/** Periods without a new data point after which nothing may pass any more. */
const STALE_PERIODS = 8;

const EXIT_OF: Readonly<Partial<Record<ShiftPhase, ExitCode>>> = {
  done: EXIT.done,
  'rolled back': EXIT.rolledBack,
  held: EXIT.inconclusive,
  conflict: EXIT.conflict,
  'rollback failed': EXIT.rollbackFailed,
};

function actionsOf(groups: Readonly<Record<Slot, string>>, { blue, green }: Weights, isAuthenticated: boolean) {
  const forward = {
    Type: 'forward' as const,
    ForwardConfig: {
      TargetGroups: [
        { TargetGroupArn: groups.blue, Weight: blue },
        { TargetGroupArn: groups.green, Weight: green },
      ],
    },
  };
  if (!isAuthenticated) return [forward];
  const login = {
    Type: 'authenticate-oidc' as const,
    Order: 1,
    AuthenticateOidcConfig: {
      Issuer: 'https://login.example.com',
      AuthorizationEndpoint: 'https://login.example.com/a',
      TokenEndpoint: 'https://login.example.com/t',
      UserInfoEndpoint: 'https://login.example.com/u',
      ClientId: 'kong',
    },
  };
  return [login, { ...forward, Order: 2 }];
}
