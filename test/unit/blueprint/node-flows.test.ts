import { nodeFlows } from '../../../lib/blueprint/node-flows';

describe('what reaches the nodes of a slot', () => {
  test('is proxy and status port from the load balancer, Admin and status port from the internal one', () => {
    expect(nodeFlows('green').map(({ from, port }) => `${from} ${port}`)).toEqual([
      'proxy 8000',
      'proxy 8100',
      'admin 8001',
      'admin 8100',
    ]);
  });

  test('is described in characters that EC2 takes', () => {
    for (const { inbound, outbound } of nodeFlows('blue')) {
      expect(`${inbound}${outbound}`).toMatch(/^[a-zA-Z0-9. _:/()#,@[\]+=&;{}!$*-]*$/);
    }
  });
});
