import fc from 'fast-check';
import {
  chooseGroup,
  chooseTarget,
  forwardGroups,
  routableTargets,
  stickinessCookie,
  stickyGroup,
} from '../../../../local/load-balancer/choice';
import type { Target } from '../../../../local/load-balancer/state';

const weights = (...list: number[]) => list.map((Weight, index) => ({ TargetGroupArn: `group-${index}`, Weight }));
/** mulberry32: the same numbers from the same seed. */
const random = (seed: number) => () => {
  seed = (seed + 0x6d2b79f5) | 0;
  let mixed = Math.imul(seed ^ (seed >>> 15), 1 | seed);
  mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
  return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296;
};
const weight = fc.integer({ min: 0, max: 999 });

describe('the target group of a request', () => {
  test('law: a group of weight 0 is never chosen, and one is always chosen unless all weights are 0', () => {
    fc.assert(
      fc.property(
        fc.array(weight, { minLength: 1, maxLength: 5 }),
        fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true }),
        (list, at) => {
          const chosen = chooseGroup(weights(...list), at);
          if (list.every((one) => one === 0)) return chosen === undefined;
          return weights(...list).some((group) => group.TargetGroupArn === chosen && group.Weight > 0);
        },
      ),
    );
  });

  test('law: over 4,000 requests each share is within 5 standard deviations of its weight', () => {
    fc.assert(
      fc.property(
        fc.array(weight, { minLength: 2, maxLength: 5 }).filter((list) => list.some((one) => one > 0)),
        fc.integer(),
        (list, seed) => {
          const requests = 4000;
          const next = random(seed);
          const counts = new Map<string | undefined, number>();
          for (let n = 0; n < requests; n += 1) {
            const chosen = chooseGroup(weights(...list), next());
            counts.set(chosen, (counts.get(chosen) ?? 0) + 1);
          }
          const total = list.reduce((sum, one) => sum + one, 0);
          return list.every((one, index) => {
            const share = one / total;
            const deviation = Math.sqrt(requests * share * (1 - share));
            return Math.abs((counts.get(`group-${index}`) ?? 0) - requests * share) <= 5 * deviation + 1e-9;
          });
        },
      ),
      { seed: 42, numRuns: 30 },
    );
  });

  test('a forward action by ARN is one group, a group without a weight has 1', () => {
    expect(forwardGroups({ Type: 'forward', TargetGroupArn: 'a' })).toEqual([{ TargetGroupArn: 'a', Weight: 1 }]);
    expect(chooseGroup([{ TargetGroupArn: 'a' }, { TargetGroupArn: 'b', Weight: 1 }], 0.5)).toBe('b');
  });
});

describe('the target of a request', () => {
  const target = (id: string, state: Target['state'] = 'registered'): Target => ({ id, port: 8000, state });
  const targets = [target('one'), target('two'), target('three', 'draining')];

  test('healthy targets take requests', () => {
    expect(routableTargets(targets, ({ id }) => id === 'two')).toEqual([targets[1]]);
  });

  test('when none is healthy all registered ones do; a draining one never', () => {
    expect(routableTargets(targets, ({ id }) => id === 'three')).toEqual([targets[0], targets[1]]);
  });

  test('they take turns, and no target is no target', () => {
    expect([0, 1, 2].map((turn) => chooseTarget(targets.slice(0, 2), turn)?.id)).toEqual(['one', 'two', 'one']);
    expect(chooseTarget([], 3)).toBeUndefined();
  });
});

describe('the stickiness cookie', () => {
  const now = Date.UTC(2026, 0, 1);
  const cookie = stickinessCookie('group-1', 60, now).split(';')[0] ?? '';

  test('names its group for the duration, also at weight 0', () => {
    expect(stickyGroup(`other=1; ${cookie}`, weights(100, 0), now + 59_000)).toBe('group-1');
  });

  test('counts for nothing after the duration, for a group that the rule no longer has, or when it cannot be read', () => {
    expect(stickyGroup(cookie, weights(100, 0), now + 60_000)).toBeUndefined();
    expect(stickyGroup(cookie, weights(100), now)).toBeUndefined();
    expect(stickyGroup('AWSALBTG=garbage', weights(1, 1), now)).toBeUndefined();
  });

  test('the browser keeps it 7 days, for every path', () => {
    expect(stickinessCookie('group-1', 60, now)).toMatch(/; Expires=Thu, 08 Jan 2026 00:00:00 GMT; Path=\/$/);
  });
});
