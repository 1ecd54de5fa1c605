import { errorKind } from '../../../lib/cli/error-kind';

const named = (name: string, extra: object = {}): Error => Object.assign(new Error(name), { name, ...extra });

describe('what a failed AWS call means to somebody who can wait', () => {
  test.each(['ExpiredTokenException', 'ExpiredToken', 'CredentialsProviderError', 'UnrecognizedClientException'])(
    '%s: the credentials ended',
    (name) => expect(errorKind(named(name))).toBe('credentials'),
  );
  test.each([
    'ThrottlingException',
    'Throttling',
    'ThrottledException',
    'TooManyRequestsException',
    'RequestLimitExceeded',
    'ProvisionedThroughputExceededException',
    'ServiceUnavailable',
    'ServiceUnavailableException',
    'InternalFailure',
    'InternalServerError',
    'InternalServiceError',
    'TimeoutError',
    'AbortError',
  ])('%s passes', (name) =>
    expect(errorKind(named(name, name === 'InternalServiceError' ? { $metadata: { httpStatusCode: 500 } } : {}))).toBe(
      'passing',
    ),
  );
  test.each(['ECONNREFUSED', 'ECONNRESET', 'EAI_AGAIN', 'ETIMEDOUT'])('%s passes: the network', (code) =>
    expect(errorKind(named('Error', { code }))).toBe('passing'),
  );
  test.each([429, 500, 502, 503, 504])('HTTP %d passes, whatever its name is', (httpStatusCode) =>
    expect(errorKind(named('UnknownError', { $metadata: { httpStatusCode } }))).toBe('passing'),
  );
  test.each([
    named('AccessDeniedException', { $metadata: { httpStatusCode: 400 } }),
    named('ValidationError', { $metadata: { httpStatusCode: 400 } }),
    named('TypeError'),
    'a string',
    undefined,
  ])('%s lasts', (error) => expect(errorKind(error)).toBe('lasting'));
});
