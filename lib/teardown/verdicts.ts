import { giveUpCommand } from '../blueprint/deploy-command';
import { EXIT, KongDualClusterError, type ExitCode } from '../errors';
import type { RouterReading } from '../routers/router';
import type { Settings } from '../settings/schema';
import { durationOf } from '../traffic/duration';
import type { RequestCounts } from '../traffic/gates';
import type { ShiftRecord } from '../traffic/shift-record';
import { otherSlot, SLOTS, type Slot } from '../traffic/weights';

/*
 * What stands against a teardown, each as a pure refusal over what was read. Nothing here calls AWS.
 */

/** What the last shift, or where there was none the settings, say that the credentials must lead to. */
export interface Pin {
  readonly account: string;
  readonly region: string;
  /** Id of the slot's stack, where a shift has noted it. */
  readonly stackId?: string;
}

/**
 * @throws KongDualClusterError TEARDOWN_NOT_PINNED when neither a shift nor the settings name account and region
 */
export function pinOf(
  record: ShiftRecord | undefined,
  settings: { readonly account?: string | undefined; readonly region?: string | undefined },
  slot: Slot,
): Pin {
  if (record) {
    const stackId = record.stackIds[slot];
    return { account: record.account, region: record.region, ...(stackId !== undefined && { stackId }) };
  }
  if (settings.account !== undefined && settings.region !== undefined) {
    return { account: settings.account, region: settings.region };
  }
  throw refuse('TEARDOWN_NOT_PINNED', 'nothing says which account and region may be torn down', {
    found: 'no shift was made with this tool, and the settings do not name both',
    remedy: "write account: 'TWELVE DIGITS' and region: REGION into the settings",
  });
}

/** @throws KongDualClusterError TEARDOWN_OTHER_SYSTEM (exit 8) when account, region or stack is another one */
export function refuseOtherSystem(
  pin: Pin,
  found: { readonly account: string; readonly region: string; readonly stackId: string | undefined },
  slot: Slot,
  settings: Pick<Settings, 'name' | 'terraform'>,
): void {
  const differing =
    pin.account !== found.account
      ? (['account', found.account, pin.account] as const)
      : pin.region !== found.region
        ? (['region', found.region, pin.region] as const)
        : pin.stackId !== undefined && found.stackId !== undefined && pin.stackId !== found.stackId
          ? (['stack', found.stackId, pin.stackId] as const)
          : undefined;
  if (!differing) return;
  const [what, is, wanted] = differing;
  throw refuse('TEARDOWN_OTHER_SYSTEM', `the ${what} is not the one that the last shift was made in`, {
    found: `${is}, the shift says ${wanted}`,
    remedy:
      what === 'stack'
        ? `when ${slot} was made again and never took traffic, destroy it by its own name: ${giveUpCommand(settings, `${settings.name}-${slot}`)} (refused while it carries traffic)`
        : `use credentials of ${what} ${wanted}, or the settings of this system with --settings FILE`,
  });
}

/** @throws KongDualClusterError TEARDOWN_SHIFT_UNFINISHED (exit 8) */
export function refuseUnfinished(record: ShiftRecord | undefined): void {
  if (record === undefined || record.phase === 'done' || record.phase === 'rolled back') return;
  throw refuse('TEARDOWN_SHIFT_UNFINISHED', 'the last shift has not ended', {
    found: `run ${record.run}: ${record.phase} at stage ${record.stage} of ${record.stages}${record.reason ? ` (${record.reason})` : ''}`,
    remedy: 'bring it to an end: kong-dual-cluster shift resume, or kong-dual-cluster shift abort',
  });
}

/** The slot without any weight, in every rule and in the Admin API's: what may be torn down. */
export const idleSlots = ({ places, followers }: RouterReading): Slot[] =>
  SLOTS.filter((slot) => places.length > 0 && [...places, ...followers].every(({ weights }) => weights[slot] === 0));

/**
 * The slot that was asked for, or the idle one; by the live weights, never by a name.
 * @throws KongDualClusterError TEARDOWN_SLOT_LIVE, TEARDOWN_NO_IDLE_SLOT (exit 8) naming the rules
 */
export function slotToTearDown(reading: RouterReading, asked: Slot | undefined): Slot {
  const [idle] = idleSlots(reading);
  if (idle !== undefined && (asked === undefined || asked === idle)) return idle;
  const all = [...reading.places, ...reading.followers];
  if (asked !== undefined) {
    const carrying = all.filter(({ weights }) => weights[asked] > 0);
    throw refuse('TEARDOWN_SLOT_LIVE', `${asked} carries traffic`, {
      found: carrying.map(({ id, weights }) => `weight ${weights[asked]} in ${id}`).join('; '),
      remedy: `shift the traffic to ${otherSlot(asked)} first: kong-dual-cluster shift start --to ${otherSlot(asked)}; where there is no other slot and nobody needs this one: kong-dual-cluster teardown --slot ${asked} --last`,
    });
  }
  throw refuse('TEARDOWN_NO_IDLE_SLOT', 'both slots have a weight, so neither is idle', {
    found: all.map(({ id, weights }) => `blue ${weights.blue}, green ${weights.green} in ${id}`).join('; '),
    remedy: 'kong-dual-cluster shift status says what is under way; finish it or abort it',
  });
}

/**
 * Nothing published is no request only where the other slot's counts show that counts are published.
 * @throws KongDualClusterError TEARDOWN_REQUESTS_SEEN (exit 8), TEARDOWN_REQUESTS_UNKNOWN (exit 4)
 */
export function refuseRequests(counts: RequestCounts, slot: Slot, seconds: number): void {
  const seen = counts[slot] ?? 0;
  if (seen > 0) {
    throw refuse('TEARDOWN_REQUESTS_SEEN', `${slot} has had requests in the last ${durationOf(seconds)}`, {
      found: `${seen} requests`,
      remedy:
        'find out who sends them (a client with a sticky cookie, a tester with the header, a script with its own rule), and run it again when they have stopped',
    });
  }
  if ((counts[otherSlot(slot)] ?? 0) > 0) return;
  throw refuse(
    'TEARDOWN_REQUESTS_UNKNOWN',
    `whether ${slot} has had requests in the last ${durationOf(seconds)} cannot be said`,
    {
      found: `CloudWatch has no request count of ${otherSlot(slot)} either, so that silence proves nothing`,
      remedy: 'look whether the gateway serves at all; run it again some minutes after its first requests',
    },
    EXIT.inconclusive,
  );
}

/**
 * Clients with a cookie of the rule stay with their slot until it ends, whatever the weights. It has ended when the
 * stickiness has passed since the cutover, or when nobody came for as long.
 * @param now milliseconds since the epoch
 * @throws KongDualClusterError TEARDOWN_STICKY (exit 8) with the time that is left
 */
export function refuseSticky(
  stickySeconds: number,
  record: ShiftRecord | undefined,
  idleForSeconds: number,
  now: number,
): void {
  if (stickySeconds === 0 || idleForSeconds >= stickySeconds) return;
  const passed = record ? (now - Date.parse(record.changedAt)) / 1000 : 0;
  if (passed >= stickySeconds) return;
  throw refuse('TEARDOWN_STICKY', 'clients may still hold a cookie that takes them to this slot', {
    found: `stickiness of ${durationOf(stickySeconds)}, ${record ? `${durationOf(passed)} since the shift ended` : 'and no record of a shift says since when'}`,
    remedy: record
      ? `run it again in ${durationOf(stickySeconds - passed)}`
      : `run it with --idle-for ${durationOf(stickySeconds)}: who has not come for so long has no cookie any more`,
  });
}

const refuse = (
  code: string,
  problem: string,
  details: { readonly found: string; readonly remedy: string },
  exitCode: ExitCode = EXIT.preflightRefused,
): KongDualClusterError => new KongDualClusterError(code, problem, { ...details, exitCode });
