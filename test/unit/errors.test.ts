import { EXIT, KongDualClusterError } from '../../lib/errors';

describe('an error that users see', () => {
  test('says what was wrong, the value found, what to do and its code', () => {
    const error = new KongDualClusterError('SOME_CODE', 'the size must be at least 2', {
      found: '1',
      remedy: 'set size.count to 2 or more',
    });
    expect(error.message).toBe(
      'the size must be at least 2, found: 1\n  to mend it: set size.count to 2 or more\n  [SOME_CODE]',
    );
  });

  test('changes nothing and ends with exit code 1 unless it says otherwise', () => {
    expect(new KongDualClusterError('A', 'b', { remedy: 'c' }).exitCode).toBe(EXIT.error);
    expect(new KongDualClusterError('A', 'b', { remedy: 'c', exitCode: EXIT.conflict }).exitCode).toBe(6);
  });
});
