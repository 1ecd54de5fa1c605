import { valueIn } from '../../../lib/routers/secret-value';

const secretArn = 'arn:aws:secretsmanager:eu-west-1:123456789012:secret:front';

test('the whole secret, or a field of it', () => {
  expect(valueIn(' token\n', { secretArn })).toBe('token');
  expect(valueIn('{"token": "abc"}', { secretArn, field: 'token' })).toBe('abc');
});

test.each([
  ['', undefined],
  ['hunter2', 'token'],
  ['{"other": "hunter2"}', 'token'],
  ['{"token": ["hunter2"]}', 'token'],
])('%j with the field %s is refused, without its text', (text, field) => {
  const read = () => valueIn(text, { secretArn, field });
  expect(read).toThrow(/ROUTER_SECRET_EMPTY/);
  expect(read).not.toThrow(/hunter2/);
});
