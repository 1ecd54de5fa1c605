import { valueOf } from '../../../lib/routers/router-secret';

const secretArn = 'arn:aws:secretsmanager:eu-west-1:123456789012:secret:front';

test('a secret without the text that is asked for is refused, and says where it looked', () => {
  expect(valueOf('abc', { secretArn, field: 'token' })).toBe('abc');
  expect(() => valueOf(undefined, { secretArn, field: 'token' })).toThrow(
    expect.objectContaining({ code: 'ROUTER_SECRET_EMPTY', found: `no text under token in ${secretArn}` }),
  );
});
