import type { TerraformStack } from 'cdktf';
import type { EdgeSpec } from '../../../lib/blueprint/spec';
import { OwnLoadBalancer, adoptedLoadBalancer, ownListeners } from '../../../lib/cdktf/load-balancer';
import type { ListenerArns } from '../../../lib/cdktf/load-balancer';
import { KongNetwork } from '../../../lib/cdktf/network';
import { CERTIFICATE, adoptedSpec, edgeSpec, systemSpec } from '../blueprint/edge-specs';
import { resource, resources, synth } from './synth';

function make(edge: Partial<EdgeSpec> = {}, network = systemSpec().network) {
  let arns: ListenerArns = {};
  const spec = edgeSpec(edge);
  const json = synth((stack: TerraformStack) => {
    const own = new OwnLoadBalancer(stack, 'LoadBalancer', {
      name: 'kong-edge-proxy',
      spec: spec.loadBalancer,
      network: new KongNetwork(stack, 'Network', { name: 'kong', spec: network }),
      internetFacing: spec.loadBalancer.scheme === 'internet-facing',
      logPrefix: 'proxy',
      description: 'Load balancer of the Kong proxy',
    });
    arns = ownListeners(own, spec);
  });
  return { json, arns };
}
const loadBalancer = (overrides: Partial<EdgeSpec['loadBalancer']>) => ({ ...edgeSpec().loadBalancer, ...overrides });

describe('given a load balancer of our own', () => {
  test('it drops what is no header, and cannot be deleted unless the settings say so', () => {
    expect(resource(make().json, 'aws_lb')).toMatchObject({
      load_balancer_type: 'application',
      internal: false,
      drop_invalid_header_fields: true,
      enable_deletion_protection: true,
      idle_timeout: 60,
    });
    const { json } = make({ loadBalancer: loadBalancer({ deletionProtection: false, idleTimeoutSeconds: 4000 }) });
    expect(resource(json, 'aws_lb')).toMatchObject({ enable_deletion_protection: false, idle_timeout: 4000 });
  });

  test('one that faces the internet stands in public subnets, after their way out; an internal one beside the nodes', () => {
    const facing = resource(make().json, 'aws_lb');
    expect(facing.subnets).toEqual(Array(2).fill(expect.stringContaining('Public')));
    expect(facing.depends_on).toContainEqual(expect.stringContaining('aws_route.'));
    const internal = resource(make({ loadBalancer: loadBalancer({ scheme: 'internal' }) }).json, 'aws_lb');
    expect(internal.subnets).toEqual(Array(2).fill(expect.stringContaining('Nodes')));
    expect(internal).not.toHaveProperty('depends_on');
  });

  test('in an existing network it needs nothing to stand before it', () => {
    const { json } = make({}, adoptedSpec().network);
    expect(resource(json, 'aws_lb')).toMatchObject({ subnets: ['subnet-0a000001', 'subnet-0a000002'] });
    expect(resource(json, 'aws_lb')).not.toHaveProperty('depends_on');
  });

  test('access logs go where the settings say', () => {
    const { json } = make({ loadBalancer: loadBalancer({ accessLogsBucket: 'logs' }) });
    expect(resource(json, 'aws_lb').access_logs).toEqual({ enabled: true, bucket: 'logs', prefix: 'proxy' });
    expect(resource(make().json, 'aws_lb')).not.toHaveProperty('access_logs');
  });

  test('each port admits each range once, by the first address of the range', () => {
    const allowedCidrs = ['10.1.2.3/16', '10.1.0.0/16', '192.0.2.0/24'];
    const { json } = make({ http: 'forward', https: undefined, loadBalancer: loadBalancer({ allowedCidrs }) });
    expect(resources(json, 'aws_vpc_security_group_ingress_rule')).toMatchObject([
      { cidr_ipv4: '10.1.0.0/16', ip_protocol: 'tcp', from_port: 80, to_port: 80 },
      { cidr_ipv4: '192.0.2.0/24', ip_protocol: 'tcp', from_port: 80, to_port: 80 },
    ]);
  });

  test('a range that is taken out of the settings takes its own rule with it and no other', () => {
    const rulesOf = (...allowedCidrs: string[]) =>
      make({ https: undefined, http: 'forward', loadBalancer: loadBalancer({ allowedCidrs }) }).json.resource!
        .aws_vpc_security_group_ingress_rule!;
    const after = rulesOf('192.0.2.0/24');
    expect(rulesOf('10.0.0.0/8', '192.0.2.0/24')).toMatchObject(after);
  });
});

describe('given its listeners', () => {
  test('HTTPS answers 503 to what no rule takes, and HTTP redirects to it and takes no rule', () => {
    const { json, arns } = make();
    expect(resources(json, 'aws_lb_listener')).toMatchObject([
      {
        port: 80,
        protocol: 'HTTP',
        default_action: [{ type: 'redirect', redirect: { protocol: 'HTTPS', port: '443', status_code: 'HTTP_301' } }],
      },
      {
        port: 443,
        protocol: 'HTTPS',
        certificate_arn: CERTIFICATE,
        ssl_policy: 'ELBSecurityPolicy-TLS13-1-2-2021-06',
        default_action: [
          {
            type: 'fixed-response',
            fixed_response: { status_code: '503', content_type: 'text/plain', message_body: 'no rule matched' },
          },
        ],
      },
    ]);
    expect(Object.keys(arns)).toEqual(['https']);
  });

  test('HTTP that forwards takes rules; one that is off is not there', () => {
    expect(Object.keys(make({ http: 'forward' }).arns)).toEqual(['http', 'https']);
    const { json, arns } = make({ http: 'off' });
    expect(Object.keys(arns)).toEqual(['https']);
    expect(resources(json, 'aws_lb_listener')).toHaveLength(1);
    expect(resources(json, 'aws_vpc_security_group_ingress_rule').map(({ from_port }) => from_port)).toEqual([443]);
  });
});

test('a load balancer that somebody else made is described by its ARN, and its groups are not ours to write', () => {
  expect(adoptedLoadBalancer(adoptedSpec().edge.adopted!)).toMatchObject({
    fullName: 'app/shop/50dc6c495c0c9188',
    securityGroupIds: ['sg-0a1b2c3d'],
    own: false,
  });
});
