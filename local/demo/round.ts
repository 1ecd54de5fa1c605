import { DescribeDBSnapshotsCommand, RDSClient } from '@aws-sdk/client-rds';
import type { Slot } from '../../lib/traffic/weights';
import { CommandFailed } from './commands';
import { until, type Gateway } from './gateway';
import { testerToken } from './common';
import { OWNERS_ALARM, OwnersAlarm } from './owners-alarm';
import type { Moment, ShiftReport } from './report/data';
import { duration, percent } from './report/words';
import type { DemoRun } from './run';
import { clientOptions, refuseOtherAnswers, refuseOtherRows } from './run';
import type { MetricsOf } from './slot-metrics';
import { deviation, withinSigma } from './stage-share';
import type { Step } from './steps';
import type { RoundResult, StageSeen } from './summary';

/** Where requests and writes go in, as the edge's stack publishes it. */
export interface Gate extends MetricsOf {
  readonly proxyUrl: string;
  readonly adminUrl: string;
  readonly ruleArns: readonly string[];
  readonly testerHeader: string;
  readonly testerSecretArn: string;
}

export interface RoundOptions {
  /** From 1. */
  readonly number: number;
  readonly from: Slot;
  readonly to: Slot;
  /** Kong versions in the settings. */
  readonly before: string;
  readonly version: string;
  /** A first shift is breached by an alarm half-way and must be back before the second one. */
  readonly rollsBackFirst: boolean;
}

/** The share at which the first shift is breached, and how long after the stage began, milliseconds. */
const BREACH = { share: 0.5, after: 2500 };
/** How long after the rollback it is looked at again, milliseconds. */
const STAYS_BACK_MS = 2000;
/** Without a request for this long a slot is idle; AWS needs minutes, because its counts come by the minute. */
const IDLE_FOR = '4s';
const NODES = 2;

/** What `shift start --output json` prints, as far as it is read here. */
interface ShiftSaid {
  readonly outcome: string;
  readonly rollbackSeconds?: number;
  readonly stages: readonly {
    readonly slot: Slot;
    readonly shareSet: number;
    readonly shareSeen: number | null;
    readonly requests: number;
    readonly outcome: string;
  }[];
}

type Mutable<T> = { -readonly [K in keyof T]: T[K] };

/** One upgrade from slot to slot with everything that belongs to it; both rounds of the demo are this one function. */
export class Round {
  readonly moments: Moment[] = [];
  readonly shifts: ShiftReport[] = [];
  isComplete = false;
  private readonly found: Mutable<RoundResult>;
  private begun = false;

  constructor(
    private readonly run: DemoRun,
    private readonly gate: () => Gate,
    private readonly options: RoundOptions,
  ) {
    const { from, to, version } = options;
    this.found = {
      from,
      to,
      version,
      rows: { atSnapshot: {}, green: {} },
      comparison: { compared: 0, alike: 0, different: [] },
      stages: [],
      rolledBack: false,
      versions: [],
    };
  }

  /** @returns undefined when the round was not begun */
  result(): (RoundResult & { readonly faults: readonly string[] }) | undefined {
    return this.begun ? { ...this.found, faults: this.faults() } : undefined;
  }

  /**
   * Of a fair split one stage in 370 lies outside three σ, so one run in 45 has such a stage; it is shown, and is no fault.
   * Outside four σ lies one run in 2000: that is one.
   */
  private faults(): string[] {
    return this.found.stages.flatMap(({ slot, shareSet, shareSeen, requests }) =>
      withinSigma(4, shareSet, shareSeen ?? undefined, requests) === false
        ? [`share set on ${slot} ${percent(shareSet)}, seen ${percent(shareSeen ?? 0, 2)} of ${requests} requests`]
        : [],
    );
  }

  steps(): Step<DemoRun>[] {
    const { number, from, to, version, before, rollsBackFirst } = this.options;
    const step = (short: string, title: string, run: (show: (line: string) => void) => Promise<string | void>) => ({
      title,
      short,
      round: number,
      run: (_: DemoRun, show: (line: string) => void) => {
        this.begun = true;
        return run(show);
      },
    });
    return [
      step('freeze', 'freeze config writes', (show) => this.freeze(show)),
      step('snapshot', `take a snapshot of ${from}'s database`, (show) => this.snapshot(show)),
      step(to, `deploy the ${to} cluster (Kong ${version}) from it`, async (show) => {
        await this.run.addSlot(to, version, { count: NODES });
        await this.run.deploy([`kong-${to}`], show);
      }),
      step('compare', `call ${to} through the tester header and compare it with ${from}`, (show) => this.compare(show)),
      ...(rollsBackFirst
        ? [step('rolled back', `shift to ${to}, breached half-way by an alarm`, (show) => this.shiftAndBreach(show))]
        : []),
      step('shift', `shift ${from} ${before} → ${to} ${version}: 5 → 25 → 50 → 100 %, soak`, (show) =>
        this.shift(show),
      ),
      step('teardown', `tear ${from} down, keep its final snapshot`, (show) => this.teardown(show)),
      step('unfreeze', 'unfreeze config writes, write again', (show) => this.unfreeze(show)),
    ];
  }

  private admin(slot?: Slot): Gateway {
    return this.run.gateway(this.gate().adminUrl, slot === undefined ? {} : { 'X-Kong-Slot': slot });
  }

  private async write(consumer: string): Promise<number> {
    const path = `/consumers/${consumer}`;
    return (await this.admin().send({ name: consumer, method: 'PUT', path, body: '{"tags":["demo"]}' })).status;
  }

  private async freeze(show: (line: string) => void): Promise<string> {
    await this.run.kongDualCluster(['freeze', '--for', '1h', '--reason', 'demo'], show);
    const status = await this.write(`frozen-${this.options.number}`);
    if (status !== 423) throw new Error(`a write during the freeze was answered with ${status} instead of 423`);
    return 'a write is answered 423';
  }

  private async snapshot(show: (line: string) => void): Promise<string> {
    const { from, to } = this.options;
    const atSnapshot = await this.admin(from).count();
    this.found.rows = { ...this.found.rows, atSnapshot };
    await this.run.kongDualCluster(['snapshot', '--for', to], show);
    return `${Object.values(atSnapshot).reduce((sum, count) => sum + count, 0)} rows`;
  }

  private async compare(show: (line: string) => void): Promise<string> {
    const { from, to, before, version } = this.options;
    const { testerHeader, testerSecretArn, proxyUrl } = this.gate();
    const idle = this.run.gateway(proxyUrl, {
      [testerHeader]: `${to}-${await testerToken(this.run, testerSecretArn)}`,
    });
    const first = { name: 'first', method: 'GET', path: '/nowhere' };
    await until(`an answer of ${to}`, 60, async () => (await idle.send(first)).status === 404);
    show(`counting rows on ${to}`);
    this.found.rows = { ...this.found.rows, green: await this.admin(to).count() };
    refuseOtherRows(this.found.rows);
    show('comparing answers');
    this.found.comparison = await this.run.compareSlots(this.run.gateway(proxyUrl), idle);
    refuseOtherAnswers(this.found.comparison);
    this.found.versions = [
      { slot: from, settings: before, reported: await this.admin(from).version() },
      { slot: to, settings: version, reported: await this.admin(to).version() },
    ];
    const said = this.found.versions.map(({ slot, reported }) => `${slot} says it is ${reported}`);
    return `${this.found.comparison.alike} answers alike; ${said.join(', ')}`;
  }

  /** The alarm is set by hand, as a person would in a game day: nothing is wrong with the new slot. */
  private async shiftAndBreach(show: (line: string) => void): Promise<string> {
    const { watch, options, epoch } = this.run;
    if (watch === undefined) throw new Error('nobody watches the weights');
    const { from, to } = this.options;
    const alarm = new OwnersAlarm(this.run);
    const at = Date.now();
    const shift = this.startShift(show).then(
      () => new Error('the shift was not rolled back'),
      (error: unknown) => error,
    );
    const ended = shift.then((error) => {
      throw error;
    });
    const reached = watch.until((weights) => weights[to] >= 100 * BREACH.share, 60, options.signal);
    await Promise.race([reached, ended]);
    await Promise.race([new Promise((resolve) => setTimeout(resolve, BREACH.after)), ended]);
    show(`an alarm of the owner's (${OWNERS_ALARM}) is set to ALARM by hand`);
    const breached = await alarm.set('ALARM');
    const back = await watch.until((weights) => weights[to] === 0 && weights[from] > 0, 30, options.signal);
    const seconds = Math.round((back - breached) / 10) / 100;

    const failed = await shift;
    if (!(failed instanceof CommandFailed) || failed.exitCode !== 3) throw failed;
    const said = JSON.parse(failed.stdout) as ShiftSaid;
    if (said.outcome !== 'rolled back') throw new Error(`the shift ended as ${said.outcome}`);
    // Back is only what stays back.
    await new Promise((resolve) => setTimeout(resolve, STAYS_BACK_MS));
    await watch.until((weights) => weights[to] === 0 && weights[from] > 0, 0.5, options.signal);
    this.found.rolledBack = true;
    this.found.rollback = { seconds, secondsOfCommand: said.rollbackSeconds ?? null, shareBefore: BREACH.share };
    this.moments.push(
      { at: (breached - epoch) / 1000, label: 'an alarm is set to ALARM', tone: 'bad' },
      { at: (back - epoch) / 1000, label: `back on ${from} in ${duration(seconds)}` },
    );
    this.keep(said, at, `rolled back on purpose: 100/0 seen ${duration(seconds)} after the alarm`);
    await alarm.set('OK');
    if (seconds >= 5) throw new Error(`the rollback took ${seconds} s from the breach, and 5 are promised`);
    return `an alarm of the owner's was set to ALARM by hand; back on ${from} after ${seconds} s`;
  }

  private async shift(show: (line: string) => void): Promise<string> {
    const { to } = this.options;
    const at = Date.now();
    const said = JSON.parse(await this.startShift(show)) as ShiftSaid;
    if (said.outcome !== 'done') throw new Error(`the shift ended as ${said.outcome}`);
    this.keep(said, at, `done: ${to} takes everything`, 'good');
    return said.stages.map(({ shareSeen }) => (shareSeen === null ? '?' : percent(shareSeen))).join(' → ');
  }

  private startShift(show: (line: string) => void): Promise<string> {
    return this.run.kongDualCluster(['shift', 'start', '--to', this.options.to, '--output', 'json'], show);
  }

  private keep(said: ShiftSaid, began: number, outcome: string, tone?: 'good'): void {
    const { number, to, rollsBackFirst } = this.options;
    const shift = this.shifts.length + 1;
    const stages = said.stages.map(({ slot, shareSet, shareSeen, requests, outcome }): StageSeen => {
      const sigma = requests > 0 ? deviation(shareSet, requests) : null;
      const withinThreeSigma = withinSigma(3, shareSet, shareSeen ?? undefined, requests) ?? null;
      return { shift, slot, shareSet, shareSeen, requests, outcome, sigma, withinThreeSigma };
    });
    this.found.stages = [...this.found.stages, ...stages];
    const name = `Round ${number === 1 ? 'one' : 'two'}`;
    this.shifts.push({
      title: rollsBackFirst ? `${name}, ${shift === 1 ? 'first' : 'second'} shift` : name,
      to,
      from: (began - this.run.epoch) / 1000,
      until: (Date.now() - this.run.epoch) / 1000,
      outcome,
      ...(tone ? { tone } : {}),
      stages: stages.map(({ slot, shareSet, shareSeen, requests, sigma, withinThreeSigma, outcome }) => ({
        slot,
        shareSet,
        shareSeen: shareSeen ?? undefined,
        requests,
        bound: sigma === null ? undefined : 3 * sigma,
        within: withinThreeSigma ?? undefined,
        note: outcome === 'passed' ? '' : outcome,
      })),
    });
  }

  private async teardown(show: (line: string) => void): Promise<string> {
    const { from } = this.options;
    const token = await this.teardownToken(show);
    const printed = await this.run.kongDualCluster(
      ['teardown', '--slot', from, '--token', token, '--idle-for', IDLE_FOR, '--output', 'json'],
      show,
    );
    const { finalSnapshot } = JSON.parse(printed) as { finalSnapshot?: { id: string } };
    if (finalSnapshot === undefined) throw new Error(`the teardown of ${from} left no final snapshot`);
    const rds = new RDSClient(clientOptions(this.run));
    const { DBSnapshots = [] } = await rds.send(
      new DescribeDBSnapshotsCommand({ DBSnapshotIdentifier: finalSnapshot.id }),
    );
    if (DBSnapshots[0]?.Status !== 'available')
      throw new Error(`the final snapshot ${finalSnapshot.id} is ${DBSnapshots[0]?.Status ?? 'gone'}`);
    this.found.teardown = { slot: from, finalSnapshot: finalSnapshot.id };
    return `final snapshot ${finalSnapshot.id} is available`;
  }

  private async teardownToken(show: (line: string) => void): Promise<string> {
    const printed = await this.run.kongDualCluster(['plan', '--output', 'json'], show);
    const { teardown } = (JSON.parse(printed) as { shift: { teardown: { slot: Slot; token: string | null } } }).shift;
    if (teardown.slot !== this.options.from || teardown.token === null)
      throw new Error(`plan prints no token for ${this.options.from}, found: ${JSON.stringify(teardown)}`);
    return teardown.token;
  }

  private async unfreeze(show: (line: string) => void): Promise<string> {
    await this.run.kongDualCluster(['unfreeze'], show);
    const status = await this.write(`after-round-${this.options.number}`);
    if (status >= 300) throw new Error(`a write after the freeze was answered with ${status}`);
    this.isComplete = true;
    return `a write is answered ${status}`;
  }
}
