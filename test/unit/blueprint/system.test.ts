import { systemSpec } from '../../../lib/blueprint/system';
import { EXISTING_DATASTORE, EXISTING_NETWORK } from './adopted';
import { BLUE, GREEN, lockOf, NO_LOCK, settingsOf } from './settings-of';

describe('the system that settings describe', () => {
  test('given blue only, then there is one slot, and the edge knows both', () => {
    const spec = systemSpec(settingsOf({ account: '123456789012', region: 'eu-central-1' }), NO_LOCK);
    expect(spec).toMatchObject({
      name: 'kong',
      account: '123456789012',
      region: 'eu-central-1',
      network: { kind: 'create', natGateways: 1 },
    });
    expect(Object.keys(spec.slots)).toEqual(['blue']);
    expect(Object.keys(spec.edge.targetGroups)).toEqual(['blue', 'green']);
  });

  test('given no account and region, then none is stated: the stacks go where the credentials point', () => {
    expect(systemSpec(settingsOf(), NO_LOCK)).not.toHaveProperty('account');
  });

  test('given green beside blue, then the edge is the same as without it', () => {
    const both = systemSpec(settingsOf({ slots: { blue: BLUE, green: GREEN } }), lockOf('green'));
    expect(JSON.stringify(both.edge)).toBe(JSON.stringify(systemSpec(settingsOf(), NO_LOCK).edge));
  });

  test('given an adopted slot, then no cluster is made for it', () => {
    const blue = { ...BLUE, datastore: EXISTING_DATASTORE, adopted: { platform: 'ecs' as const, nodes: 2 } };
    const spec = systemSpec(settingsOf({ network: EXISTING_NETWORK, slots: { blue, green: GREEN } }), lockOf('green'));
    expect(Object.keys(spec.slots)).toEqual(['green']);
    expect(spec.network).toMatchObject({ kind: 'existing', vpcId: 'vpc-1', publicSubnetIds: [] });
  });

  test('the same settings give the same text', () => {
    const make = () => JSON.stringify(systemSpec(settingsOf({ slots: { blue: BLUE, green: GREEN } }), lockOf('green')));
    expect(make()).toBe(make());
  });
});
