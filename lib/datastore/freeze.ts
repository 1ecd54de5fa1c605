import {
  DescribeRulesCommand,
  ModifyRuleCommand,
  type ElasticLoadBalancingV2Client,
  type Rule,
} from '@aws-sdk/client-elastic-load-balancing-v2';
import {
  FREEZE_OFF,
  FREEZE_OFF_ANSWER,
  FREEZE_ON,
  frozenAnswer,
  FROZEN_MESSAGE,
  NO_METHOD,
  WRITING_METHODS,
} from '../blueprint/freeze';
import { repairByEither } from '../blueprint/deploy-command';
import { EXIT, KongDualClusterError } from '../errors';

/** What the freeze rule says, read live. */
export interface FreezeReading {
  readonly frozen: boolean;
  /** ARN of the caller who froze. Absent when it is not frozen, or when somebody wrote the rule by hand. */
  readonly by?: string;
  /** ISO 8601, whole seconds, by the clock of whoever froze. */
  readonly since?: string;
  /** ISO 8601. An announcement: nothing thaws by itself. */
  readonly until?: string;
  readonly reason?: string;
  /** Frozen, and `until` has passed. */
  readonly overdue: boolean;
}

export interface FreezeRequest {
  /** ARN of the caller, as STS says it. */
  readonly by: string;
  readonly seconds: number;
  readonly reason?: string | undefined;
  /** Milliseconds since the epoch. */
  readonly now: number;
}

/** Bytes that a fixed response may have (ELBv2 API, FixedResponseActionConfig.MessageBody: 0 to 1024). */
const MAX_BODY_BYTES = 1024;
/** A write may not be seen by a read at once. */
const READ_BACK_TRIES = 5;

type Sleep = (milliseconds: number) => Promise<void>;

/**
 * @param now milliseconds since the epoch
 * @throws KongDualClusterError FREEZE_RULE_MISSING (exit 8), FREEZE_RULE_CHANGED (exit 6) when somebody else has made
 *   another rule of it, so that neither can be said
 */
export async function readFreeze(
  elb: ElasticLoadBalancingV2Client,
  freezeRuleArn: string,
  now: number = Date.now(),
): Promise<FreezeReading> {
  return readingOf(await describe(elb, freezeRuleArn), now);
}

/**
 * Writes to the Admin listener are answered 423 from now on. Frozen already: `until` is moved on, never back, and who
 * and since when are kept.
 * @throws KongDualClusterError FREEZE_REASON_TOO_LONG (exit 64), FREEZE_RULE_MISSING, FREEZE_RULE_CHANGED
 */
export async function freeze(
  elb: ElasticLoadBalancingV2Client,
  freezeRuleArn: string,
  request: FreezeRequest,
  sleep: Sleep,
): Promise<{ readonly reading: FreezeReading; readonly did: 'froze' | 'extended' | 'nothing' }> {
  const live = await readFreeze(elb, freezeRuleArn, request.now);
  const until = isoSeconds(request.now + request.seconds * 1000);
  if (live.frozen && live.until !== undefined && Date.parse(live.until) >= Date.parse(until)) {
    return { reading: live, did: 'nothing' };
  }
  const next = live.frozen
    ? { by: live.by ?? request.by, since: live.since ?? isoSeconds(request.now), until, reason: live.reason }
    : { by: request.by, since: isoSeconds(request.now), until, reason: request.reason };
  const body = messageBody(next);
  await elb.send(
    new ModifyRuleCommand({ RuleArn: freezeRuleArn, Conditions: [FREEZE_ON], Actions: [frozenAnswer(body)] }),
  );
  const rule = await readBack(elb, freezeRuleArn, (found) => isFrozen(found) && bodyOf(found) === body, sleep);
  return { reading: readingOf(rule, request.now), did: live.frozen ? 'extended' : 'froze' };
}

/**
 * The inactive condition and the plain answer again, as the edge made them.
 * @returns what was read before
 * @throws KongDualClusterError FREEZE_RULE_MISSING, FREEZE_RULE_CHANGED
 */
export async function unfreeze(
  elb: ElasticLoadBalancingV2Client,
  freezeRuleArn: string,
  sleep: Sleep,
): Promise<FreezeReading> {
  const live = await readFreeze(elb, freezeRuleArn);
  if (!live.frozen) return live;
  await elb.send(
    new ModifyRuleCommand({ RuleArn: freezeRuleArn, Conditions: [FREEZE_OFF], Actions: [FREEZE_OFF_ANSWER] }),
  );
  await readBack(elb, freezeRuleArn, isOff, sleep);
  return live;
}

async function describe(elb: ElasticLoadBalancingV2Client, arn: string): Promise<Rule> {
  try {
    const rule = (await elb.send(new DescribeRulesCommand({ RuleArns: [arn] }))).Rules?.[0];
    if (rule) return rule;
  } catch (error) {
    if (!(error instanceof Error && error.name.startsWith('RuleNotFound'))) throw error;
  }
  throw new KongDualClusterError('FREEZE_RULE_MISSING', 'the rule that freezes the configuration is gone', {
    found: `no rule ${arn}`,
    remedy: `stop the writers by hand; ${repairByEither('NAME-edge')} makes the rule again, not frozen`,
    exitCode: EXIT.preflightRefused,
  });
}

async function readBack(
  elb: ElasticLoadBalancingV2Client,
  arn: string,
  holds: (rule: Rule) => boolean,
  sleep: Sleep,
): Promise<Rule> {
  for (let attempt = 1; ; attempt++) {
    const rule = await describe(elb, arn);
    if (holds(rule)) return rule;
    if (attempt === READ_BACK_TRIES) throw changed(arn, rule);
    await sleep(1000);
  }
}

function readingOf(rule: Rule, now: number): FreezeReading {
  if (isOff(rule)) return { frozen: false, overdue: false };
  if (!isFrozen(rule)) throw changed(rule.RuleArn ?? '', rule);
  const said = fields(bodyOf(rule));
  return { frozen: true, ...said, overdue: said.until !== undefined && Date.parse(said.until) < now };
}

/** Methods of a rule whose only condition is one on methods. */
function methodsOf({ Conditions: conditions = [] }: Rule): readonly string[] {
  const [only] = conditions;
  return conditions.length === 1 && only?.Field === 'http-request-method'
    ? (only.HttpRequestMethodConfig?.Values ?? [])
    : [];
}

const isOff = (rule: Rule): boolean => methodsOf(rule).join() === NO_METHOD;

const isFrozen = (rule: Rule): boolean =>
  WRITING_METHODS.every((method) => methodsOf(rule).includes(method)) &&
  rule.Actions?.length === 1 &&
  rule.Actions[0]?.FixedResponseConfig?.StatusCode === '423';

const bodyOf = (rule: Rule): string => rule.Actions?.[0]?.FixedResponseConfig?.MessageBody ?? '';

function fields(body: string): Partial<Record<'by' | 'since' | 'until' | 'reason', string>> {
  let said: unknown;
  try {
    said = JSON.parse(body);
  } catch {
    return {};
  }
  const text = (key: 'by' | 'since' | 'until' | 'reason') => {
    const value = (said as Record<string, unknown> | null)?.[key];
    return typeof value === 'string' ? { [key]: value } : {};
  };
  return { ...text('by'), ...text('since'), ...text('until'), ...text('reason') };
}

/** JSON in ASCII: AWS counts characters, a client bytes. */
function messageBody({ reason, ...who }: { by: string; since: string; until: string; reason?: string | undefined }) {
  const bodyWith = (text: string | undefined) =>
    JSON.stringify({ message: FROZEN_MESSAGE, ...who, ...(text === undefined ? {} : { reason: text }) }).replace(
      /[\u0080-\uffff]/g,
      (letter) => `\\u${letter.charCodeAt(0).toString(16).padStart(4, '0')}`,
    );
  const body = bodyWith(reason);
  if (body.length <= MAX_BODY_BYTES) return body;
  throw new KongDualClusterError('FREEZE_REASON_TOO_LONG', 'the reason does not fit into the answer that writers get', {
    found: `${body.length} bytes with the reason, ${MAX_BODY_BYTES} is the most that a load balancer answers`,
    remedy: `shorten --reason to ${MAX_BODY_BYTES - bodyWith('').length} bytes; letters outside ASCII count six`,
    exitCode: EXIT.usage,
  });
}

const isoSeconds = (milliseconds: number): string => new Date(milliseconds).toISOString().replace(/\.\d{3}Z$/, 'Z');

const changed = (arn: string, rule: Rule): KongDualClusterError =>
  new KongDualClusterError('FREEZE_RULE_CHANGED', 'the rule that freezes the configuration is not as we write it', {
    found:
      `conditions ${JSON.stringify(rule.Conditions ?? [])}, action ${rule.Actions?.[0]?.Type} ${rule.Actions?.[0]?.FixedResponseConfig?.StatusCode ?? ''}`.trim(),
    remedy: `ask who changed it; to make it inactive: aws elbv2 modify-rule --rule-arn ${arn} --conditions '${JSON.stringify([FREEZE_OFF])}' --actions '${JSON.stringify([FREEZE_OFF_ANSWER])}'`,
    exitCode: EXIT.conflict,
  });
