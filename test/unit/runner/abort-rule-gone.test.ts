import { abort } from '../../../lib/runner/abort';
import { ELB_SCALE } from '../../../lib/traffic/weights';
import { KongDualClusterError } from '../../../lib/errors';

/** A router whose rule somebody deleted (ELBv2 API, DescribeRules: RuleNotFound); no attempt can change that. */
const gone = (code: string) =>
  new KongDualClusterError(code, 'a weighted rule is gone', {
    found: 'arn:rule',
    remedy: 'make it again',
    exitCode: 6,
  });

test.each(['ROUTER_RULE_MISSING', 'ROUTER_RULE_CHANGED', 'ROUTER_FILE_MISSING', 'ROUTER_FILE_CHANGED'])(
  'given a place is gone (%s), abort does not try for half a minute, and says what brings it back',
  async (code) => {
    const slept: number[] = [];
    const nothing = () => Promise.resolve(undefined);
    const aborting = abort(
      {
        router: { capabilities: { name: 'alb', scale: ELB_SCALE }, read: () => Promise.reject(gone(code)) } as never,
        table: { readLock: nothing, readShift: nothing, writeShift: nothing, fenceOff: nothing },
        capacity: () => Promise.resolve({ slot: 'blue', healthy: 2, registered: 2 }),
        now: () => 0,
        sleep: (ms) => Promise.resolve(void slept.push(ms)),
      },
      { by: 'ann', otherwise: 'blue', force: false },
    );
    await expect(aborting).rejects.toMatchObject({
      code: 'ROLLBACK_FAILED',
      exitCode: 7,
      found: 'a weighted rule is gone: arn:rule',
      remedy: 'make it again',
    });
    expect(slept).toEqual([]);
  },
);
