import { edgeSpec } from '../../../lib/blueprint/edge';
import { ADOPTED_EDGE, EXISTING_NETWORK } from './adopted';
import { BLUE, settingsOf } from './settings-of';

const https = { certificateArn: 'arn:aws:acm:eu-central-1:123456789012:certificate/1' };

describe('the edge that settings describe', () => {
  test('given nothing, then plain HTTP forwards by one rule for every path, all weight on the live slot', () => {
    const edge = edgeSpec(settingsOf());
    expect(edge.http).toBe('forward');
    expect(edge.rules).toEqual([
      {
        id: 'WeightedHttp',
        listener: { kind: 'own', protocol: 'http' },
        priority: 1000,
        conditions: [{ Field: 'path-pattern', PathPatternConfig: { Values: ['/*'] } }],
        actionsBefore: [],
      },
    ]);
    expect(edge.initialWeights).toEqual({ blue: 100, green: 0 });
    expect(edge.weightOwnership).toBe('runner');
  });

  test('given https, then HTTP is redirected and only HTTPS forwards', () => {
    const edge = edgeSpec(settingsOf({ edge: { https } }));
    expect(edge.http).toBe('redirect');
    expect(edge.https).toEqual({ ...https, sslPolicy: 'ELBSecurityPolicy-TLS13-1-2-2021-06' });
    expect(edge.rules.map(({ id }) => id)).toEqual(['WeightedHttps']);
  });

  test('given https and http: forward, then each listener has a weighted rule of its own', () => {
    expect(edgeSpec(settingsOf({ edge: { https, http: 'forward' } })).rules.map(({ id }) => id)).toEqual([
      'WeightedHttps',
      'WeightedHttp',
    ]);
  });

  test('given a tester header, then its rules lie above the weighted one', () => {
    const [rule] = edgeSpec(settingsOf({ edge: { testerHeader: {} } })).rules;
    expect(rule?.testerPriorities).toEqual({ blue: 10, green: 11 });
    expect(Math.max(...Object.values(rule!.testerPriorities!))).toBeLessThan(rule!.priority);
    expect(edgeSpec(settingsOf()).rules[0]).not.toHaveProperty('testerPriorities');
  });

  test('given weights of the template, then the rule is made with them', () => {
    const edge = edgeSpec(settingsOf({ weightOwnership: 'template', weights: { blue: 90, green: 10 } }));
    expect(edge).toMatchObject({ weightOwnership: 'template', initialWeights: { blue: 90, green: 10 } });
  });

  test('given weights of the template, then the Admin API is not split: it goes to the slot with most of them', () => {
    const adminWeights = (blue: number, green: number) =>
      edgeSpec(settingsOf({ weightOwnership: 'template', weights: { blue, green } })).adminWeights;
    expect(adminWeights(90, 10)).toEqual({ blue: 100, green: 0 });
    expect(adminWeights(40, 60)).toEqual({ blue: 0, green: 100 });
    expect(adminWeights(50, 50)).toEqual({ blue: 100, green: 0 }); // `live` of the settings
  });

  test('given the live slot green, then a rule is made with all weight on green', () => {
    expect(edgeSpec(settingsOf({ live: 'green', slots: { green: BLUE } })).initialWeights).toEqual({
      blue: 0,
      green: 100,
    });
  });

  test('health is asked on the status port: /status before 3.3, /status/ready from then on and for a slot that is not there', () => {
    const paths = (version: string) => {
      const { targetGroups } = edgeSpec(settingsOf({ slots: { blue: { ...BLUE, version } } }));
      return [targetGroups.blue.health.path, targetGroups.green.health.path];
    };
    expect(paths('2.8')).toEqual(['/status', '/status/ready']);
    expect(paths('3.2.2.5')).toEqual(['/status', '/status/ready']);
    expect(paths('3.3.0')).toEqual(['/status/ready', '/status/ready']);
    expect(paths('3.10')).toEqual(['/status/ready', '/status/ready']);
    expect(edgeSpec(settingsOf()).adminTargetGroups.blue).toMatchObject({
      port: 8001,
      health: { port: 8100 },
      deregistrationDelaySeconds: 30,
    });
  });

  test('the Admin listener is for the VPC alone unless ranges are named', () => {
    expect(edgeSpec(settingsOf()).admin).toEqual({ port: 8001, allowedCidrs: ['10.20.0.0/16'] });
    expect(edgeSpec(settingsOf({ edge: { admin: { allowedCidrs: ['10.9.0.0/24'] } } })).admin.allowedCidrs).toEqual([
      '10.9.0.0/24',
    ]);
  });

  describe('of an adopted load balancer', () => {
    const edge = edgeSpec(
      settingsOf({
        network: EXISTING_NETWORK,
        edge: { adopted: ADOPTED_EDGE, testerHeader: {}, stickinessSeconds: 60 },
      }),
    );

    test('each adopted rule becomes a weighted one with its conditions and actions, verbatim, under a name of the owner’s rule', () => {
      expect(edge.rules).toMatchObject([
        {
          id: 'Weighted443Rule9683b2d02a6cabee',
          listener: { kind: 'existing', port: 443 },
          priority: 9,
          conditions: ADOPTED_EDGE.rules[0]!.conditions,
          actionsBefore: ADOPTED_EDGE.rules[0]!.actionsBefore,
          stickinessSeconds: 300,
          testerPriorities: { blue: 7, green: 8 },
        },
        { id: 'Weighted443Default', priority: 50000, stickinessSeconds: 60 },
      ]);
      expect(edge.rules[1]).not.toHaveProperty('testerPriorities');
    });

    test('another priority is the same rule', () => {
      const moved = {
        ...ADOPTED_EDGE,
        rules: ADOPTED_EDGE.rules.map((rule) => ({ ...rule, priority: rule.priority - 1 })),
      };
      const ids = edgeSpec(settingsOf({ network: EXISTING_NETWORK, edge: { adopted: moved } })).rules.map(
        ({ id }) => id,
      );
      expect(ids).toEqual(edge.rules.map(({ id }) => id));
    });

    test('the target group of blue is the one that exists, that of green is made', () => {
      expect(edge.targetGroups.blue.existingArn).toBe(ADOPTED_EDGE.targetGroups.blue);
      expect(edge.targetGroups.green).not.toHaveProperty('existingArn');
    });
  });
});
