import type { KongCanarySettings } from '../../settings/router-schema';
import { sameShare, shareOf, validateWeights, type Weights, type WeightScale } from '../../traffic/weights';
import { conflict, has, refuseNothing } from '../failures';
import { inGroups } from '../in-groups';
import { changed, gone, KongAdmin, type Json } from '../kong/kong-admin';
import type {
  MayWrite,
  PlaceReading,
  Receipt,
  RouterCapabilities,
  RouterReading,
  TrafficRouter,
  Verification,
  WeightChange,
} from '../router';

/** Until every node has it: db_update_frequency is 5 s by default. */
const SETTLE_SECONDS = 10;
/** Kong's documentation of the plugin: `config.steps`, default 1000 buckets. */
const DEFAULT_STEPS = 1000;

/** What is written back: the share, and whether the plugin runs at all. */
interface Saved {
  readonly enabled: boolean;
  readonly percentage: number;
}

interface Found {
  readonly admin: KongAdmin;
  /** Id or instance name. */
  readonly plugin: string;
  readonly place: PlaceReading;
  readonly steps: number;
  readonly hash: string;
}

/**
 * The Canary plugin of Kong Enterprise in a Kong in front: its `percentage` and nothing else. From its documentation; the
 * plugin is not part of open source Kong and was never run here.
 *
 * atomic  one plugin at a time, node by node
 * compare between two reads: another's write in the same moment is found by the read afterwards
 * sticky  nothing outlives the percentage; with a hash other than none a client keeps its slot until the border passes it
 * drains  requests under way end where they are
 */
export class KongCanaryRouter implements TrafficRouter {
  private readonly nodes: readonly KongAdmin[];
  /** Of the plugins that were read last. */
  private steps = DEFAULT_STEPS;
  private isHashed = false;

  constructor(
    private readonly settings: KongCanarySettings,
    token?: () => Promise<string>,
  ) {
    this.nodes = settings.adminUrls.map((url) => new KongAdmin(url, token));
  }

  get capabilities(): RouterCapabilities {
    return {
      name: 'kongCanary',
      scale: scaleOf(this.steps),
      // Of a hash the choice is made once for a client, not for a request.
      splits: this.isHashed ? 'connections' : 'requests',
      compareAndSet: false,
      settleSeconds: SETTLE_SECONDS,
      notes: {
        atomic: 'one plugin at a time, node by node; what the nodes have in memory cannot be seen',
        sticky: 'with a hash other than none a client keeps its slot until the border passes it',
        drains: 'requests under way end where they are',
      },
    };
  }

  /** @throws KongDualClusterError ROUTER_RULE_MISSING, ROUTER_RULE_CHANGED (exit 6), ROUTER_NODE_SILENT, ROUTER_DENIED */
  async read(): Promise<RouterReading> {
    return readingOf(await this.look());
  }

  /** @throws KongDualClusterError ROUTER_CONFLICT (exit 6), ROUTER_READ_ONLY (exit 8), and those of `read` */
  async apply({ expected, to, mayWrite }: WeightChange): Promise<Receipt> {
    validateWeights(to);
    const before = await this.look();
    const foreign = before.filter(({ place }) => ![...expected, to].some((each) => sameShare(each, place.weights)));
    if (foreign.length > 0)
      throw conflict(
        foreign.map(({ place }) => place),
        expected,
      );
    const open = before.filter(({ place }) => !sameShare(place.weights, to));
    await Promise.all([...new Set(open.map(({ admin }) => admin))].map((admin) => admin.refuseReadOnly()));
    const percentage = percentageOf(to, this.settings);
    await inGroups(open, 1, mayWrite, async ({ admin, plugin }) => {
      // Nodes of one database see each other's writes.
      const { place } = await this.lookAt(admin, plugin);
      if (!sameShare(place.weights, to)) await admin.write('PATCH', pathOf(plugin), { config: { percentage } });
    });
    const { holds, reading, differences } = await this.verify(to);
    if (!holds) throw conflict(reading.places, [to], differences);
    return { written: open.map(({ place }) => place.id) };
  }

  async verify(weights: Weights): Promise<Verification> {
    const reading = await this.read();
    const differences = reading.places.filter((place) => !sameShare(place.weights, weights)).map(has);
    return { holds: differences.length === 0, reading, differences };
  }

  /** Sets the percentages of a reading again, and runs a plugin that somebody disabled. All are tried. */
  async restore({ places }: RouterReading, mayWrite?: MayWrite): Promise<Receipt> {
    refuseNothing(places.map(({ weights }) => weights));
    const saved = new Map(places.map((place) => [place.id, place]));
    const written: string[] = [];
    const all = this.nodes.flatMap((admin) => this.settings.plugins.map((plugin) => ({ admin, plugin })));
    const due: ((typeof all)[number] & { readonly id: string; readonly body: Json })[] = [];
    const failures: unknown[] = [];
    for (const { admin, plugin } of all) {
      const id = idOf(admin, plugin);
      const place = saved.get(id) ?? places[0];
      if (place === undefined) continue;
      try {
        const live = await admin.get(pathOf(plugin));
        if (live === undefined) throw gone(id);
        const { enabled } = place.verbatim as Saved;
        const percentage = percentageIn(place, this.settings);
        const { config } = live as { config?: { percentage?: unknown } };
        if (live.enabled === enabled && config?.percentage === percentage) continue;
        due.push({ admin, plugin, id, body: { ...(live.enabled !== enabled && { enabled }), config: { percentage } } });
      } catch (error) {
        failures.push(error);
      }
    }
    await inGroups(due, due.length || 1, due.length > 0 ? mayWrite : undefined, async ({ admin, plugin, id, body }) => {
      await admin.write('PATCH', pathOf(plugin), body);
      written.push(id);
    });
    if (failures.length > 0) throw failures[0];
    return { written };
  }

  private async look(): Promise<Found[]> {
    const found = await Promise.all(
      this.nodes.flatMap((admin) => this.settings.plugins.map((plugin) => this.lookAt(admin, plugin))),
    );
    this.steps = Math.min(...found.map(({ steps }) => steps));
    this.isHashed = found.some(({ hash }) => hash !== 'none');
    return found;
  }

  private async lookAt(admin: KongAdmin, plugin: string): Promise<Found> {
    const id = idOf(admin, plugin);
    const live = await admin.get(pathOf(plugin));
    if (live === undefined) throw gone(`there is no plugin ${id}`);
    const { config } = live as { config?: CanaryConfig };
    const { percentage, steps, hash = 'consumer' } = config ?? {};
    const wrong = (found: string, remedy: string): Error => changed(`plugin ${id}`, found, remedy);
    if (live.name !== 'canary') throw wrong(`it is the plugin ${String(live.name)}`, 'name the Canary plugin');
    if (live.enabled !== true)
      throw wrong('it is disabled, so that nothing is split', 'enable it, or take it out of the settings');
    if (hash === 'allow' || hash === 'deny')
      throw wrong(`its hash is ${hash}: it splits by groups of consumers`, 'set config.hash to none, consumer or ip');
    if (typeof percentage !== 'number')
      throw wrong(
        'it has no percentage, so that it follows the clock from start for duration',
        'set config.percentage to what holds now; start and duration are ignored then',
      );
    const place = { id, weights: weightsOf(percentage, this.settings), verbatim: { enabled: true, percentage } };
    return { admin, plugin, place, steps: steps ?? DEFAULT_STEPS, hash };
  }
}

interface CanaryConfig {
  readonly percentage?: number | null;
  readonly steps?: number | null;
  readonly hash?: string;
}

/** A percentage falls on whole buckets: of 1000 each is 0.1 %. */
function scaleOf(steps: number): WeightScale {
  const totals = steps >= 1000 ? [100, 1000] : [Math.max(2, Math.min(100, steps))];
  return { kind: 'total', totals, max: totals.at(-1)! - 1 };
}

/** Six digits are more than a percentage that was written by hand has. */
const PARTS = 1_000_000;

function weightsOf(percentage: number, { canary }: KongCanarySettings): Weights {
  const exact = [100, 1000].find(
    (total) => Math.abs((percentage * total) / 100 - Math.round((percentage * total) / 100)) < 1e-9,
  );
  const total = exact ?? PARTS;
  const weight = Math.round((percentage * total) / 100);
  const all = percentage === 0 || percentage === 100 ? 100 : total;
  const own = percentage === 100 ? 100 : weight;
  return canary === 'blue' ? { blue: own, green: all - own } : { blue: all - own, green: own };
}

const percentageOf = (weights: Weights, { canary }: KongCanarySettings): number =>
  Math.round(shareOf(weights, canary) * PARTS) / (PARTS / 100);

/** Of a saved place: its percentage to the letter, or that of its weights where somebody changed those. */
function percentageIn({ weights, verbatim }: PlaceReading, settings: KongCanarySettings): number {
  const { percentage } = verbatim as Saved;
  return sameShare(weightsOf(percentage, settings), weights) ? percentage : percentageOf(weights, settings);
}

const idOf = (admin: KongAdmin, plugin: string): string => `${plugin} at ${admin.name}`;
const pathOf = (plugin: string): string => `/plugins/${encodeURIComponent(plugin)}`;

const readingOf = (found: readonly Found[]): RouterReading => ({
  router: 'kongCanary',
  places: found.map(({ place }) => place),
  followers: [],
  stickySeconds: 0,
});
