import { readFileSync, rmSync } from 'node:fs';
import { nodeShell, type NodeShell } from '../../../lib/routers/nginx/node-shell';
import { weightsIn } from '../../../lib/routers/nginx/slot-file';
import { allOn, type Weights } from '../../../lib/traffic/weights';
import { conforms, type Rig } from './conformance';
import { nginxIsHere, NginxNodes } from './nginx-nodes';

const BLUE = allOn('blue');

async function twoNodes(): Promise<Rig> {
  const all = await NginxNodes.start(2);
  const indices = all.nodes.map((_, i) => i);
  const texts = (): (string | undefined)[] => indices.map(all.text);
  const weights = (): Weights[] => texts().map((text) => weightsIn(text ?? '', all.settings())!);
  let moments: Weights[][] = [];
  const shell: NodeShell = async (...order) => {
    const before = texts().join();
    const answer = await nodeShell(...order);
    if (texts().join() !== before) moments.push(weights());
    return answer;
  };
  const put = async (node: number, text: string): Promise<void> => {
    all.write(node, text);
    await all.reload(node);
  };
  return {
    router: all.router(shell),
    another: () => all.router(shell),
    reset: async () => {
      for (const i of indices) {
        if (all.text(i) !== all.weights(BLUE)) all.write(i, all.weights(BLUE));
      }
      const router = all.router();
      if (!(await router.verify(BLUE)).holds) await Promise.all(indices.map((i) => all.reload(i)));
      moments = [];
    },
    weights: () => Promise.resolve(weights()),
    setByHand: (place, wanted) => put(place, all.weights(wanted)),
    everything: () => Promise.resolve(texts()),
    rest: () => Promise.resolve(all.nodes.map(({ conf }) => readFileSync(conf, 'utf8'))),
    moments: () => moments,
    makeIneffective: async () => {
      // Both nodes go back to what they had loaded before; then the files are put there again, and nobody reloads.
      for (const i of indices) {
        const text = all.text(i)!;
        await put(i, all.weights(BLUE));
        all.write(i, text);
      }
    },
    damage: (place) => put(place, 'map $host $kong_slot { default kong_blue; }\n'),
    remove: (place) => Promise.resolve(rmSync(all.file(place))),
    stop: () => all.stop(),
  };
}

if (nginxIsHere) conforms('nginx, two nodes', twoNodes, { shares: [0.0001, 0.9999], road: [0.05, 0.5, 1, 0] });
else test.skip('nginx is not on this machine: apt-get install nginx', () => undefined);
