import {
  DescribeRulesCommand,
  ModifyRuleCommand,
  type Action,
  type ElasticLoadBalancingV2Client,
  type Rule,
} from '@aws-sdk/client-elastic-load-balancing-v2';
import { EXIT, KongDualClusterError } from '../../errors';
import { weightsOf, withWeights, type TargetGroups } from '../../traffic/rule-actions';
import { allOn, ELB_SCALE, sameShare, SLOTS, validateWeights, type Slot, type Weights } from '../../traffic/weights';
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

export interface AlbRouterProps {
  /** Listener rules that split the proxy's traffic, each between both target groups. */
  readonly ruleArns: readonly string[];
  readonly targetGroups: TargetGroups;
  /** A rule that is never split: the Admin API's. It follows when one slot has everything. */
  readonly follower?: { readonly ruleArn: string; readonly targetGroups: TargetGroups };
}

/** Rules a DescribeRules is asked for at once; AWS names no limit, a request must stay a request. */
const RULES_A_CALL = 20;
/** ModifyRule calls under way at once: AWS throttles per account and region. */
const WRITES_AT_ONCE = 4;
/**
 * A write, retries of the SDK included, is given up after this long, milliseconds: one that came later could undo what
 * `abort` has put back in between (its LATE_WRITE_MS is longer).
 */
const WRITE_MS = 2500;

/**
 * Weighted target groups of an Application Load Balancer.
 *
 * atomic  one ModifyRule changes both weights of a rule at once; several rules are written one after the other, and a
 *         run that ends between two leaves a partial state that `read` shows and the next `apply` or `restore` completes
 * compare there is no conditional write (ELBv2 API, ModifyRule): each write stands between two reads
 * sticky  group stickiness outlives weights: a client stays with its group until its cookie ends
 * drains  requests under way end where they began; nothing is deregistered by a weight
 */
export class AlbRouter implements TrafficRouter {
  readonly capabilities: RouterCapabilities = {
    name: 'alb',
    scale: ELB_SCALE,
    splits: 'requests',
    compareAndSet: false,
    settleSeconds: 1,
    notes: {
      atomic: 'both weights of a rule at once; several rules one after the other, completed by the next command',
      sticky: 'group stickiness outlives weights: a client stays with its group until its cookie ends',
      drains: 'requests under way end where they began; a weight deregisters nothing',
    },
  };

  constructor(
    private readonly elb: Pick<ElasticLoadBalancingV2Client, 'send'>,
    private readonly props: AlbRouterProps,
  ) {}

  /** @throws KongDualClusterError ROUTER_RULE_MISSING, ROUTER_RULE_CHANGED (exit 6) */
  async read(): Promise<RouterReading> {
    const { ruleArns, targetGroups, follower } = this.props;
    const rules = await this.rules([...ruleArns, ...(follower ? [follower.ruleArn] : [])]);
    const places = ruleArns.map((arn) => placeOf(rules, arn, targetGroups));
    return {
      router: 'alb',
      places,
      followers: follower ? [placeOf(rules, follower.ruleArn, follower.targetGroups)] : [],
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
    ].map((place) => `${place.id} has ${shown(place.weights)}`);
    return { holds: differences.length === 0, reading, differences };
  }

  /**
   * Puts the weights of a reading back. Into the live action lists, so that what a deployment changed beside the weights
   * since then stays; the list of the reading itself is written where a rule does not split between these groups any
   * more, or cannot be read.
   */
  async restore(reading: RouterReading, mayWrite?: MayWrite): Promise<Receipt> {
    let live: RouterReading;
    try {
      live = await this.read();
    } catch {
      const all = [...reading.places, ...reading.followers];
      await inGroups(all, mayWrite, (place) => this.modify(place.id, place.verbatim as Action[]));
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
    await inGroups(changes, mayWrite, ({ place, weights, targetGroups: groups }) =>
      this.modify(place.id, withWeights(place.verbatim as Action[], groups, weights)),
    );
    return changes.map(({ place }) => place.id);
  }

  private async modify(ruleArn: string, actions: readonly Action[]): Promise<void> {
    const signal = AbortSignal.timeout(WRITE_MS);
    try {
      await this.elb.send(new ModifyRuleCommand({ RuleArn: ruleArn, Actions: writable(actions) }), {
        abortSignal: signal,
      });
    } catch (error) {
      if (!signal.aborted) throw error;
      const message = `ModifyRule of ${ruleArn} had no answer in ${WRITE_MS / 1000} s`;
      throw Object.assign(new Error(message, { cause: error }), { name: 'TimeoutError' });
    }
  }

  private async rules(arns: readonly string[]): Promise<Map<string, Rule>> {
    const found = new Map<string, Rule>();
    for (let i = 0; i < arns.length; i += RULES_A_CALL) {
      const RuleArns = arns.slice(i, i + RULES_A_CALL);
      try {
        const { Rules } = await this.elb.send(new DescribeRulesCommand({ RuleArns }));
        for (const rule of Rules ?? []) if (rule.RuleArn) found.set(rule.RuleArn, rule);
      } catch (error) {
        if (error instanceof Error && /^(Rule|Listener|LoadBalancer)NotFound/.test(error.name)) {
          throw missing(RuleArns.join(', '), error);
        }
        throw error;
      }
    }
    return found;
  }
}

function placeOf(rules: ReadonlyMap<string, Rule>, arn: string, targetGroups: TargetGroups): PlaceReading {
  const rule = rules.get(arn);
  if (rule === undefined) throw missing(arn);
  const weights = weightsOf(rule.Actions ?? [], targetGroups);
  if (weights === undefined) {
    throw new KongDualClusterError(
      'ROUTER_RULE_CHANGED',
      'a weighted rule does not split between blue and green any more',
      {
        found: `${arn} forwards to ${JSON.stringify((rule.Actions ?? []).map(({ ForwardConfig }) => ForwardConfig?.TargetGroups))}`,
        remedy:
          '`kong-dual-cluster shift abort` writes the list from before the shift where its journal is; else let it forward to both target groups again (aws elbv2 modify-rule)',
        exitCode: EXIT.conflict,
      },
    );
  }
  return { id: arn, weights, verbatim: rule.Actions };
}

const missing = (arns: string, cause?: unknown): KongDualClusterError =>
  new KongDualClusterError('ROUTER_RULE_MISSING', 'a weighted rule is gone', {
    found: `not all of these are there: ${arns}`,
    remedy:
      'a deploy alone does not notice it: npx cdk deploy NAME-edge --exclusively --context repair=1 (another text each time) makes it again, with all weight on the slot that the settings call live; look at `live` first',
    exitCode: EXIT.conflict,
    cause,
  });

const conflict = (
  places: readonly PlaceReading[],
  expected: readonly Weights[],
  differences?: readonly string[],
): KongDualClusterError =>
  new KongDualClusterError('ROUTER_CONFLICT', 'somebody else changed the weights', {
    found: `${(differences?.length ? differences : places.map(({ id, weights }) => `${id} has ${shown(weights)}`)).join('; ')}; expected ${expected.map(shown).join(' or ')}`,
    remedy:
      'find out who did; then `kong-dual-cluster shift abort` puts everything back, or `shift set` says what holds',
    exitCode: EXIT.conflict,
  });

/** What a rule that is never split gets: everything on the slot that has everything, else no change. */
function followed(weights: Weights): Weights | undefined {
  const slot = wholeSlot(weights);
  return slot && allOn(slot);
}

const wholeSlot = (weights: Weights): Slot | undefined =>
  SLOTS.find((slot) => weights[slot] > 0 && SLOTS.every((other) => other === slot || weights[other] === 0));

const shown = ({ blue, green }: Weights): string => `blue ${blue}, green ${green}`;

const stickySeconds = (actions: readonly Action[]): number =>
  Math.max(
    0,
    ...actions.map(({ ForwardConfig }) => {
      const { Enabled, DurationSeconds } = ForwardConfig?.TargetGroupStickinessConfig ?? {};
      return Enabled ? (DurationSeconds ?? 0) : 0;
    }),
  );

/** AWS never gives the client secret back, and a write without it must say that it stays (AuthenticateOidcActionConfig). */
const writable = (actions: readonly Action[]): Action[] =>
  actions.map((action) =>
    action.AuthenticateOidcConfig
      ? { ...action, AuthenticateOidcConfig: { ...action.AuthenticateOidcConfig, UseExistingClientSecret: true } }
      : action,
  );

/** All are tried even when one fails; the first failure is thrown then. */
async function inGroups<T>(
  items: readonly T[],
  mayWrite: MayWrite | undefined,
  act: (item: T) => Promise<void>,
): Promise<void> {
  const failures: unknown[] = [];
  for (let i = 0; i < items.length; i += WRITES_AT_ONCE) {
    await mayWrite?.();
    const results = await Promise.allSettled(items.slice(i, i + WRITES_AT_ONCE).map(act));
    failures.push(...results.flatMap((result) => (result.status === 'rejected' ? [result.reason as unknown] : [])));
  }
  if (failures.length > 0) throw failures[0];
}
