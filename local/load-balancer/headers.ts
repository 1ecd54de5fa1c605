/** Headers that the load balancer adds to a request before it goes to a target. */
export interface Connection {
  readonly sourceIp: string;
  readonly protocol: 'http' | 'https';
  /** Port of the listener. */
  readonly port: number;
}

/**
 * `X-Forwarded-For` is appended to, `-Proto` and `-Port` are the listener's ("HTTP headers and Application Load
 * Balancers", mode `append`). `X-Amzn-Trace-Id` gets a `Root` when it has none, else a `Self` in front ("Request
 * tracing for your Application Load Balancer").
 * @param id 24 hexadecimal digits
 */
export function forwardedHeaders(
  headers: Readonly<Record<string, string | string[] | undefined>>,
  connection: Connection,
  now: number,
  id: string,
): Record<string, string> {
  const before = headers['x-forwarded-for'];
  const trace = headers['x-amzn-trace-id'];
  const stamp = `1-${Math.floor(now / 1000).toString(16)}-${id}`;
  return {
    'x-forwarded-for': before === undefined ? connection.sourceIp : `${String(before)}, ${connection.sourceIp}`,
    'x-forwarded-proto': connection.protocol,
    'x-forwarded-port': String(connection.port),
    'x-amzn-trace-id': traceId(trace === undefined ? undefined : String(trace), stamp),
  };
}

function traceId(before: string | undefined, stamp: string): string {
  const fields = (before ?? '').split(';').filter((field) => field.trim() !== '' && !/^\s*Self=/.test(field));
  if (fields.length === 0) return `Root=${stamp}`;
  return fields.some((field) => /^\s*Root=/.test(field))
    ? [`Self=${stamp}`, ...fields].join(';')
    : [`Root=${stamp}`, ...fields].join(';');
}
