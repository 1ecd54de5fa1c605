import { rustRefusal } from '../../../../local/kong/rust-regex';

describe('what the default router of Kong 3.x refuses', () => {
  // The texts are those that real Kong 3.4.2 logged for these patterns.
  test.each([
    ['/internal/(?!admin)\\w+$', 'look-around, including look-ahead and look-behind, is not supported'],
    ['/twice/(\\w)\\1', 'backreferences are not supported'],
    ['/multi/(?<=multi/)x\\d', 'invalid capture group character'],
  ])('%s', (pattern, text) => expect(rustRefusal(pattern)).toContain(text));

  test('braces that PCRE takes literally', () => expect(rustRefusal('/users/{id}')).toBeDefined());

  test.each(['/esc\\/aped\\-path\\_x/\\d+', '/accounts/(?<account>\\w+)/users', '/(?i)mixed/case', '/poss/\\d++/end'])(
    '%s is taken, as real Kong 3.4.2 took it',
    (pattern) => expect(rustRefusal(pattern)).toBeUndefined(),
  );
});
