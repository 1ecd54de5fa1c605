import { freezeText, type FreezeTold } from '../../../lib/cli/freeze-text';

const NOW = Date.parse('2026-11-21T03:00:00Z');
const ALICE = 'arn:aws:sts::111122223333:assumed-role/Operator/alice';
const told = (change: Partial<FreezeTold> = {}): string =>
  freezeText({
    reading: {
      frozen: true,
      by: ALICE,
      since: '2026-11-21T02:00:00Z',
      until: '2026-11-21T10:00:00Z',
      reason: 'upgrade to 3.4',
      overdue: false,
    },
    did: 'froze',
    roads: [
      { road: 'the listener', covered: true, why: 'the rule' },
      { road: 'the database', covered: false, why: 'psql' },
    ],
    verified: { verified: true },
    probe: 'curl …',
    now: NOW,
    ...change,
  });
const off = { frozen: false, overdue: false };

test('says who, why, until when, how that is known, and every road', () => {
  expect(told()).toBe(
    [
      `frozen: by ${ALICE} since 2026-11-21T02:00:00Z`,
      'reason: upgrade to 3.4',
      'until 2026-11-21T10:00:00Z, in 7h; nothing thaws by itself',
      'verified: a write is answered 423',
      '',
      'roads into the configuration',
      '  covered      the listener',
      '               the rule',
      '  NOT covered  the database',
      '               psql',
      '',
      'to let writes through again: kong-dual-cluster unfreeze',
    ].join('\n'),
  );
});

test('given that nothing is frozen, no road is called covered', () => {
  const text = told({ reading: off, did: 'read' });
  expect(text).toContain('roads into the configuration, and which of them a freeze would cover');
  expect(text).toContain('  would cover  the listener');
  expect(text).toContain('  would not    the database');
  expect(text).not.toMatch(/ covered/);
});

test('given that until has passed, it says so', () => {
  const reading = { frozen: true, until: '2026-11-21T02:30:00Z', overdue: true };
  expect(told({ reading, did: 'read' })).toContain(
    'until 2026-11-21T02:30:00Z passed 30m ago; it is frozen all the same, nothing thaws by itself',
  );
});

test.each([
  ['froze', 'frozen: by'],
  ['extended', 'frozen already, until moved on: by'],
  ['nothing', 'frozen already, and for longer, nothing was changed: by'],
  ['read', 'frozen: by'],
] as const)('did %s: %s', (did, beginning) => {
  expect(told({ did }).startsWith(`${beginning} ${ALICE} since`)).toBe(true);
});

test('given a listener that does not answer, it gives the line to run inside the VPC and what must come', () => {
  expect(told({ verified: { verified: 'unreachable', found: 'no answer in 5 s' } })).toContain(
    'NOT VERIFIED: the Admin listener is internal and does not answer from here (no answer in 5 s). The rule is set and was read back; run this inside the VPC, it stores nothing and must be answered 423:\n  curl …',
  );
  expect(told({ reading: off, did: 'thawed', roads: [], verified: undefined })).toContain(
    'not verified (--no-verify); run this inside the VPC, it stores nothing and must be answered 400:\n  curl …',
  );
});

test('given that the answers contradict the rule, it does not call it frozen and leave it there', () => {
  expect(told({ verified: { verified: false, found: 'a write still reaches Kong (400)' } })).toContain(
    'NOT AS IT SHOULD BE: the rule is set, but a write still reaches Kong (400)',
  );
});

test('given a thaw, it says who had frozen', () => {
  const before = { frozen: true, by: ALICE, since: '2026-11-21T02:00:00Z', overdue: false };
  expect(told({ reading: off, did: 'thawed', roads: [], before })).toBe(
    `not frozen any more; it was, by ${ALICE} since 2026-11-21T02:00:00Z\nverified: a write reaches Kong`,
  );
});

test('given nothing to thaw, it says so', () => {
  expect(told({ reading: off, did: 'nothing', roads: [] })).toMatch(/^it was not frozen; nothing was changed\n/);
});
