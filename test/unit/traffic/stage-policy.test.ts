import fc from 'fast-check';
import type { GateResult } from '../../../lib/traffic/gates';
import { afterLook, limitsOf, needsApproval } from '../../../lib/traffic/stage-policy';

const gate = (verdict: GateResult['verdict'], use?: GateResult['use']): GateResult => ({
  gate: 'errors',
  verdict,
  reason: `${verdict} it is`,
  ...(use && { use }),
});
const STAGE = { share: 0.05, bakeSeconds: 600 };
const SHIFT = { maxExtensionSeconds: 1800 };
const look = (verdict: GateResult['verdict'], elapsedSeconds: number, more: object = {}) =>
  afterLook({ gates: [gate(verdict)], elapsedSeconds, stage: { ...STAGE, ...more }, shift: SHIFT });

describe('what becomes of a stage', () => {
  test('FAIL rolls back at any moment', () => expect(look('FAIL', 1)).toEqual({ do: 'roll back', why: 'FAIL it is' }));
  test('PASS counts when the bake is over', () => {
    expect(look('PASS', 599)).toEqual({ do: 'watch' });
    expect(look('PASS', 600)).toEqual({ do: 'pass' });
  });
  test('without a verdict it waits for its extension, then holds', () => {
    expect(look('INCONCLUSIVE', 2399)).toEqual({ do: 'watch' });
    expect(look('INCONCLUSIVE', 2400)).toEqual({ do: 'hold', why: 'no verdict after 2400 s: INCONCLUSIVE it is' });
  });
  test('abort: then it is rolled back', () =>
    expect(look('INCONCLUSIVE', 2400, { whenInconclusive: 'abort' })).toMatchObject({ do: 'roll back' }));
  test('extend: it goes on being watched, and passes when it can', () => {
    expect(look('INCONCLUSIVE', 1e6, { whenInconclusive: 'extend' })).toEqual({ do: 'watch' });
    expect(look('PASS', 1e6, { whenInconclusive: 'extend' })).toEqual({ do: 'pass' });
  });
  test("a stage's own extension wins", () =>
    expect(look('INCONCLUSIVE', 700, { maxExtensionSeconds: 60 })).toMatchObject({ do: 'hold' }));
  test('a watched gate without a verdict lets a stage end; its FAIL does not', () => {
    const watched = (verdict: GateResult['verdict']) =>
      afterLook({ gates: [gate('PASS'), gate(verdict, 'watch')], elapsedSeconds: 600, stage: STAGE, shift: SHIFT });
    expect(watched('INCONCLUSIVE')).toEqual({ do: 'pass' });
    expect(watched('FAIL')).toMatchObject({ do: 'roll back' });
  });
  test('a dry run counts for nothing', () => {
    const dry = [gate('PASS'), gate('FAIL', 'dryRun')];
    expect(afterLook({ gates: dry, elapsedSeconds: 600, stage: STAGE, shift: SHIFT })).toEqual({ do: 'pass' });
  });
  test('no gate at all never passes', () =>
    expect(afterLook({ gates: [], elapsedSeconds: 1e6, stage: STAGE, shift: SHIFT })).toEqual({
      do: 'hold',
      why: 'no verdict after 1000000 s: no gate was asked',
    }));

  test('law: a stage ends only when its bake is over, every gate that gates passes and none fails', () => {
    const verdicts = fc.constantFrom('PASS' as const, 'FAIL' as const, 'INCONCLUSIVE' as const);
    const uses = fc.constantFrom('gate' as const, 'watch' as const, 'dryRun' as const);
    const when = fc.constantFrom('hold' as const, 'extend' as const, 'abort' as const);
    fc.assert(
      fc.property(
        fc.array(fc.record({ verdict: verdicts, use: uses }), { maxLength: 5 }),
        fc.integer({ min: 0, max: 5000 }),
        when,
        (all, elapsedSeconds, whenInconclusive) => {
          const gates = all.map(({ verdict, use }) => gate(verdict, use));
          const next = afterLook({ gates, elapsedSeconds, stage: STAGE, shift: { ...SHIFT, whenInconclusive } });
          const gating = all.filter(({ use }) => use === 'gate');
          if (next.do === 'pass') {
            expect(elapsedSeconds).toBeGreaterThanOrEqual(600);
            expect(gating.every(({ verdict }) => verdict === 'PASS')).toBe(true);
            expect(all.some(({ verdict, use }) => verdict === 'FAIL' && use !== 'dryRun')).toBe(false);
          }
          if (all.some(({ verdict, use }) => verdict === 'FAIL' && use !== 'dryRun')) expect(next.do).toBe('roll back');
        },
      ),
    );
  });
});

test('the limits of a stage are its own, else the shift’s', () => {
  expect(limitsOf({}, { maxExtensionSeconds: 60 })).toEqual({
    minRequests: 0,
    maxExtensionSeconds: 60,
    whenInconclusive: 'hold',
  });
  expect(limitsOf({ minRequests: 0, whenInconclusive: 'abort' }, { ...SHIFT, minRequests: 9 })).toEqual({
    minRequests: 0,
    maxExtensionSeconds: 1800,
    whenInconclusive: 'abort',
  });
});

test('an approval is asked once', () => {
  expect(needsApproval({ ...STAGE, approval: true }, false)).toBe(true);
  expect(needsApproval({ ...STAGE, approval: true }, true)).toBe(false);
  expect(needsApproval(STAGE, false)).toBe(false);
  expect(needsApproval(undefined, false)).toBe(false);
});
