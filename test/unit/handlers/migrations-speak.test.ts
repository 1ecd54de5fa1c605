import { KongDualClusterError } from '../../../lib/errors';
import { speakable } from '../../../lib/handlers/migrations/speak';

const line = `  | 2026/11/21 14:00:00 [error] "quoted" ${'x'.repeat(120)}`;
const failing = (lines: number): Promise<never> =>
  Promise.reject(
    new KongDualClusterError('MIGRATIONS_FAILED', '`kong migrations up` failed', {
      found: Array.from({ length: lines }, () => line).join('\n'),
      remedy: 'restore the snapshot again',
    }),
  );

/** As aws-cdk-lib's framework composes the reason from what Lambda says of an error (cfn-response, framework). */
const reason = async (work: Promise<unknown>): Promise<string> => {
  const error = await work.then(
    () => new Error('nothing was thrown'),
    (thrown: Error) => thrown,
  );
  const trace = (error.stack ?? '').split('\n');
  return [
    error.message,
    '',
    'Logs: /aws/lambda/kong-green-ClusterProviderIsComplete-abcdefghijkl',
    '',
    ...trace.slice(1),
  ].join('\n');
};
const bytes = (text: string): number => Buffer.byteLength(JSON.stringify(text));

beforeEach(() => jest.spyOn(console, 'error').mockImplementation(() => undefined));
afterEach(() => jest.restoreAllMocks());

describe('given an error of several lines, when the framework tells CloudFormation', () => {
  test('the lines stand there once, so that the answer stays within 4096 bytes', async () => {
    expect(bytes(await reason(failing(10)))).toBeGreaterThan(4096);

    const said = await reason(speakable(failing(10)));
    expect(bytes(said)).toBeLessThan(3200);
    expect(said).toContain('restore the snapshot again');
    expect(said.split(line)).toHaveLength(11);
  });

  test('one that is too long even so is cut', async () => {
    const said = await reason(speakable(failing(200)));
    expect(bytes(said)).toBeLessThan(3200);
    expect(said).toMatch(/^`kong migrations up` failed/);
  });

  test('the log of the function has the whole of it', async () => {
    await reason(speakable(failing(200)));
    expect(console.error).toHaveBeenCalledWith(expect.objectContaining({ code: 'MIGRATIONS_FAILED' }));
  });
});

test('given a success, when it is spoken of, it is the answer', async () => {
  await expect(speakable(Promise.resolve({ IsComplete: true }))).resolves.toEqual({ IsComplete: true });
});
