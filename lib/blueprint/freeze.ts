/**
 * The rule that freezes the configuration, in its two states. The edge makes it inactive; `freeze` and `unfreeze`
 * change it live, and no deployment touches it again (lib/handlers/weighted-rule/freeze-rule.ts).
 */

/** Methods of the Admin API that write (Kong Admin API reference). A rule takes five values; these are four. */
export const WRITING_METHODS = ['POST', 'PUT', 'PATCH', 'DELETE'] as const;

/** Methods are compared letter by letter and no client sends this one (ELBv2 API, HttpRequestMethodConditionConfig: A-Z, - and _). */
export const NO_METHOD = 'KONG_FREEZE_IS_OFF';

const methods = (values: readonly string[]) => ({
  Field: 'http-request-method',
  HttpRequestMethodConfig: { Values: [...values] },
});

/** Matches no request. */
export const FREEZE_OFF = methods([NO_METHOD]);
/** Matches every request that writes. */
export const FREEZE_ON = methods(WRITING_METHODS);

/** What a writer is told; the command adds who, since when and until when. */
export const FROZEN_MESSAGE = 'the configuration is frozen while an upgrade is under way';

/** 423 Locked (RFC 4918, 11.3), said by the load balancer itself: no node sees the request. */
export const frozenAnswer = (messageBody: string) => ({
  Type: 'fixed-response' as const,
  FixedResponseConfig: { StatusCode: '423', ContentType: 'application/json', MessageBody: messageBody },
});

/** The action of the inactive rule. */
export const FREEZE_OFF_ANSWER = frozenAnswer(JSON.stringify({ message: FROZEN_MESSAGE }));
