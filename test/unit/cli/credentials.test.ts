import { credentialsEnd } from '../../../lib/cli/credentials';

const END = new Date('2026-11-21T21:00:00Z');
const provider = (expiration?: Date) => () => Promise.resolve({ ...(expiration && { expiration }) });
const before = { ...process.env };
afterEach(() => (process.env = { ...before }));
const environment = (variables: { readonly AWS_ACCESS_KEY_ID?: string; readonly AWS_PROFILE?: string }): void => {
  const { AWS_ACCESS_KEY_ID: _, AWS_PROFILE: __, ...rest } = before;
  process.env = { ...rest, ...variables };
};

describe('when the credentials end', () => {
  test('those of the environment end when they say', async () => {
    environment({ AWS_ACCESS_KEY_ID: 'ASIA' });
    expect(await credentialsEnd(provider(END))).toBe(END.getTime());
  });
  test('those of the environment that say nothing may last for ever', async () => {
    environment({ AWS_ACCESS_KEY_ID: 'AKIA' });
    expect(await credentialsEnd(provider())).toBeUndefined();
  });
  test.each([{ AWS_ACCESS_KEY_ID: 'ASIA', AWS_PROFILE: 'prod' }, {}])(
    'those that are renewed (%j) do not end, and are not asked for',
    async (variables) => {
      environment(variables);
      expect(await credentialsEnd(() => Promise.reject(new Error('asked')))).toBeUndefined();
    },
  );
});
