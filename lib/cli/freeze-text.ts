import type { FreezeReading } from '../datastore/freeze';
import type { Verified } from '../datastore/freeze-probe';
import type { Road } from '../datastore/freeze-roads';
import { durationOf } from '../traffic/duration';

export interface FreezeTold {
  readonly reading: FreezeReading;
  readonly did: 'froze' | 'extended' | 'thawed' | 'nothing' | 'read';
  readonly roads: readonly Road[];
  /** Undefined: not verified, because --no-verify was given. */
  readonly verified: Verified | undefined;
  /** The curl line that verifies. */
  readonly probe: string;
  /** What was read before a thaw. */
  readonly before?: FreezeReading;
  /** Milliseconds since the epoch. */
  readonly now?: number;
}

/** What a person is told about the freeze. */
export function freezeText({ reading, did, roads, verified, probe, before, now = Date.now() }: FreezeTold): string {
  return [
    headline(reading, did, before),
    ...(reading.reason === undefined ? [] : [`reason: ${reading.reason}`]),
    ...(reading.frozen ? [untilText(reading, now)] : []),
    verifiedText(reading.frozen, verified, probe),
    ...roadsText(roads, reading.frozen),
    ...(reading.frozen ? ['', 'to let writes through again: kong-dual-cluster unfreeze'] : []),
  ].join('\n');
}

function headline({ frozen, by, since }: FreezeReading, did: FreezeTold['did'], before?: FreezeReading): string {
  const who = (reading: FreezeReading) =>
    `by ${reading.by ?? 'somebody who did not say'}${reading.since === undefined ? '' : ` since ${reading.since}`}`;
  if (!frozen) {
    if (did === 'thawed' && before) return `not frozen any more; it was, ${who(before)}`;
    return did === 'nothing' ? 'it was not frozen; nothing was changed' : 'not frozen';
  }
  const words = {
    froze: 'frozen',
    extended: 'frozen already, until moved on',
    nothing: 'frozen already, and for longer, nothing was changed',
    read: 'frozen',
    thawed: '',
  };
  return `${words[did]}: ${who({ frozen, by, since, overdue: false })}`;
}

function untilText({ until, overdue }: FreezeReading, now: number): string {
  if (until === undefined) return 'until: nobody said';
  const distance = durationOf(Math.abs(Date.parse(until) - now) / 1000);
  return overdue
    ? `until ${until} passed ${distance} ago; it is frozen all the same, nothing thaws by itself`
    : `until ${until}, in ${distance}; nothing thaws by itself`;
}

function verifiedText(frozen: boolean, verified: Verified | undefined, probe: string): string {
  const byHand = `run this inside the VPC, it stores nothing and must be answered ${frozen ? '423' : '400'}:\n  ${probe}`;
  if (verified === undefined) return `not verified (--no-verify); ${byHand}`;
  switch (verified.verified) {
    case true:
      return `verified: ${verified.note ?? (frozen ? 'a write is answered 423' : 'a write reaches Kong')}`;
    case 'unreachable':
      return `NOT VERIFIED: the Admin listener is internal and does not answer from here (${verified.found}). The rule is ${frozen ? 'set' : 'off'} and was read back; ${byHand}`;
    case false:
      return `NOT AS IT SHOULD BE: the rule is ${frozen ? 'set' : 'off'}, but ${verified.found}`;
  }
}

function roadsText(roads: readonly Road[], frozen: boolean): string[] {
  if (roads.length === 0) return [];
  const [yes, no] = frozen ? ['covered    ', 'NOT covered'] : ['would cover', 'would not  '];
  return [
    '',
    `roads into the configuration${frozen ? '' : ', and which of them a freeze would cover'}`,
    ...roads.flatMap(({ road, covered, why }) => [`  ${covered ? yes : no}  ${road}`, `               ${why}`]),
  ];
}
