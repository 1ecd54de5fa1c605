import { SLOTS, type Slot } from '../traffic/weights';

/** One request as an access log tells it. */
export interface LoggedRequest {
  /** Seconds since the epoch, when the answer was sent. */
  readonly at: number;
  /** Status that the client got. */
  readonly status: number;
  /** Seconds until the answer; absent where the format has none. */
  readonly seconds?: number;
  /** Where the line says itself which slot it is of. */
  readonly slot?: Slot;
  readonly format: 'nginx' | 'alb';
}

/** other: a line of a known format about no request of a slot; unknown: of no format that is known. */
export type LogLine = LoggedRequest | 'other' | 'unknown';

/**
 * `combined`, which Kong's nodes log by default (recorded from 2.8.5 and 3.4.2) and nginx too (ngx_http_log_module); what
 * follows the user agent is read for `slot=` and `request_time=`. nginx writes a quote inside a field as `\x22`.
 */
const COMBINED =
  /^\S+ - .* \[(\d{2})\/([A-Z][a-z]{2})\/(\d{4}):(\d{2}):(\d{2}):(\d{2}) ([+-])(\d{2})(\d{2})\] "[^"]*" (\d{3}) \d+ "[^"]*" "[^"]*"(.*)$/;
const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];

/**
 * AWS, "Access logs for your Application Load Balancer": type, time, elb, client:port, target:port, three processing times,
 * elb_status_code, target_status_code, two sizes, request, user agent, cipher, protocol, target_group_arn, and more.
 */
const ALB =
  /^(?:http|https|h2|grpcs|ws|wss) (\S+) \S+ \S+ (\S+) -?[\d.]+ (-?[\d.]+) -?[\d.]+ (\d{3}|-) (\S+) \d+ \d+ "(?:[^"\\]|\\.)*" "(?:[^"\\]|\\.)*" \S+ \S+ (\S+) "/;

/** @param targetGroupArns by which an ALB's line is known to be of a slot */
export function logLine(line: string, targetGroupArns: Readonly<Record<Slot, string>>): LogLine {
  return combined(line) ?? alb(line, targetGroupArns) ?? 'unknown';
}

function combined(line: string): LogLine | undefined {
  const match = COMBINED.exec(line);
  if (match === null) return undefined;
  const [, day, month = '', year, hour, minute, second, sign, zoneHours, zoneMinutes, status, rest = ''] = match;
  const index = MONTHS.indexOf(month);
  if (index < 0) return undefined;
  const local = Date.UTC(Number(year), index, Number(day), Number(hour), Number(minute), Number(second)) / 1000;
  const zone = (Number(zoneHours) * 60 + Number(zoneMinutes)) * 60 * (sign === '-' ? -1 : 1);
  const seconds = / request_time=(\d+(?:\.\d+)?)(?: |$)/.exec(rest)?.[1];
  const named = / slot=(\S+)/.exec(rest)?.[1];
  const slot = SLOTS.find((each) => each === named);
  if (named !== undefined && slot === undefined) return 'other';
  return {
    at: local - zone,
    status: Number(status),
    format: 'nginx',
    ...(seconds !== undefined && { seconds: Number(seconds) }),
    ...(slot !== undefined && { slot }),
  };
}

/**
 * A request without a target is one of its target group only when the load balancer answered it with a 5xx: one that was
 * blocked by a firewall or came incomplete says nothing of the slot. Without an answer of the target in time its
 * processing time is −1, which is an error and not slow.
 */
function alb(line: string, targetGroupArns: Readonly<Record<Slot, string>>): LogLine | undefined {
  const match = ALB.exec(line);
  if (match === null) return undefined;
  const [, time = '', target, seconds, elbStatus, , group] = match;
  const at = Date.parse(time) / 1000;
  if (Number.isNaN(at)) return undefined;
  const slot = SLOTS.find((each) => targetGroupArns[each] === group);
  const status = Number(elbStatus);
  if (slot === undefined || Number.isNaN(status) || (target === '-' && status < 500)) return 'other';
  return { at, status, seconds: Number(seconds), slot, format: 'alb' };
}
