import { EXIT, KongDualClusterError } from '../../errors';
import type { NginxSettings } from '../../settings/router-schema';
import { sameShare, type Weights } from '../../traffic/weights';
import { has, refuseNothing } from '../failures';
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
import { fileChanged, fileMissing, foreignWeights, refused, silent } from './nginx-errors';
import { NoAnswer, nodeShell, type NodeShell } from './node-shell';
import { answerOf, type NodeState, type Refusal } from './node-state';
import { readScript, writeScript } from './scripts';
import { digest, NGINX_SCALE, slotFile, weightsIn } from './slot-file';

type Node = NginxSettings['nodes'][number];
interface Look {
  readonly node: Node;
  readonly state: NodeState;
  /** The runner's clock when the answer came, milliseconds; only differences count. */
  readonly at: number;
}

const READ_MS = 10_000;
/** Longer than a script waits for another one, the test, the reload and the new workers together. */
const WRITE_MS = 80_000;
/** A write that a node begins later than this after it was allowed is not made, hundredths of a second (see `abort`). */
const BEGIN_WITHIN = 250;

/**
 * An NGINX, or several alike, in front of both clusters: a file with a `split_clients` block, on every node.
 *
 * atomic  a node's file is replaced as a whole under a lock, tested, loaded, and put back when nginx does not take it; raises go
 *         node by node and end at the first that fails, a way back is given to all nodes at once
 * compare a node writes only over the content that was read, and only within 2.5 s of the lock's last yes
 * sticky  nothing outlives the weights: with a key such as $remote_addr a client keeps its slot until the border passes it
 * drains  requests under way end on the old workers, which take no new connection (bounded by worker_shutdown_timeout)
 */
export class NginxRouter implements TrafficRouter {
  readonly capabilities: RouterCapabilities = {
    name: 'nginx',
    scale: NGINX_SCALE,
    splits: 'requests',
    compareAndSet: true,
    settleSeconds: 0,
    notes: {
      atomic: "a node's file as a whole, tested and put back if nginx refuses it; a raise goes node by node",
      sticky: 'nothing outlives the weights; a key such as $remote_addr keeps a client until the border passes it',
      drains: 'requests under way end on the old workers (worker_shutdown_timeout); idle keep-alive connections close',
    },
  };

  constructor(
    private readonly settings: NginxSettings,
    private readonly shell: NodeShell = nodeShell,
  ) {}

  /** @throws KongDualClusterError ROUTER_FILE_CHANGED, ROUTER_FILE_MISSING (exit 6), ROUTER_NODE_SILENT */
  async read(): Promise<RouterReading> {
    return this.readingOf(await this.lookAtAll());
  }

  /** @throws KongDualClusterError ROUTER_CONFLICT (exit 6), ROUTER_RELOAD_REJECTED, and those of `read` */
  async apply({ expected, to, mayWrite }: WeightChange): Promise<Receipt> {
    const content = slotFile(to, this.settings);
    const looks = await this.lookAtAll();
    const { places } = this.readingOf(looks);
    const foreign = places.filter(({ weights }) => ![...expected, to].some((known) => sameShare(known, weights)));
    if (foreign.length > 0) throw foreignWeights(foreign, expected);
    const written: string[] = [];
    for (const [i, look] of looks.entries()) {
      if (look.state.loaded && sameShare(places[i]!.weights, to)) continue;
      await mayWrite?.();
      await this.write(look, content, true);
      written.push(look.node.name);
    }
    return { written };
  }

  async verify(weights: Weights): Promise<Verification> {
    const looks = await this.lookAtAll();
    const reading = this.readingOf(looks);
    const differences = reading.places.flatMap((place, i) => [
      ...(sameShare(place.weights, weights) ? [] : [has(place)]),
      ...(looks[i]!.state.loaded ? [] : [`${place.id}: ${looks[i]!.state.why}`]),
    ]);
    return { holds: differences.length === 0, reading, differences };
  }

  /**
   * Puts the weights of a reading back on every node at once, over whatever is there: the very text of the reading where that
   * holds them. A node that fails keeps no other from being written; the first failure is thrown then.
   */
  async restore(reading: RouterReading, mayWrite?: MayWrite): Promise<Receipt> {
    refuseNothing(reading.places.map(({ weights }) => weights));
    const looks = await Promise.allSettled(this.settings.nodes.map((node) => this.look(node)));
    const saved = new Map(reading.places.map((place) => [place.id, place]));
    const due = looks.flatMap((look) => {
      if (look.status === 'rejected') return [];
      const { node, state } = look.value;
      const place = saved.get(node.name) ?? reading.places[0];
      if (place === undefined) return [];
      const live = state.content === undefined ? undefined : weightsIn(state.content, this.settings);
      if (live !== undefined && state.loaded && sameShare(live, place.weights)) return [];
      return [{ look: look.value, content: this.textOf(place) }];
    });
    if (due.length > 0) await mayWrite?.();
    const results = await Promise.allSettled(due.map(({ look, content }) => this.write(look, content, false)));
    const failure = [...looks, ...results].find((result) => result.status === 'rejected');
    if (failure?.status === 'rejected') throw failure.reason as Error;
    return { written: due.map(({ look }) => look.node.name) };
  }

  readingAt(weights: Weights): RouterReading {
    const text = slotFile(weights, this.settings);
    const places = this.settings.nodes.map(({ name: id }) => ({ id, weights, verbatim: { text } }));
    return { router: 'nginx', places, followers: [], stickySeconds: 0 };
  }

  private textOf({ weights, verbatim }: PlaceReading): string {
    const text = (verbatim as { readonly text?: unknown }).text;
    const held = typeof text === 'string' ? weightsIn(text, this.settings) : undefined;
    return held && sameShare(held, weights) ? (text as string) : slotFile(weights, this.settings);
  }

  private readingOf(looks: readonly Look[]): RouterReading {
    const { settings } = this;
    const places = looks.map(({ node: { name: id }, state: { content: text } }) => {
      if (text === undefined) throw fileMissing(id, settings);
      const weights = weightsIn(text, settings);
      if (weights === undefined) throw fileChanged(id, settings, text);
      return { id, weights, verbatim: { text } };
    });
    return { router: 'nginx', places, followers: [], stickySeconds: 0 };
  }

  private lookAtAll(): Promise<Look[]> {
    return Promise.all(this.settings.nodes.map((node) => this.look(node)));
  }

  private async look(node: Node): Promise<Look> {
    const answer = await this.ask(node, readScript(this.settings), READ_MS);
    if ('failed' in answer) throw refused(node.name, answer, this.settings);
    return { node, state: answer, at: performance.now() };
  }

  private async write({ node, state, at }: Look, content: string, checked: boolean): Promise<void> {
    const { file, pidFile, test, reload, variable, upstreams } = this.settings;
    const script = writeScript({
      file,
      pidFile,
      test,
      reload,
      content,
      expected: state.content === undefined ? 'missing' : digest(state.content),
      loaded: state.loaded,
      deadline: state.uptime + (performance.now() - at) / 10 + BEGIN_WITHIN,
      ...(checked && { needs: { text: content, variable, upstreams: Object.values(upstreams) } }),
    });
    const answer = await this.ask(node, script, WRITE_MS);
    if ('failed' in answer) throw refused(node.name, answer, this.settings);
    if (answer.content === content && answer.loaded) return;
    throw new KongDualClusterError('ROUTER_RELOAD_REJECTED', 'a node does not run what was written to it', {
      found: `${node.name}: ${answer.why || 'the file was changed meanwhile'}`,
      remedy: `look at ${file} and the error log of nginx on ${node.name}`,
      exitCode: EXIT.error,
    });
  }

  private async ask(node: Node, script: string, timeoutMs: number): Promise<NodeState | Refusal> {
    try {
      return answerOf(await this.shell(node.shell, script, timeoutMs));
    } catch (error) {
      if (error instanceof NoAnswer) throw silent(node, error);
      throw error;
    }
  }
}
