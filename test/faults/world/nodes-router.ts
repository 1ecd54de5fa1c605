import { EXIT, KongDualClusterError } from '../../../lib/errors';
import { conflict, has } from '../../../lib/routers/failures';
import type {
  MayWrite,
  RouterCapabilities,
  RouterName,
  PlaceReading,
  RouterReading,
  TrafficRouter,
  Verification,
  WeightChange,
} from '../../../lib/routers/router';
import { allOn, sameShare, type Slot, type Weights } from '../../../lib/traffic/weights';
import type { Process } from './process';
import type { World } from './world';

/** A node with a configuration of its own: what is written is not yet what is loaded. */
export interface EdgeNode {
  readonly name: string;
  written: Weights;
  loaded: Weights;
}

/**
 * Routers with nodes, or a unit that takes declarations, as far as a runner sees them: written one after the other, and read as
 * what is really loaded. What nginx and F5 do is tested with their routers; here it is what becomes of the shift.
 */
export class EdgeNodes {
  readonly nodes: EdgeNode[];
  /** Refuses a write: before it changes anything, or after it was written and before it is loaded. */
  refuses: (node: EdgeNode, to: Weights) => { readonly written: boolean; readonly error: Error } | undefined = () =>
    undefined;

  constructor(
    private readonly world: World,
    count: number,
    from: Slot,
    private readonly name: RouterName,
    private readonly splits: RouterCapabilities['splits'] = 'requests',
  ) {
    this.nodes = Array.from({ length: count }, (_, i) => ({
      name: `edge-${i + 1}`,
      written: allOn(from),
      loaded: allOn(from),
    }));
  }

  router(process: Process): TrafficRouter {
    const { nodes, name, splits } = this;
    const read = (): Promise<RouterReading> =>
      process.call('read nodes', () => ({
        router: name,
        places: nodes.map((node): PlaceReading => ({
          id: node.name,
          weights: node.loaded,
          verbatim: { ...node.written },
        })),
        followers: [],
        stickySeconds: 0,
      }));
    const verify = async (weights: Weights): Promise<Verification> => {
      const reading = await read();
      const wrong = reading.places.filter((place) => !sameShare(place.weights, weights));
      return { holds: wrong.length === 0, reading, differences: wrong.map(has) };
    };
    const write = async (node: EdgeNode, to: Weights): Promise<void> =>
      process.call('write node', () =>
        this.world.written(process, () => {
          const refused = this.refuses(node, to);
          if (refused?.written !== false) node.written = to;
          if (refused) throw refused.error;
          node.loaded = to;
        }),
      );
    return {
      capabilities: {
        name,
        scale: { kind: 'total', totals: [100, 1000], max: 999 },
        splits,
        compareAndSet: true,
        settleSeconds: 1,
        notes: { atomic: 'a node', sticky: 'nothing', drains: 'old workers' },
      },
      read,
      verify,
      async apply({ expected, to, mayWrite }: WeightChange) {
        const { places } = await read();
        const foreign = places.filter(({ weights }) => ![...expected, to].some((known) => sameShare(known, weights)));
        if (foreign.length > 0) throw conflict(foreign, expected);
        const due = nodes.filter((node) => !sameShare(node.loaded, to));
        for (const node of due) {
          await mayWrite?.();
          await write(node, to);
        }
        return { written: due.map((node) => node.name) };
      },
      async restore(reading: RouterReading, mayWrite?: MayWrite) {
        await mayWrite?.();
        const to = (node: EdgeNode): Weights =>
          (reading.places.find(({ id }) => id === node.name) ?? reading.places[0])!.weights;
        const due = nodes.filter((node) => !sameShare(node.loaded, to(node)));
        const results = await Promise.allSettled(due.map((node) => write(node, to(node))));
        for (const result of results) if (result.status === 'rejected') throw result.reason as Error;
        return { written: due.map((node) => node.name) };
      },
    };
  }
}

export const reloadRejected = (node: EdgeNode): KongDualClusterError =>
  new KongDualClusterError('ROUTER_RELOAD_REJECTED', 'a node does not run what was written to it', {
    found: `${node.name}: the old workers are still there`,
    remedy: 'look at the error log of nginx',
    exitCode: EXIT.error,
  });
