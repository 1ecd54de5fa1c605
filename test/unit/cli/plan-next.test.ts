import { optionsOf } from '../../../lib/cli/plan-live';

describe('the next command that plan prints', () => {
  test('given the plan of the settings, it needs no option', () => {
    expect(optionsOf({})).toBe('');
    expect(optionsOf({ to: 'green' })).toBe('');
  });

  test('given options, it has the same: what was looked at is what is started', () => {
    expect(
      optionsOf({
        shares: [0.05, 0.125, 1],
        bake: '10m',
        soak: '1h',
        minRequests: 50,
        maxExtension: '5m',
        alarm: ['orders paid', 'logins'],
        acceptThawed: true,
      }),
    ).toBe(
      " --shares 5,12.5,100 --bake 10m --soak 1h --min-requests 50 --max-extension 5m --alarm 'orders paid' --alarm logins --accept-thawed",
    );
  });

  test.each([
    [{ linear: 0.2 }, ' --linear 20'],
    [{ canary: 0.1 }, ' --canary 10'],
    [{ allAtOnce: true }, ' --all-at-once'],
  ])('%j', (flags, options) => expect(optionsOf(flags)).toBe(options));
});
