import { awsError } from '../../../lib/cli/aws-errors';

const error = (name: string, message: string, more: object = {}) =>
  Object.assign(new Error(message), { name, ...more });

describe('awsError', () => {
  test.each([
    [
      error('ExpiredTokenException', 'The security token included in the request is expired'),
      'AWS_CREDENTIALS_EXPIRED',
      4,
    ],
    [error('RequestExpired', 'Request has expired'), 'AWS_CREDENTIALS_EXPIRED', 4],
    [error('InvalidClientTokenId', 'The security token is invalid'), 'AWS_CREDENTIALS_INVALID', 4],
    [error('CredentialsProviderError', 'Could not load credentials from any providers'), 'AWS_CREDENTIALS_MISSING', 4],
    [error('Error', 'Region is missing'), 'AWS_REGION_MISSING', 64],
    [error('Error', 'connect ECONNREFUSED 127.0.0.1:1', { code: 'ECONNREFUSED' }), 'AWS_UNREACHABLE', 1],
    [error('Error', 'getaddrinfo ENOTFOUND rds.nowhere-1.amazonaws.com', { code: 'ENOTFOUND' }), 'AWS_UNREACHABLE', 1],
    [error('ThrottlingException', 'Rate exceeded', { $metadata: {} }), 'AWS_ERROR', 1],
  ])('%s is told as %s', (cause, code, exitCode) => {
    expect(awsError(cause)).toMatchObject({ code, exitCode, cause });
  });

  test.each([
    ['AccessDenied', 'User: arn:aws:iam::1:user/x is not authorized to perform: rds:CreateDBSnapshot on resource: y'],
    ['AccessDeniedException', 'User: x is not authorized to perform: rds:CreateDBSnapshot because no policy allows it'],
  ])('%s names the action', (name, message) => {
    expect(awsError(error(name, message))).toMatchObject({
      code: 'AWS_ACCESS_DENIED',
      problem: 'the credentials may not call rds:CreateDBSnapshot',
    });
  });

  test('an error of our own or of Node is left alone', () => {
    expect(awsError(new TypeError('x is not a function'))).toBeUndefined();
    expect(awsError('text')).toBeUndefined();
  });
});
