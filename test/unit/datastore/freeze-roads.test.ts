import { adminPorts, roadsOf, type RoadReadings } from '../../../lib/datastore/freeze-roads';

const readings = (change: Partial<RoadReadings> = {}): RoadReadings => ({
  slot: 'blue',
  adminListener: 'admin.internal:8001',
  adminLoadBalancerGroupIds: ['sg-admin-lb'],
  adminListen: '0.0.0.0:8001',
  ingress: [
    { groupId: 'sg-nodes', fromPort: 8000, toPort: 8000, source: 'sg-lb' },
    { groupId: 'sg-nodes', fromPort: 8001, toPort: 8001, source: 'sg-admin-lb' },
  ],
  targetGroups: [],
  unread: [],
  ...change,
});
const nodesRoads = (given: RoadReadings) =>
  roadsOf(given).filter(({ road }) => road.startsWith('Admin API of the nodes'));
const tools = (given: RoadReadings) => roadsOf(given).find(({ road }) => road.startsWith('decK'))?.covered;

describe('ports of the Admin API', () => {
  test.each([
    ['0.0.0.0:8001', [{ port: 8001, loopback: false }]],
    [
      '127.0.0.1:8001 reuseport backlog=16384, 0.0.0.0:8444 http2 ssl',
      [
        { port: 8001, loopback: true },
        { port: 8444, loopback: false },
      ],
    ],
    ['[::]:9001', [{ port: 9001, loopback: false }]],
    ['localhost:8001,[::1]:8444 ssl', [8001, 8444].map((port) => ({ port, loopback: true }))],
    ['off', []],
  ])('%s', (adminListen, ports) => expect(adminPorts(adminListen)).toEqual(ports));

  test('where nothing is said, both usual ports are taken for open: the image may say it', () => {
    expect(adminPorts(undefined).map(({ port, loopback }) => [port, loopback])).toEqual([
      [8001, false],
      [8444, false],
    ]);
  });
});

describe('roads of a slot', () => {
  test('given nodes that the Admin load balancer alone reaches, then the Admin API and its tools are covered', () => {
    expect(nodesRoads(readings())).toEqual([
      expect.objectContaining({ covered: true, why: 'port 8001 is open to the Admin load balancer alone' }),
    ]);
    expect(tools(readings())).toBe(true);
  });

  test.each([
    ['a range', '10.0.0.0/16'],
    ['another security group', 'sg-ci'],
    ['a prefix list', 'pl-1'],
  ])('given %s that reaches the Admin port, then that is a road of its own, and tools are not covered', (_, source) => {
    const given = readings({ ingress: [{ groupId: 'sg-nodes', fromPort: 8001, toPort: 8001, source }] });
    expect(nodesRoads(given)).toEqual([
      {
        road: `Admin API of the nodes of blue, port 8001 from ${source}`,
        covered: false,
        why: expect.stringContaining('sg-nodes'),
      },
    ]);
    expect(tools(given)).toBe(false);
  });

  test('given a rule for all ports, then the Admin port is among them', () => {
    const given = readings({ ingress: [{ groupId: 'sg-nodes', fromPort: 0, toPort: 65535, source: '10.0.0.0/8' }] });
    expect(nodesRoads(given)[0]?.covered).toBe(false);
  });

  test('given that only the TLS port is open, then that one is named', () => {
    const given = readings({
      adminListen: '127.0.0.1:8001, 0.0.0.0:8444 ssl',
      ingress: [{ groupId: 'sg-nodes', fromPort: 8000, toPort: 9000, source: '10.0.0.0/8' }],
    });
    expect(nodesRoads(given).map(({ road }) => road)).toEqual([
      'Admin API of the nodes of blue, port 8444 from 10.0.0.0/8',
    ]);
  });

  test('given an Admin API on the node itself alone, then security groups do not matter', () => {
    const given = readings({
      adminListen: '127.0.0.1:8001',
      ingress: [{ groupId: 'sg-nodes', fromPort: 0, toPort: 65535, source: '0.0.0.0/0' }],
    });
    expect(nodesRoads(given)).toEqual([expect.objectContaining({ covered: true })]);
  });

  test("given the nodes in somebody's target group on the Admin port, then that is a road", () => {
    const given = readings({ targetGroups: [{ name: 'kong-admin', port: 8001, loadBalancers: ['internal'] }] });
    expect(nodesRoads(given)).toEqual([
      {
        road: 'Admin API of the nodes of blue by target group kong-admin of internal',
        covered: false,
        why: expect.stringContaining('8001'),
      },
    ]);
  });

  test('what could not be read is not called covered', () => {
    const given = readings({ ingress: undefined, unread: [{ what: 'the security groups', why: 'AccessDenied' }] });
    expect(nodesRoads(given)).toEqual([
      {
        road: 'Admin API of the nodes of blue: the security groups',
        covered: false,
        why: 'could not be read: AccessDenied',
      },
    ]);
    expect(tools(given)).toBe(false);
  });

  test('a shell, the database and what requests store are never covered', () => {
    const never = roadsOf(readings()).filter(({ covered }) => !covered);
    expect(never.map(({ road }) => road)).toEqual([
      'a shell on a node of blue (ECS Exec, SSH)',
      'direct writes to the database',
      'what requests store',
    ]);
  });
});
