import { EXIT, KongDualClusterError } from '../errors';
import { durationOf } from '../traffic/duration';
import { told } from './failures';

/** A timer outside this process; it fires by itself and is told when it need not. */
export interface DeadMan {
  /** An earlier process of this run has set it, and it may stand still: it is moved on at the next sign of life. */
  takeOver(): void;
  /** A sign of life; returns at once, moves the timer at most every {@link renewSeconds}. What fails is told. */
  renew(): void;
  /** Before a raise: the timer stands, and was moved not long ago. @throws KongDualClusterError DEAD_MAN_NOT_ARMED, or the
   *  error of AWS that may pass by itself */
  mustBeArmed(): Promise<void>;
  /** Takes the timer away, and says so where the traffic stays split; when that fails, when it will fire is told. */
  disarm(stays: boolean): Promise<void>;
}

export interface DeadManParts {
  readonly schedule: {
    arm(fire: { readonly run: string; readonly why: string; readonly at: Date }): Promise<void>;
    disarm(): Promise<void>;
  };
  now(): number;
  /** Whether AWS may answer again by itself. */
  isPassing(error: unknown): boolean;
  /** Says it to people, now. */
  tell(what: string): void;
}

/** How often a timer is moved, seconds: EventBridge Scheduler counts minutes, and a fifth of it leaves room for four misses. */
export const renewSeconds = (seconds: number): number => Math.min(60, seconds / 5);

/**
 * The dead-man timer of one run. It is set to now + `seconds` before the first raise, moved on through bakes, and taken away
 * when the run ends by itself. A runner that was killed, hangs or lost its network moves it no more, and the edge's
 * rollback machine puts the weights back.
 */
export class DeadManTimer implements DeadMan {
  private armedAt: number | undefined;
  private firesAt: Date | undefined;
  private triedAt = -Infinity;
  private failure: unknown;
  private underWay: Promise<void> | undefined;
  private isOver = false;

  constructor(
    private readonly run: string,
    private readonly seconds: number,
    private readonly parts: DeadManParts,
  ) {}

  /** When it fires, if nobody gives a sign of life; undefined while none stands. */
  get fires(): Date | undefined {
    return this.firesAt;
  }

  takeOver(): void {
    this.armedAt ??= -Infinity;
  }

  renew(): void {
    // Only what was armed is renewed: a shift that waits before its first raise has nothing to bring back.
    if (this.armedAt === undefined || this.underWay || !this.isDue(this.triedAt)) return;
    void this.arm();
  }

  async mustBeArmed(): Promise<void> {
    await this.underWay;
    if (this.armedAt !== undefined && this.failure === undefined && !this.isDue(this.armedAt)) return;
    await this.arm();
    if (this.failure === undefined) return;
    if (this.parts.isPassing(this.failure)) throw this.failure as Error;
    throw new KongDualClusterError('DEAD_MAN_NOT_ARMED', 'the dead-man timer cannot be set, so nothing is raised', {
      found: told(this.failure),
      remedy:
        'allow scheduler:CreateSchedule, UpdateSchedule, DeleteSchedule, GetSchedule and iam:PassRole, then shift resume; without the timer: shift abort, and a new start with shift.deadMan: off',
      exitCode: EXIT.inconclusive,
      cause: this.failure,
    });
  }

  async disarm(stays: boolean): Promise<void> {
    this.isOver = true;
    await this.underWay;
    if (this.armedAt === undefined && this.failure === undefined) return;
    try {
      await this.parts.schedule.disarm();
      this.armedAt = undefined;
      this.firesAt = undefined;
      if (stays) this.parts.tell('the dead-man timer is taken away: the traffic stays as it is until somebody comes');
    } catch (error) {
      const at = this.firesAt?.toISOString().slice(11, 16) ?? 'its time';
      this.parts.tell(
        `the dead-man timer could not be taken away (${told(error)}): unless the run has ended by then, everything goes back at ${at} UTC`,
      );
    }
  }

  private isDue(since: number): boolean {
    return this.parts.now() - since >= renewSeconds(this.seconds) * 1000;
  }

  private arm(): Promise<void> {
    const begun = this.parts.now();
    const at = new Date(Math.ceil(begun / 1000 + this.seconds) * 1000);
    const why = `no sign of life of run ${this.run} for ${durationOf(this.seconds)}`;
    this.triedAt = begun;
    this.underWay = this.parts.schedule
      .arm({ run: this.run, why, at })
      .then(() => {
        this.armedAt = begun;
        this.firesAt = at;
        this.failure = undefined;
      })
      .catch((error: unknown) => {
        this.failure = error;
        if (this.isOver) return;
        const still = this.firesAt ? `; as it is, it fires at ${this.firesAt.toISOString().slice(11, 16)} UTC` : '';
        this.parts.tell(`the dead-man timer was not moved on: ${told(error)}${still}`);
      })
      .finally(() => (this.underWay = undefined));
    return this.underWay;
  }
}
