import type { ResourceRecordSet } from '@aws-sdk/client-route-53';
import { Route53Router } from '../../../../lib/routers/route53/route53-router';
import { SLOTS, type Weights } from '../../../../lib/traffic/weights';
import { conforms, type Rig } from '../../../real/routers/conformance';
import { FakeRoute53 } from './fake-route53';

const SETS = { blue: 'kong-2.8', green: 'kong-3.4' };
const NAMES = ['api.example.test.', '\\052.example.test.'];

/** A name by addresses with a health check, one with a star that is an alias, and other records on more than one page. */
const records: ResourceRecordSet[] = [
  ...SLOTS.flatMap((slot, n): ResourceRecordSet[] => {
    const common = { Type: 'A', SetIdentifier: SETS[slot], Weight: slot === 'blue' ? 100 : 0 } as const;
    const AliasTarget = { HostedZoneId: 'Z2', DNSName: `dualstack.${slot}.test.`, EvaluateTargetHealth: true };
    return [
      {
        ...{ ...common, Name: NAMES[0], TTL: 30 + n, HealthCheckId: `c${n}` },
        ResourceRecords: [{ Value: `192.0.2.${n * 10 + 1}` }, { Value: `192.0.2.${n * 10 + 2}` }],
      },
      { ...common, Name: NAMES[1], AliasTarget },
    ];
  }),
  ...Array.from({ length: 12 }, (_, n): ResourceRecordSet => ({
    ...{ Name: `${String.fromCharCode(97 + n)}.example.test.`, Type: 'A', TTL: 300 },
    ResourceRecords: [{ Value: '192.0.2.99' }],
  })),
  { Name: NAMES[0], Type: 'TXT', TTL: 300, ResourceRecords: [{ Value: '"ours"' }] },
];

function zone(): Promise<Rig> {
  // Pages of three: a border lies between the two records of a name.
  const fake = new FakeRoute53(records, 3);
  const first = structuredClone(fake.records);
  let moments: Weights[][] = [];
  const ours = (name: string) => fake.records.filter(({ Name, Type }) => Name === name && Type === 'A');
  const weights = (): Weights[] =>
    NAMES.map((name) => {
      const of = (slot: 'blue' | 'green') =>
        ours(name).find(({ SetIdentifier }) => SetIdentifier === SETS[slot])?.Weight ?? NaN;
      return { blue: of('blue'), green: of('green') };
    });
  fake.made = () => void moments.push(weights());
  const another = (): Route53Router =>
    new Route53Router(fake.client as never, {
      hostedZoneId: 'Z1',
      names: ['API.example.test', '*.example.test', 'api.example.test.'],
      type: 'A',
      setIdentifiers: SETS,
      sleep: () => Promise.resolve(),
    });
  return Promise.resolve({
    router: another(),
    another,
    reset: () => {
      fake.records = structuredClone(first);
      moments = [];
      return Promise.resolve();
    },
    weights: () => Promise.resolve(weights()),
    setByHand: (place, wanted) => {
      for (const set of ours(NAMES[place]!)) set.Weight = set.SetIdentifier === SETS.blue ? wanted.blue : wanted.green;
      return Promise.resolve();
    },
    everything: () => Promise.resolve(structuredClone(fake.records)),
    rest: () =>
      Promise.resolve(fake.records.map((set) => ({ ...set, ...(set.Weight !== undefined && { Weight: 0 }) }))),
    moments: () => moments,
    damage: (place) => {
      const simple = { Name: NAMES[place], Type: 'A', TTL: 5, ResourceRecords: [{ Value: '192.0.2.77' }] } as const;
      fake.put(NAMES[place]!, 'A', [{ ...simple, ResourceRecords: [...simple.ResourceRecords] }]);
      return Promise.resolve();
    },
    remove: (place) => {
      fake.put(NAMES[place]!, 'A', []);
      return Promise.resolve();
    },
    stop: () => Promise.resolve(),
  });
}

conforms('route53 on a fake of the API', zone, {
  cannot: ['makeIneffective'],
  // Every weight that it holds.
  shares: Array.from({ length: 255 }, (_, n) => (n + 1) / 256),
});
