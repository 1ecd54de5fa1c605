import * as fc from 'fast-check';
import { KongVersion } from '../../../lib/release/kong-version';
import type { SituationInput } from '../../../lib/strategy/situation';

export const AS_OF = '2026-11-21';

/** An input by versions and whatever else differs from the default. */
export const from = (
  start: string,
  target: string,
  more: Omit<SituationInput, 'from' | 'to'> = {},
): SituationInput => ({ from: KongVersion.parse(start), to: KongVersion.parse(target), ...more });

const VERSIONS = [
  '1.5',
  '2.1',
  '2.6',
  '2.8',
  '2.8.4.14',
  '2.8.5',
  '3.0',
  '3.3',
  '3.4',
  '3.4.0-beta.1',
  '3.4.0',
  '3.4.2',
  '3.4.3.12',
  '3.5',
  '3.9',
  '3.10',
  '3.10.0.11',
  '3.14',
];

/** Mostly what is, now and then the other. */
const rarely = (of = 8): fc.Arbitrary<boolean> => fc.nat(of - 1).map((n) => n === 0);
const mostly = <T>(usual: T, ...others: readonly T[]): fc.Arbitrary<T> =>
  fc.oneof({ weight: 9, arbitrary: fc.constant(usual) }, { weight: 1, arbitrary: fc.constantFrom(usual, ...others) });

/** What a person could ask for; mostly what goes together, now and then a contradiction, which is refused. */
export const anyInput: fc.Arbitrary<SituationInput> = fc
  .record({
    ends: fc.tuple(fc.nat(VERSIONS.length - 1), fc.nat(VERSIONS.length - 1)),
    mode: fc.constantFrom('traditional' as const, 'traditional' as const, 'hybrid' as const, 'db-less' as const),
    datastore: mostly<'fits' | 'postgres' | 'cassandra' | 'off'>('fits', 'postgres', 'cassandra', 'off'),
    platform: fc.constantFrom('ecs' as const, 'eks' as const, 'ec2' as const),
    edition: mostly<'oss' | 'enterprise' | undefined>(undefined, 'oss', 'enterprise'),
    downtimeAllowed: fc.boolean(),
    spareCapacity: fc.boolean(),
    fresh: rarely(),
    sharedDatabase: rarely(),
    pluginsAdded: fc.oneof(fc.constant<string[]>([]), fc.subarray(['oauth2', 'my-plugin'])),
    customPlugins: fc.boolean(),
    keyring: fc.boolean(),
    runtimeState: fc.oneof(
      fc.constant('unknown' as const),
      fc.record({
        oauth2: fc.boolean(),
        sessions: fc.boolean(),
        acme: fc.boolean(),
        keyAuthTtl: fc.boolean(),
        clusterRateLimits: fc.boolean(),
      }),
    ),
    helm: fc.record({
      releaseNames: fc.constantFrom(['kong'], ['kong-admin', 'kong-proxy'], ['a', 'b', 'c', 'd']),
      ingressController: fc.boolean(),
    }),
    toMode: mostly<'hybrid' | 'traditional' | undefined>(undefined, 'hybrid', 'traditional'),
    toEdition: mostly<'oss' | 'enterprise' | undefined>(undefined, 'oss', 'enterprise'),
  })
  .map(({ ends, datastore, helm, mode, ...input }) => {
    const [start, target] = [...ends].sort((a, b) => a - b).map((index) => KongVersion.parse(VERSIONS[index]!));
    return {
      ...input,
      mode,
      from: start!,
      to: target!,
      ...(datastore !== 'fits' && { datastore }),
      ...(input.platform === 'eks' && { helm }),
    };
  });
