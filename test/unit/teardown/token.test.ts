import { teardownToken } from '../../../lib/teardown/token';

describe('given the stack and the database of a slot', () => {
  const subject = {
    account: '123456789012',
    region: 'eu-central-1',
    stackId: 'arn:aws:cloudformation:eu-central-1:123456789012:stack/kong-blue/1',
    databaseResourceId: 'db-ABC',
    slot: 'blue',
  } as const;

  test('when the token is made twice, then it is the same and begins with the slot', () => {
    expect(teardownToken(subject)).toMatch(/^blue-[0-9a-f]{12}$/);
    expect(teardownToken({ ...subject })).toBe(teardownToken(subject));
  });

  test.each(['account', 'region', 'stackId', 'databaseResourceId'] as const)(
    'when %s is another one, then so is the token',
    (key) => {
      expect(teardownToken({ ...subject, [key]: 'other' })).not.toBe(teardownToken(subject));
    },
  );

  test('when the slot is the other one, then so is the token', () => {
    expect(teardownToken({ ...subject, slot: 'green' })).toMatch(/^green-[0-9a-f]{12}$/);
  });
});
