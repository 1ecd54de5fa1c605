import fc from 'fast-check';
import { FREEZE_OFF, FREEZE_OFF_ANSWER, FROZEN_MESSAGE } from '../../../lib/blueprint/freeze';
import { freeze, readFreeze, unfreeze } from '../../../lib/datastore/freeze';
import { fakeFreezeRule, RULE } from './fake-freeze-rule';

const NOW = Date.parse('2026-11-21T03:00:00.750Z');
const HOUR = 3600;
const ALICE = 'arn:aws:sts::111122223333:assumed-role/Operator/alice@example.com';
const BOB = 'arn:aws:sts::111122223333:assumed-role/Operator/bob@example.com';
const noSleep = async () => undefined;
const alice = { by: ALICE, seconds: 8 * HOUR, now: NOW };

describe('freeze', () => {
  test('given a rule that is off, it matches the four methods that write and answers 423 with who, since and until', async () => {
    const fake = fakeFreezeRule();
    const { reading, did } = await freeze(fake.elb, RULE, { ...alice, reason: 'upgrade' }, noSleep);
    expect(did).toBe('froze');
    expect(fake.rule().Conditions).toEqual([
      { Field: 'http-request-method', HttpRequestMethodConfig: { Values: ['POST', 'PUT', 'PATCH', 'DELETE'] } },
    ]);
    expect(fake.rule().Actions?.[0]?.FixedResponseConfig).toMatchObject({
      StatusCode: '423',
      ContentType: 'application/json',
    });
    const said = { by: ALICE, since: '2026-11-21T03:00:00Z', until: '2026-11-21T11:00:00Z', reason: 'upgrade' };
    expect(JSON.parse(fake.body())).toEqual({ message: FROZEN_MESSAGE, ...said });
    expect(reading).toEqual({ frozen: true, overdue: false, ...said });
  });

  test('given no reason, the answer has none', async () => {
    const fake = fakeFreezeRule();
    await freeze(fake.elb, RULE, alice, noSleep);
    expect(Object.keys(JSON.parse(fake.body()) as object)).toEqual(['message', 'by', 'since', 'until']);
  });

  test('given that it is frozen, another person only moves until on', async () => {
    const fake = fakeFreezeRule();
    await freeze(fake.elb, RULE, { ...alice, reason: 'upgrade' }, noSleep);
    const again = { by: BOB, seconds: 12 * HOUR, reason: 'mine', now: NOW + 60_000 };
    const { reading, did } = await freeze(fake.elb, RULE, again, noSleep);
    expect(did).toBe('extended');
    expect(reading).toMatchObject({
      by: ALICE,
      since: '2026-11-21T03:00:00Z',
      until: '2026-11-21T15:01:00Z',
      reason: 'upgrade',
    });
  });

  test('given that it is frozen for longer, nothing is written', async () => {
    const fake = fakeFreezeRule();
    await freeze(fake.elb, RULE, alice, noSleep);
    const { reading, did } = await freeze(fake.elb, RULE, { ...alice, seconds: HOUR }, noSleep);
    expect([did, reading.until, fake.writes.length]).toEqual(['nothing', '2026-11-21T11:00:00Z', 1]);
  });

  test('any reason that is taken comes back as it was given, in an answer of ASCII that fits', async () => {
    await fc.assert(
      fc.asyncProperty(fc.string({ unit: 'binary', minLength: 1, maxLength: 400 }), async (reason) => {
        const fake = fakeFreezeRule();
        try {
          const { reading } = await freeze(fake.elb, RULE, { ...alice, reason }, noSleep);
          expect(reading.reason).toBe(reason);
          expect(fake.body()).toMatch(/^[\x20-\x7f]{1,1024}$/);
        } catch (error) {
          expect(error).toMatchObject({ code: 'FREEZE_REASON_TOO_LONG' });
          expect(fake.writes).toEqual([]);
        }
      }),
    );
  });

  test('given a reason that does not fit, it refuses before it writes and says how much does', async () => {
    const fake = fakeFreezeRule();
    const error = await freeze(fake.elb, RULE, { ...alice, reason: 'x'.repeat(1000) }, noSleep).catch(
      (e: unknown) => e,
    );
    expect(error).toMatchObject({ code: 'FREEZE_REASON_TOO_LONG', exitCode: 64 });
    const fits = Number(/to (\d+) bytes/.exec((error as { remedy: string }).remedy)?.[1]);
    await freeze(fake.elb, RULE, { ...alice, reason: 'x'.repeat(fits) }, noSleep);
    expect(fake.body()).toHaveLength(1024);
  });

  test('given a write that is not seen afterwards, it says that the rule is not as written', async () => {
    const fake = fakeFreezeRule({ deaf: true });
    await expect(freeze(fake.elb, RULE, alice, noSleep)).rejects.toMatchObject({
      code: 'FREEZE_RULE_CHANGED',
      exitCode: 6,
    });
  });
});

describe('unfreeze', () => {
  test('brings the rule back as the edge made it, and answers who had frozen', async () => {
    const fake = fakeFreezeRule();
    await freeze(fake.elb, RULE, alice, noSleep);
    expect(await unfreeze(fake.elb, RULE, noSleep)).toMatchObject({ frozen: true, by: ALICE });
    expect(fake.rule()).toMatchObject({ Conditions: [FREEZE_OFF], Actions: [FREEZE_OFF_ANSWER] });
  });

  test('given that it is not frozen, nothing is written', async () => {
    const fake = fakeFreezeRule();
    expect(await unfreeze(fake.elb, RULE, noSleep)).toEqual({ frozen: false, overdue: false });
    expect(fake.writes).toEqual([]);
  });
});

describe('readFreeze', () => {
  test('given that until has passed, it is frozen and overdue', async () => {
    const fake = fakeFreezeRule();
    await freeze(fake.elb, RULE, alice, noSleep);
    expect(await readFreeze(fake.elb, RULE, NOW + 9 * HOUR * 1000)).toMatchObject({ frozen: true, overdue: true });
    expect(await readFreeze(fake.elb, RULE, NOW + 7 * HOUR * 1000)).toMatchObject({ frozen: true, overdue: false });
  });

  test('given a rule that somebody froze by hand, it is frozen and nobody is named', async () => {
    const { elb } = fakeFreezeRule({
      rule: {
        Conditions: [
          { Field: 'http-request-method', HttpRequestMethodConfig: { Values: ['DELETE', 'PATCH', 'POST', 'PUT'] } },
        ],
      },
    });
    expect(await readFreeze(elb, RULE)).toEqual({ frozen: true, overdue: false });
  });

  test.each([
    [
      'only some of the methods',
      { Conditions: [{ Field: 'http-request-method', HttpRequestMethodConfig: { Values: ['POST'] } }] },
    ],
    [
      'another condition beside it',
      { Conditions: [FREEZE_OFF, { Field: 'path-pattern', PathPatternConfig: { Values: ['/x'] } }] },
    ],
    [
      'the methods but another answer',
      {
        Conditions: [
          { Field: 'http-request-method', HttpRequestMethodConfig: { Values: ['POST', 'PUT', 'PATCH', 'DELETE'] } },
        ],
        Actions: [{ Type: 'fixed-response' as const, FixedResponseConfig: { StatusCode: '200' } }],
      },
    ],
  ])('given %s, it says neither and how to make it inactive', async (_, rule) => {
    const fake = fakeFreezeRule({ rule });
    await expect(readFreeze(fake.elb, RULE)).rejects.toMatchObject({
      code: 'FREEZE_RULE_CHANGED',
      exitCode: 6,
      remedy: expect.stringContaining(`aws elbv2 modify-rule --rule-arn ${RULE}`),
    });
    await expect(freeze(fake.elb, RULE, alice, noSleep)).rejects.toMatchObject({ code: 'FREEZE_RULE_CHANGED' });
    await expect(unfreeze(fake.elb, RULE, noSleep)).rejects.toMatchObject({ code: 'FREEZE_RULE_CHANGED' });
    expect(fake.writes).toEqual([]);
  });

  test('given that the rule is gone, it says so', async () => {
    await expect(readFreeze(fakeFreezeRule({ missing: true }).elb, RULE)).rejects.toMatchObject({
      code: 'FREEZE_RULE_MISSING',
      exitCode: 8,
    });
  });
});
