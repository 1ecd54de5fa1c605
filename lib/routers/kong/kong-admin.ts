import { EXIT, KongDualClusterError } from '../../errors';
import { isUntrusted } from '../tls-errors';

export type Json = Readonly<Record<string, unknown>>;

/** Milliseconds for one answer. */
const READ_MS = 10_000;
/** A write that came later could undo what `abort` has put back (lib/routers/write-in-time.ts). */
const WRITE_MS = 2500;

/** The Admin API of one node of the Kong in front. */
export class KongAdmin {
  /** For people: the URL without a user or password. */
  readonly name: string;
  private readonly base: string;

  /** @param token value of Kong-Admin-Token, asked for when it is needed; undefined where there is none */
  constructor(
    url: string,
    private readonly token: (() => Promise<string>) | undefined,
  ) {
    const parsed = new URL(url);
    parsed.username = '';
    parsed.password = '';
    this.base = parsed.href.replace(/\/+$/, '');
    this.name = this.base;
  }

  /** Undefined for 404. @throws KongDualClusterError ROUTER_NODE_SILENT, ROUTER_DENIED, ROUTER_WRITE_FAILED */
  get(path: string): Promise<Json | undefined> {
    return this.ask('GET', path);
  }

  /** All pages; undefined where there is no such list. */
  async list(path: string): Promise<Json[] | undefined> {
    const items: Json[] = [];
    let offset: string | undefined;
    do {
      const more = offset === undefined ? '' : `&offset=${encodeURIComponent(offset)}`;
      const page = await this.get(`${path}?size=1000${more}`);
      if (page === undefined) return undefined;
      // An empty list may come as an empty object: Lua knows one kind of table.
      if (Array.isArray(page.data)) items.push(...(page.data as Json[]));
      offset = typeof page.offset === 'string' && typeof page.next === 'string' ? page.offset : undefined;
    } while (offset !== undefined);
    return items;
  }

  /** @throws KongDualClusterError ROUTER_RULE_MISSING (exit 6) for 404, and those of `get` */
  async write(method: 'PATCH' | 'POST', path: string, body: Json): Promise<Json> {
    const answer = await this.ask(method, path, body);
    if (answer !== undefined) return answer;
    throw gone(`${method} ${this.base}${path}: 404`);
  }

  private async ask(method: string, path: string, body?: Json, base = this.base): Promise<Json | undefined> {
    const { status, text } = await this.send(method, `${base}${path}`, path, body);
    if (status === 404) return undefined;
    if (status === 401 || status === 403) {
      throw new KongDualClusterError('ROUTER_DENIED', `${this.base} refuses ${method} ${path}`, {
        found: String(status),
        remedy: 'correct the token in the secret of adminToken under shift.router, or give its user the right',
      });
    }
    const answer = parsed(text);
    if (status >= 500 || (status < 300 && answer === undefined)) throw this.silent(`${status} to ${method} ${path}`);
    if (status < 300) return answer;
    throw new KongDualClusterError('ROUTER_WRITE_FAILED', `${this.base} did not take ${method} ${path}`, {
      found: `${status} ${typeof answer?.message === 'string' ? answer.message.slice(0, 300) : ''}`.trim(),
      remedy: 'mend what it says, then run the same command again',
    });
  }

  private async send(
    method: string,
    url: string,
    path: string,
    body: Json | undefined,
  ): Promise<{ status: number; text: string }> {
    const token = await this.token?.();
    try {
      const response = await fetch(url, {
        method,
        headers: {
          accept: 'application/json',
          ...(body !== undefined && { 'content-type': 'application/json' }),
          ...(token !== undefined && { 'kong-admin-token': token }),
        },
        ...(body !== undefined && { body: JSON.stringify(body) }),
        // To another address a redirect would take the token along.
        redirect: 'manual',
        signal: AbortSignal.timeout(method === 'GET' ? READ_MS : WRITE_MS),
      });
      return { status: response.status, text: await response.text() };
    } catch (error) {
      const { name, cause } = error as Error & { cause?: { code?: string } };
      if (isUntrusted(cause?.code)) {
        throw new KongDualClusterError('ROUTER_UNTRUSTED', `the certificate of ${this.name} is not trusted`, {
          found: cause.code,
          remedy:
            'start the command with NODE_EXTRA_CA_CERTS=/path/to/ca.pem, the certificate authority that signed it; it is never left unchecked',
        });
      }
      throw this.silent(name === 'TimeoutError' ? `no answer to ${method} ${path} in time` : (cause?.code ?? name));
    }
  }

  private silent(found: string): KongDualClusterError {
    return new KongDualClusterError('ROUTER_NODE_SILENT', 'a node does not answer', {
      found: `${this.name}: ${found}`,
      remedy: `look whether it is up and reachable from here: curl -i ${this.base}/status`,
    });
  }

  /** Refuses a node that its Admin API cannot change, or that does not say. @throws KongDualClusterError ROUTER_READ_ONLY */
  async refuseReadOnly(): Promise<void> {
    const { database, role } = await this.configuration();
    const why =
      typeof database !== 'string'
        ? 'it does not say whether it has a database: GET / has no configuration'
        : database === 'off'
          ? 'database off: its configuration is loaded as a whole'
          : role === 'control_plane'
            ? 'a control plane: what its data planes follow cannot be seen there'
            : undefined;
    if (why === undefined) return;
    throw new KongDualClusterError('ROUTER_READ_ONLY', 'the Kong in front cannot be split by its Admin API', {
      found: `${this.name}: ${why}`,
      remedy: 'split with another router, or let the Kong in front have a database',
      exitCode: EXIT.preflightRefused,
    });
  }

  /** A URL with a workspace is one of entities: the node answers for itself at the root. */
  private async configuration(): Promise<{ readonly database?: unknown; readonly role?: unknown }> {
    const { origin } = new URL(this.base);
    for (const base of new Set([this.base, origin])) {
      const { configuration } = ((await this.ask('GET', '/', undefined, base)) ?? {}) as { configuration?: Json };
      if (configuration !== undefined) return configuration;
    }
    return {};
  }
}

export const gone = (found: string): KongDualClusterError =>
  new KongDualClusterError('ROUTER_RULE_MISSING', 'what splits the traffic is not in the Kong in front', {
    found,
    remedy: 'make it again with the weights that hold, or correct the names under shift.router in the settings',
    exitCode: EXIT.conflict,
  });

export const changed = (what: string, found: string, remedy: string): KongDualClusterError =>
  new KongDualClusterError('ROUTER_RULE_CHANGED', `${what} does not split between blue and green as it should`, {
    found,
    remedy: `${remedy}; \`kong-dual-cluster shift abort\` writes what was there before the shift where its journal is`,
    exitCode: EXIT.conflict,
  });

function parsed(text: string): Json | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Json) : undefined;
  } catch {
    return undefined;
  }
}
