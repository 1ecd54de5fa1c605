import { EXIT, KongDualClusterError } from '../errors';

const EXPIRED = /^(ExpiredToken|ExpiredTokenException|RequestExpired|TokenRefreshRequired)$/;
const INVALID =
  /^(InvalidClientTokenId|UnrecognizedClientException|InvalidSignatureException|SignatureDoesNotMatch|AuthFailure)$/;
const NO_CREDENTIALS = /^(CredentialsProviderError|TokenProviderError)$/;
const DENIED = /AccessDenied|UnauthorizedOperation|NotAuthorized/;
const UNREACHABLE = /ECONNREFUSED|ENOTFOUND|ETIMEDOUT|ECONNRESET|EHOSTUNREACH|ENETUNREACH|EAI_AGAIN|TimeoutError/;

/** An error of the AWS SDK as a user would want it told; undefined when it comes from somewhere else. */
export function awsError(error: unknown): KongDualClusterError | undefined {
  if (!(error instanceof Error)) return undefined;
  const code = (error as { code?: unknown }).code;
  const names = [error.name, typeof code === 'string' ? code : ''];
  const is = (pattern: RegExp) => names.some((name) => pattern.test(name));
  const refuse = (
    errorCode: string,
    problem: string,
    found: string,
    remedy: string,
    exitCode: 1 | 4 | 64 = EXIT.error,
  ) => new KongDualClusterError(errorCode, problem, { found, remedy, exitCode, cause: error });

  if (is(EXPIRED)) {
    return refuse(
      'AWS_CREDENTIALS_EXPIRED',
      'the AWS credentials have expired',
      error.message,
      'log in again (for example `aws sso login`) and run the same command',
      EXIT.inconclusive,
    );
  }
  if (is(INVALID)) {
    return refuse(
      'AWS_CREDENTIALS_INVALID',
      'AWS does not accept the credentials',
      error.message,
      'check AWS_PROFILE, or log in again',
      EXIT.inconclusive,
    );
  }
  if (is(NO_CREDENTIALS)) {
    return refuse(
      'AWS_CREDENTIALS_MISSING',
      'there are no AWS credentials',
      process.env.AWS_PROFILE ? `profile ${process.env.AWS_PROFILE}: ${error.message}` : error.message,
      'log in, or set AWS_PROFILE or AWS_ACCESS_KEY_ID',
      EXIT.inconclusive,
    );
  }
  if (/Region is missing/.test(error.message)) {
    return refuse('AWS_REGION_MISSING', 'no AWS region is set', 'none', 'give --region, or set AWS_REGION', EXIT.usage);
  }
  if ((error as { code?: unknown }).code === 'ERR_INVALID_URL') {
    const { input } = error as { input?: unknown };
    return refuse(
      'AWS_ENDPOINT_INVALID',
      'the endpoint of AWS is no URL',
      typeof input === 'string' ? input : 'none',
      'correct or unset AWS_ENDPOINT_URL; it begins with https:// or http://',
    );
  }
  if (is(DENIED)) {
    const action = /perform:? ([a-z0-9-]+:[A-Za-z]+)/.exec(error.message)?.[1];
    return refuse(
      'AWS_ACCESS_DENIED',
      action ? `the credentials may not call ${action}` : 'the credentials may not do this',
      error.message,
      action ? `allow ${action} to this role` : 'allow the action named above to this role',
    );
  }
  if (is(UNREACHABLE)) {
    const host = /(?:https?:\/\/)?((?:[\w-]+\.)+[\w-]+|[\d.]+)(:\d+)?/.exec(error.message)?.[0];
    return refuse(
      'AWS_UNREACHABLE',
      'AWS does not answer',
      host ?? error.message,
      'check the network, the proxy, --region and AWS_ENDPOINT_URL',
    );
  }
  if ('$metadata' in error || '$fault' in error) {
    return refuse(
      'AWS_ERROR',
      'AWS refused a call',
      `${error.name}: ${error.message}`,
      'read the message of AWS; `kong-dual-cluster explain AWS_ERROR`',
    );
  }
  return undefined;
}
