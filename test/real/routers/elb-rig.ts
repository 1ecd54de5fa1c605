import {
  CreateListenerCommand,
  CreateLoadBalancerCommand,
  CreateTargetGroupCommand,
  DescribeListenersCommand,
  ElasticLoadBalancingV2Client,
  type Action,
  type ProtocolEnum,
} from '@aws-sdk/client-elastic-load-balancing-v2';
import type { WeightedActionsRouter } from '../../../lib/routers/elb/weighted-actions-router';
import { weightsOf, withWeights, type TargetGroups } from '../../../lib/traffic/rule-actions';
import { allOn, type Weights } from '../../../lib/traffic/weights';
import type { World } from '../../../local/world/world';
import { clientOptions } from '../local-aws/helpers';
import type { Rig } from './conformance';

type Elb = ElasticLoadBalancingV2Client;

/** A load balancer of the local AWS with target groups of both slots; what carries the weights is the caller's. */
export class LocalElb {
  readonly elb: Elb;
  private constructor(
    readonly world: World,
    readonly loadBalancerArn: string,
    readonly loadBalancerDns: string,
    readonly groups: TargetGroups,
  ) {
    this.elb = new ElasticLoadBalancingV2Client(clientOptions(world));
  }

  static async make(
    world: World,
    kind: 'application' | 'network',
    protocol: ProtocolEnum,
    name = 'kong',
  ): Promise<LocalElb> {
    const elb = new ElasticLoadBalancingV2Client(clientOptions(world));
    const { LoadBalancers } = await elb.send(
      new CreateLoadBalancerCommand({ Name: name, Type: kind, Subnets: ['subnet-1'] }),
    );
    const group = async (slot: string): Promise<string> => {
      const made = await elb.send(
        new CreateTargetGroupCommand({ Name: `${name}-${slot}`, Port: 8000, Protocol: protocol, TargetType: 'ip' }),
      );
      return made.TargetGroups![0]!.TargetGroupArn!;
    };
    const groups = { blue: await group('blue'), green: await group('green') };
    return new LocalElb(world, LoadBalancers![0]!.LoadBalancerArn!, LoadBalancers![0]!.DNSName!, groups);
  }

  forward(weights: Weights = allOn('blue')): Action {
    return {
      Type: 'forward',
      ForwardConfig: {
        TargetGroups: [
          { TargetGroupArn: this.groups.green, Weight: weights.green },
          { TargetGroupArn: this.groups.blue, Weight: weights.blue },
        ],
      },
    };
  }

  async listener(port: number, protocol: ProtocolEnum, action: Action): Promise<string> {
    const { Listeners } = await this.elb.send(
      new CreateListenerCommand({
        LoadBalancerArn: this.loadBalancerArn,
        Port: port,
        Protocol: protocol,
        DefaultActions: [action],
      }),
    );
    return Listeners![0]!.ListenerArn!;
  }

  listeners() {
    return this.elb.send(new DescribeListenersCommand({ LoadBalancerArn: this.loadBalancerArn }));
  }
}

/** How a test reads and writes the action lists, without the router. */
export interface Lists {
  readonly ids: readonly string[];
  read(): Promise<readonly (readonly Action[])[]>;
  write(id: string, actions: Action[]): Promise<void>;
  remove(id: string): Promise<void>;
  /** Makes what was removed again; the ids may change. */
  mend(): Promise<void>;
  /** Whether a call writes one of the lists. */
  isWrite(command: { readonly constructor: { readonly name: string } }): boolean;
  /** Everything about them that AWS tells. */
  describe(): Promise<unknown>;
  router(elb: Pick<Elb, 'send'>): WeightedActionsRouter;
}

export function rigOf(local: LocalElb, lists: Lists): Rig {
  const { elb, groups } = local;
  let moments: (readonly Weights[])[] = [];
  const weights = async () => (await lists.read()).map((actions) => weightsOf(actions, groups)!);
  const witnessed = {
    send: async (command: never, options: never): Promise<unknown> => {
      const answer: unknown = await elb.send(command, options);
      if (lists.isWrite(command)) moments.push(await weights());
      return answer;
    },
  };
  const another = () => lists.router(witnessed as never);
  const setByHand = async (place: number, wanted: Weights): Promise<void> =>
    lists.write(lists.ids[place]!, withWeights((await lists.read())[place]!, groups, wanted));
  let removed = false;
  return {
    get router() {
      return another();
    },
    another,
    async reset() {
      if (removed) await lists.mend();
      removed = false;
      await Promise.all(lists.ids.map((id) => lists.write(id, [local.forward()])));
      moments = [];
    },
    weights,
    setByHand,
    everything: () => lists.describe(),
    rest: async () => {
      const blank = JSON.stringify(await lists.describe()).replace(/"Weight":\d+/g, '"Weight":0');
      return JSON.parse(blank) as unknown;
    },
    moments: () => moments,
    damage: (place) => lists.write(lists.ids[place]!, [{ Type: 'forward', TargetGroupArn: groups.blue }]),
    async remove(place) {
      removed = true;
      await lists.remove(lists.ids[place]!);
    },
    stop: () => Promise.resolve(),
  };
}
