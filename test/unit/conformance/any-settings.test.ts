import fc from 'fast-check';
import { refuse } from '../../../lib/blueprint/refusals';
import { KongDualClusterError } from '../../../lib/errors';
import type { SettingsInput } from '../../../lib/settings/schema';
import { settingsSchema } from '../../../lib/settings/schema';
import { CASES } from './cases';
import type { Case } from './cases';
import { compare } from './compare';
import { cloudFormation, terraform } from './drive';
import { INTENDED, isIntended } from './intended';
import type { Meaning } from './meaning';

/** Parts of the cases, put together as no case does. */
const part = <T>(of: (settings: Case['settings']) => T): fc.Arbitrary<T> =>
  fc.constantFrom(...new Set(Object.values(CASES).map(({ settings }) => of(settings))));

const { lock } = CASES['green from a snapshot']!;

const settings: fc.Arbitrary<SettingsInput> = fc
  .record({
    name: fc.constantFrom('gateway', 'k', 'api-of-the-shop-in-frankfurt-1'),
    network: part((one) => one.network),
    loadBalancer: part((one) => one.edge.loadBalancer),
    https: part((one) => one.edge.https),
    adopted: part((one) => one.edge.adopted),
    testerHeader: part((one) => one.edge.testerHeader),
    admin: part((one) => one.edge.admin),
    alarms: part((one) => one.edge.alarms),
    stickinessSeconds: fc.option(fc.integer({ min: 1, max: 604800 }), { nil: undefined }),
    drainSeconds: fc.integer({ min: 0, max: 110 }),
    weights: fc.option(fc.record({ blue: fc.integer({ min: 0, max: 999 }), green: fc.integer({ min: 1, max: 999 }) }), {
      nil: undefined,
    }),
    live: fc.constantFrom('blue' as const, 'green' as const),
    blue: part((one) => one.slots.blue),
    green: part((one) => one.slots.green),
  })
  .map(({ name, network, live, weights, blue, green, ...edge }) => ({
    name,
    account: '123456789012',
    region: 'eu-central-1',
    live,
    network,
    edge,
    ...(weights && { weightOwnership: 'template' as const, weights }),
    slots: { blue, green },
  }));

/** Settings that the synth would refuse say nothing about the backends. */
function caseOf(input: SettingsInput): Case | undefined {
  const of = { settings: settingsSchema.parse(input), lock };
  try {
    refuse(of.settings, of.lock);
    return of;
  } catch (error) {
    if (error instanceof KongDualClusterError) return undefined;
    throw error;
  }
}

const both = fc
  .constant(undefined)
  .chain(() => settings)
  .map(caseOf)
  .filter((of): of is Case => of !== undefined);

/** What a backend makes of a case, or the code by which it refuses. */
function outcome(drive: (of: Case) => Meaning, of: Case): Meaning | string {
  try {
    return drive(of);
  } catch (error) {
    if (error instanceof KongDualClusterError) return error.code;
    throw error;
  }
}

test('given any settings, when both backends are driven, then they mean the same or refuse the same', () => {
  fc.assert(
    fc.property(both, (of) => {
      const [one, other] = [outcome(cloudFormation, of), outcome(terraform, of)];
      if (typeof one === 'string' || typeof other === 'string') return expect(one).toEqual(other);
      const { differences } = compare(one, other);
      expect(differences.filter((one) => !INTENDED.some((meant) => isIntended(meant, one)))).toEqual([]);
    }),
    { numRuns: 6 },
  );
}, 120_000);
