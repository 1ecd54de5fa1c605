import {
  DeleteListenerCommand,
  DescribeListenersCommand,
  ModifyListenerCommand,
} from '@aws-sdk/client-elastic-load-balancing-v2';
import { NlbRouter } from '../../../lib/routers/nlb/nlb-router';
import type { World } from '../../../local/world/world';
import { startTestWorld } from '../local-aws/helpers';
import { conforms } from './conformance';
import { LocalElb, rigOf, type Lists } from './elb-rig';

let world: World;
beforeAll(async () => {
  world = await startTestWorld();
}, 60_000);
afterAll(() => world?.stop(), 60_000);

const LISTENERS = 6;

async function listeners(local: LocalElb): Promise<Lists> {
  const { elb } = local;
  const ids: string[] = [];
  const make = async (n: number): Promise<void> => {
    ids[n] = await local.listener(9300 + n, 'TCP', local.forward());
  };
  for (let n = 0; n < LISTENERS; n += 1) await make(n);
  const described = async () => (await elb.send(new DescribeListenersCommand({ ListenerArns: ids }))).Listeners ?? [];
  return {
    ids,
    async read() {
      const found = new Map(
        (await described()).map(({ ListenerArn, DefaultActions }) => [ListenerArn, DefaultActions]),
      );
      return ids.map((id) => found.get(id) ?? []);
    },
    async write(ListenerArn, DefaultActions) {
      await elb.send(new ModifyListenerCommand({ ListenerArn, DefaultActions }));
    },
    async remove(ListenerArn) {
      await elb.send(new DeleteListenerCommand({ ListenerArn }));
    },
    mend: () => make(0),
    isWrite: (command) => command instanceof ModifyListenerCommand,
    describe: described,
    router: (client) => new NlbRouter(client, { listenerArns: ids, targetGroups: local.groups }),
  };
}

conforms(
  `nlb with ${LISTENERS} listeners on the local AWS`,
  async () => {
    const local = await LocalElb.make(world, 'network', 'TCP');
    return rigOf(local, await listeners(local));
  },
  { cannot: ['makeIneffective'] },
);
