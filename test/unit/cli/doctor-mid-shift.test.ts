import { snapshotFindings, trafficFindings } from '../../../lib/cli/doctor-findings';
import type { RouterReading } from '../../../lib/routers/router';
import { allOn, weightsFor } from '../../../lib/traffic/weights';

const reading = (share: number): RouterReading => ({
  router: 'alb',
  places: [{ id: 'rule', weights: weightsFor(share, 'green'), verbatim: [] }],
  followers: [{ id: 'admin', weights: allOn('blue'), verbatim: [] }],
  stickySeconds: 0,
});

test('given a shift at 60 %, nobody is told to edit live: it is written when the shift is done', () => {
  expect(trafficFindings(reading(0.6), 'blue').find(({ what }) => what === 'live in the settings')).toMatchObject({
    ok: true,
    found: 'blue, and both slots serve',
  });
});

test('given the lock file is gone, the snapshot that the settings name is not offered for deletion', () => {
  const snapshot = { id: 'used', kind: 'upgrade', slot: 'blue', takenAt: '2026-11-21T00:00:00Z', gib: 100 } as const;
  const empty = { lockVersion: 1, slots: {} } as never;
  const [found] = snapshotFindings([snapshot], empty, Date.parse('2026-11-21T00:00:00Z'), ['used']);
  expect(found).toMatchObject({ ok: true, found: expect.stringContaining('in the settings') });
});
