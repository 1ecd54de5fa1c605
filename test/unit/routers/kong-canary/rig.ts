import { KongCanaryRouter } from '../../../../lib/routers/kong-canary/kong-canary-router';
import type { Slot, Weights } from '../../../../lib/traffic/weights';
import type { Rig } from '../../../real/routers/conformance';
import { FakeKongAdmin, type Json } from '../../../real/routers/fake-kong-admin';

export const PLUGINS = ['5d1a4f2e-61a5-4d0c-9f5b-0f6f6b4a1c01', '5d1a4f2e-61a5-4d0c-9f5b-0f6f6b4a1c02'];

export const canary = (id: string, percentage: number | null = 0): Json => ({
  id,
  name: 'canary',
  enabled: true,
  service: { id: 'e7a0f1d6-7a4b-4ef3-8f6f-1f0c5d6d2a11' },
  config: {
    percentage,
    start: 1_795_251_649,
    duration: 3600,
    steps: 1000,
    hash: 'none',
    upstream_host: 'green.internal',
    upstream_port: 8000,
    upstream_uri: null,
    upstream_fallback: false,
  },
});

export async function canaryOnTheFake(slot: Slot): Promise<Rig> {
  const node = await new FakeKongAdmin().start();
  let moments: Weights[][] = [];
  const config = (place: number): Json => node.database.plugins[place]!.config as Json;
  const weights = (): Weights[] =>
    node.database.plugins.map((_, place) => {
      const own = Number(config(place).percentage) * 10;
      return slot === 'green' ? { blue: 1000 - own, green: own } : { blue: own, green: 1000 - own };
    });
  node.written = () => moments.push(weights());
  const another = (): KongCanaryRouter =>
    new KongCanaryRouter({ adminUrls: [node.url], plugins: PLUGINS, canary: slot });
  const everything = (): Json[] => structuredClone(node.database.plugins);
  return {
    router: another(),
    another,
    reset: () => {
      node.database.plugins = PLUGINS.map((id) => canary(id, slot === 'green' ? 0 : 100));
      moments = [];
      return Promise.resolve();
    },
    weights: () => Promise.resolve(weights()),
    setByHand: (place, wanted) => {
      config(place).percentage = (100 * wanted[slot]) / (wanted.blue + wanted.green);
      return Promise.resolve();
    },
    everything: () => Promise.resolve(everything()),
    rest: () =>
      Promise.resolve(
        everything().map((plugin) => ({ ...plugin, config: { ...(plugin.config as Json), percentage: 0 } })),
      ),
    moments: () => moments,
    damage: (place) => {
      config(place).percentage = null;
      return Promise.resolve();
    },
    remove: (place) => {
      node.database.plugins.splice(place, 1);
      return Promise.resolve();
    },
    stop: () => node.stop(),
  };
}
