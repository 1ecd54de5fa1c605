import { App } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import fc from 'fast-check';
import { KongNetwork } from '../../../lib/aws-cdk/network';
import { addressText } from '../../../lib/blueprint/cidr';
import { networkLayout } from '../../../lib/blueprint/network-layout';
import type { NetworkSpec } from '../../../lib/blueprint/spec';
import { TestStack } from '../aws-cdk/fixtures';

type Made = Extract<NetworkSpec, { kind: 'create' }>;

/** What aws-cdk-lib makes of it: ranges by the subnet's name, and the number of NAT gateways. */
function madeByCdk(spec: Made): { readonly subnets: Record<string, string[]>; readonly natGateways: number } {
  const stack = new TestStack(new App(), 'network');
  new KongNetwork(stack, 'Network', spec);
  const template = Template.fromStack(stack);
  const subnets: Record<string, string[]> = { public: [], nodes: [], database: [] };
  for (const [id, { Properties }] of Object.entries(template.findResources('AWS::EC2::Subnet'))) {
    const [, kind, zone] = /(Public|Nodes|Database)Subnet(\d)/.exec(id)!;
    subnets[kind!.toLowerCase()]![Number(zone) - 1] = Properties.CidrBlock as string;
  }
  return { subnets, natGateways: Object.keys(template.findResources('AWS::EC2::NatGateway')).length };
}

describe('given a network to be made', () => {
  test('its subnets and gateways are those that aws-cdk-lib computes, for every range that the settings take', () => {
    const specs = fc
      .record({
        prefix: fc.integer({ min: 16, max: 20 }),
        block: fc.nat(),
        natGateways: fc.integer({ min: 1, max: 3 }),
      })
      .map(({ prefix, block, natGateways }): Made => {
        const first = (block % 2 ** prefix) * 2 ** (32 - prefix);
        return { kind: 'create', cidr: `${addressText(first)}/${prefix}`, natGateways };
      });
    fc.assert(
      fc.property(specs, (spec) => {
        const { subnets, natGateways } = networkLayout(spec);
        expect({ subnets, natGateways }).toEqual(madeByCdk(spec));
      }),
      { numRuns: 25 },
    );
  });

  test('the default range is laid out as it always was', () => {
    expect(networkLayout({ kind: 'create', cidr: '10.20.0.0/16', natGateways: 1 })).toEqual({
      cidr: '10.20.0.0/16',
      subnets: {
        public: ['10.20.0.0/24', '10.20.1.0/24'],
        nodes: ['10.20.4.0/22', '10.20.8.0/22'],
        database: ['10.20.12.0/24', '10.20.13.0/24'],
      },
      natGateways: 1,
    });
  });

  test('a range that is given by an address inside it is taken from its first one', () => {
    const { cidr, subnets } = networkLayout({ kind: 'create', cidr: '10.20.7.9/16', natGateways: 1 });
    expect([cidr, subnets.public[0]]).toEqual(['10.20.0.0/16', '10.20.0.0/24']);
  });

  test('a range that does not hold its subnets is refused, and none is handed out beyond it', () => {
    expect(() => networkLayout({ kind: 'create', cidr: '10.20.0.0/21', natGateways: 1 })).toThrow('NETWORK_SIZE');
    expect(() => networkLayout({ kind: 'create', cidr: '10.20.0.0/28', natGateways: 1 })).toThrow('NETWORK_SIZE');
    expect(networkLayout({ kind: 'create', cidr: '10.20.0.0/20', natGateways: 1 }).cidr).toBe('10.20.0.0/20');
  });
});
