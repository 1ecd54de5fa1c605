import type { Action } from '@aws-sdk/client-elastic-load-balancing-v2';
import { EXIT, KongDualClusterError } from '../../errors';
import { weightsOf, withWeights, type TargetGroups } from '../../traffic/rule-actions';
import { allOn, sameShare, SLOTS, validateWeights, type Slot, type Weights } from '../../traffic/weights';
import { conflict, has, refuseNothing } from '../failures';
import { inGroups } from '../in-groups';
import type {
  MayWrite,
  PlaceReading,
  Receipt,
  RouterCapabilities,
  RouterReading,
  TrafficRouter,
  Verification,
  WeightChange,
} from '../router';
import { writeInTime } from '../write-in-time';

/** Writes under way at once: AWS throttles per account and region. */
const WRITES_AT_ONCE = 4;
/** Places that are asked for at once; AWS names no limit, a request must stay a request. */
const PLACES_A_CALL = 20;
/** Group stickiness without a duration lasts at most as long as the longest one, seconds (7 days). */
const LONGEST_STICKINESS = 604_800;

/** What an action list of a load balancer hangs on. */
export interface ActionLists {
  /** As it is called in a message: `a weighted rule`. */
  readonly what: string;
  /** Operation that writes, for messages: `ModifyRule`. */
  readonly operation: string;
  /** What a person runs to mend a list that was overwritten, and a place that is gone. */
  readonly remedies: { readonly changed: string; readonly missing: string };
  /** Action lists of at most 20 places, page by page; a place that is not there is absent or the call fails with `…NotFound…`. */
  read(ids: readonly string[]): Promise<ReadonlyMap<string, readonly Action[]>>;
  write(id: string, actions: Action[], signal: AbortSignal): Promise<void>;
}

export interface WeightedPlaces {
  /** Places that split the traffic, each between both target groups. */
  readonly ids: readonly string[];
  readonly targetGroups: TargetGroups;
  /** A place that is never split: it follows when one slot has everything. */
  readonly follower?: { readonly id: string; readonly targetGroups: TargetGroups };
}

/** Weighted target groups in action lists of a load balancer: rules of an ALB, default actions of an NLB. */
export class WeightedActionsRouter implements TrafficRouter {
  constructor(
    readonly capabilities: RouterCapabilities,
    private readonly lists: ActionLists,
    private readonly props: WeightedPlaces,
  ) {}

  /** @throws KongDualClusterError ROUTER_RULE_MISSING, ROUTER_RULE_CHANGED (exit 6) */
  async read(): Promise<RouterReading> {
    const { ids, targetGroups, follower } = this.props;
    const lists = await this.actions([...ids, ...(follower ? [follower.id] : [])]);
    const places = ids.map((id) => this.placeOf(lists, id, targetGroups));
    return {
      router: this.capabilities.name,
      places,
      followers: follower ? [this.placeOf(lists, follower.id, follower.targetGroups)] : [],
      stickySeconds: Math.max(0, ...places.map(({ verbatim }) => stickySeconds(verbatim as Action[]))),
    };
  }

  /** @throws KongDualClusterError ROUTER_CONFLICT (exit 6), and those of `read` */
  async apply({ expected, to, mayWrite }: WeightChange): Promise<Receipt> {
    validateWeights(to);
    const before = await this.read();
    const foreign = before.places.filter(
      ({ weights }) => ![...expected, to].some((known) => sameShare(known, weights)),
    );
    if (foreign.length > 0) throw conflict(foreign, expected);
    const written = await this.write(before, () => to, followed(to), mayWrite);
    const { holds, reading, differences } = await this.verify(to);
    if (!holds) {
      throw conflict(
        reading.places.filter(({ weights }) => !sameShare(weights, to)),
        [to],
        differences,
      );
    }
    return { written };
  }

  async verify(weights: Weights): Promise<Verification> {
    const reading = await this.read();
    const whole = followed(weights);
    const differences = [
      ...reading.places.filter((place) => !sameShare(place.weights, weights)),
      ...reading.followers.filter((place) => whole !== undefined && wholeSlot(place.weights) !== wholeSlot(whole)),
    ].map(has);
    return { holds: differences.length === 0, reading, differences };
  }

  /**
   * Puts the weights of a reading back. Into the live action lists, so that what a deployment changed beside the weights
   * since then stays; the list of the reading itself is written where a rule does not split between these groups any
   * more, or cannot be read.
   */
  async restore(reading: RouterReading, mayWrite?: MayWrite): Promise<Receipt> {
    refuseNothing([...reading.places, ...reading.followers].map(({ weights }) => weights));
    let live: RouterReading;
    try {
      live = await this.read();
    } catch {
      const all = [...reading.places, ...reading.followers];
      await inGroups(all, WRITES_AT_ONCE, mayWrite, (place) => this.modify(place.id, place.verbatim as Action[]));
      return { written: all.map(({ id }) => id) };
    }
    const saved = new Map([...reading.places, ...reading.followers].map((place) => [place.id, place.weights]));
    const target = (place: PlaceReading): Weights => saved.get(place.id) ?? reading.places[0]?.weights ?? place.weights;
    return { written: await this.write(live, target, undefined, mayWrite, target) };
  }

  private async write(
    live: RouterReading,
    weightsOfPlace: (place: PlaceReading) => Weights,
    follow: Weights | undefined,
    mayWrite: MayWrite | undefined,
    weightsOfFollower?: (place: PlaceReading) => Weights,
  ): Promise<string[]> {
    const { targetGroups, follower } = this.props;
    const changes = [
      ...live.places.map((place) => ({ place, weights: weightsOfPlace(place), targetGroups })),
      ...live.followers.flatMap((place) => {
        const weights = weightsOfFollower?.(place) ?? follow;
        return weights && follower ? [{ place, weights, targetGroups: follower.targetGroups }] : [];
      }),
    ].filter(({ place, weights }) => !sameShare(place.weights, weights));
    await inGroups(changes, WRITES_AT_ONCE, mayWrite, ({ place, weights, targetGroups: groups }) =>
      this.modify(place.id, withWeights(place.verbatim as Action[], groups, weights)),
    );
    return changes.map(({ place }) => place.id);
  }

  private async modify(id: string, actions: readonly Action[]): Promise<void> {
    await writeInTime(`${this.lists.operation} of ${id}`, (signal) => this.lists.write(id, writable(actions), signal));
  }

  private async actions(ids: readonly string[]): Promise<Map<string, readonly Action[]>> {
    const found = new Map<string, readonly Action[]>();
    for (let i = 0; i < ids.length; i += PLACES_A_CALL) {
      const some = ids.slice(i, i + PLACES_A_CALL);
      try {
        for (const [id, actions] of await this.lists.read(some)) found.set(id, actions);
      } catch (error) {
        if (error instanceof Error && /^(Rule|Listener|LoadBalancer)NotFound/.test(error.name)) {
          throw this.missing(some.join(', '), error);
        }
        throw error;
      }
    }
    return found;
  }

  private placeOf(lists: ReadonlyMap<string, readonly Action[]>, id: string, targetGroups: TargetGroups): PlaceReading {
    const actions = lists.get(id);
    if (actions === undefined) throw this.missing(id);
    const weights = weightsOf(actions, targetGroups);
    if (weights !== undefined) return { id, weights, verbatim: actions };
    throw new KongDualClusterError(
      'ROUTER_RULE_CHANGED',
      `${this.lists.what} does not split between blue and green any more`,
      {
        found: `${id} forwards to ${JSON.stringify(actions.map(({ ForwardConfig }) => ForwardConfig?.TargetGroups))}`,
        remedy: this.lists.remedies.changed,
        exitCode: EXIT.conflict,
      },
    );
  }

  private missing(ids: string, cause?: unknown): KongDualClusterError {
    return new KongDualClusterError('ROUTER_RULE_MISSING', `${this.lists.what} is gone`, {
      found: `not all of these are there: ${ids}`,
      remedy: this.lists.remedies.missing,
      exitCode: EXIT.conflict,
      cause,
    });
  }
}

/** What a place that is never split gets: everything on the slot that has everything, else no change. */
function followed(weights: Weights): Weights | undefined {
  const slot = wholeSlot(weights);
  return slot && allOn(slot);
}

const wholeSlot = (weights: Weights): Slot | undefined =>
  SLOTS.find((slot) => weights[slot] > 0 && SLOTS.every((other) => other === slot || weights[other] === 0));

const stickySeconds = (actions: readonly Action[]): number =>
  Math.max(
    0,
    ...actions.map(({ ForwardConfig }) => {
      const { Enabled, DurationSeconds } = ForwardConfig?.TargetGroupStickinessConfig ?? {};
      return Enabled ? (DurationSeconds ?? LONGEST_STICKINESS) : 0;
    }),
  );

/** AWS never gives the client secret back, and a write without it must say that it stays (AuthenticateOidcActionConfig). */
const writable = (actions: readonly Action[]): Action[] =>
  actions.map((action) =>
    action.AuthenticateOidcConfig
      ? { ...action, AuthenticateOidcConfig: { ...action.AuthenticateOidcConfig, UseExistingClientSecret: true } }
      : action,
  );
