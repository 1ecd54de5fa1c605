import { awsError } from './aws-errors';

/** credentials: they ended; passing: AWS may answer again; lasting: it will not by itself. */
export type ErrorKind = 'credentials' | 'passing' | 'lasting';

/** Names of AWS for "not now"; AbortError is a call that we gave up. */
const PASSING =
  /Throttl|TooManyRequests|RequestLimitExceeded|ThroughputExceeded|SlowDown|ServiceUnavailable|InternalFailure|InternalServer|InternalError|Timeout|AbortError/;

/** What a failed AWS call means to somebody who can wait (AWS: "Common errors"; HTTP 429 and 5xx whatever the name). */
export function errorKind(error: unknown): ErrorKind {
  const code = awsError(error)?.code;
  if (code !== undefined && /^AWS_CREDENTIALS_/.test(code)) return 'credentials';
  if (code === 'AWS_UNREACHABLE') return 'passing';
  if (!(error instanceof Error)) return 'lasting';
  const status = (error as { $metadata?: { httpStatusCode?: number } }).$metadata?.httpStatusCode ?? 0;
  return PASSING.test(error.name) || status === 429 || status >= 500 ? 'passing' : 'lasting';
}
