import { readSecret } from '../../../lib/deployed/secret-value';

const secretArn = 'arn:aws:secretsmanager:eu-west-1:123456789012:secret:front';
const held = (text: string) => ({ send: () => Promise.resolve({ SecretString: text }) }) as never;

test('the whole secret, or a field of it', async () => {
  expect(await readSecret(held(' token\n'), { secretArn })).toBe('token');
  expect(await readSecret(held('{"token": "abc"}'), { secretArn, field: 'token' })).toBe('abc');
});

test.each([
  ['', undefined],
  ['hunter2', 'token'],
  ['{"other": "hunter2"}', 'token'],
  ['{"token": ["hunter2"]}', 'token'],
])('%j with the field %s holds nothing', async (text, field) => {
  expect(await readSecret(held(text), { secretArn, field })).toBeUndefined();
});
