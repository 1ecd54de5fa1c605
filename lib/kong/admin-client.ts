import { EXIT, KongDualClusterError } from '../errors';

type Json = Record<string, unknown>;

export interface AdminClientOptions {
  /** Sent as Kong-Admin-Token; never shown. */
  readonly token: string | undefined;
  /** Milliseconds for one answer (@default 30,000). */
  readonly timeout?: number;
  /** Milliseconds before the second, third and last attempt at what failed on the way (@default 500, 1000, 2000). */
  readonly pauses?: readonly number[];
}

/** Reads of an Admin API: nothing but GET. */
export class AdminClient {
  private readonly base: string;
  private readonly timeout: number;
  private readonly pauses: readonly number[];
  private readonly headers: Readonly<Record<string, string>>;

  /** @throws KongDualClusterError ADMIN_URL_INVALID */
  constructor(url: string, { token, timeout = 30_000, pauses = [500, 1000, 2000] }: AdminClientOptions) {
    this.base = checkedUrl(url);
    this.timeout = timeout;
    this.pauses = pauses;
    this.headers = { accept: 'application/json', ...(token ? { 'kong-admin-token': token } : {}) };
  }

  /**
   * The answer, undefined for 404.
   * @throws KongDualClusterError ADMIN_DENIED, ADMIN_FAILED, ADMIN_REDIRECTS, ADMIN_UNREACHABLE, ADMIN_ANSWER_INCOMPLETE
   */
  async get(path: string): Promise<Json | undefined> {
    for (let attempt = 0; ; attempt += 1) {
      const pause = this.pauses[attempt];
      const answer = await this.attempt(path);
      if (!(answer instanceof KongDualClusterError)) return answer;
      const isPassing = ['ADMIN_FAILED', 'ADMIN_UNREACHABLE'].includes(answer.code);
      if (!isPassing || pause === undefined) throw answer;
      await new Promise((resolve) => setTimeout(resolve, pause));
    }
  }

  /**
   * All items of a list, page by page; undefined where this Kong has no such list.
   * @throws KongDualClusterError as `get`
   */
  async list(path: string): Promise<Json[] | undefined> {
    const items: Json[] = [];
    const seen = new Set<string>();
    let offset: string | undefined;
    do {
      const page = await this.get(
        `${path}?size=1000${offset === undefined ? '' : `&offset=${encodeURIComponent(offset)}`}`,
      );
      if (page === undefined && offset === undefined) return undefined;
      const data = page?.data;
      // An empty list may come as an empty object: Lua knows one kind of table.
      const isEmpty = typeof data === 'object' && data !== null && Object.keys(data).length === 0;
      if (!Array.isArray(data) && !isEmpty)
        throw this.incomplete(path, page ? 'a page without data' : '404 for a page');
      if (Array.isArray(data)) for (const item of data as Json[]) items.push(item);
      offset = nextOffset(page!);
      if (offset !== undefined && seen.has(offset)) throw this.incomplete(path, 'a next page that was read before');
      if (offset !== undefined) seen.add(offset);
    } while (offset !== undefined);
    return items;
  }

  private async attempt(path: string): Promise<Json | undefined | KongDualClusterError> {
    const url = `${this.base}${path}`;
    let status: number;
    let text: string;
    let location: string | null;
    try {
      const signal = AbortSignal.timeout(this.timeout);
      const response = await fetch(url, { headers: this.headers, redirect: 'manual', signal });
      status = response.status;
      location = response.headers.get('location');
      text = await response.text();
    } catch (error) {
      return new KongDualClusterError('ADMIN_UNREACHABLE', `the Admin API does not answer at ${url}`, {
        found: reasonOf(error),
        remedy: `look whether it is up and reachable from here: \`curl -i ${this.base}/status\``,
        cause: error,
      });
    }
    if (status === 404) return undefined;
    if (status === 401 || status === 403) {
      return new KongDualClusterError('ADMIN_DENIED', `the Admin API refuses ${url}`, {
        found: `${status}`,
        remedy:
          'set KONG_ADMIN_TOKEN to the token of a user who may read all workspaces (the role super-admin or read-only)',
      });
    }
    if (REDIRECTS.includes(status)) return redirected(url, path, status, location);
    if (status !== 200) {
      return new KongDualClusterError('ADMIN_FAILED', `the Admin API can not answer ${url}`, {
        found: `${status}`,
        remedy: "look into the node's error log; when it is up again give the same command",
      });
    }
    try {
      const answer: unknown = JSON.parse(text);
      if (typeof answer === 'object' && answer !== null && !Array.isArray(answer)) return answer as Json;
    } catch {
      // Told below: the text is not quoted, it may hold credentials.
    }
    return this.incomplete(path, `${text.length} characters that are no JSON object`);
  }

  private incomplete(path: string, found: string): KongDualClusterError {
    return new KongDualClusterError(
      'ADMIN_ANSWER_INCOMPLETE',
      `the Admin API answers ${this.base}${path} with half of it`,
      {
        found,
        remedy:
          'nothing was checked; look whether something between here and the node cuts answers off, then try again',
      },
    );
  }
}

const REDIRECTS: readonly number[] = [301, 302, 303, 307, 308];

/** Never followed: the token would go to an address that nobody gave. */
function redirected(url: string, path: string, status: number, location: string | null): KongDualClusterError {
  const to = location === null ? undefined : addressOf(location, url, path);
  return new KongDualClusterError('ADMIN_REDIRECTS', `the Admin API sends ${url} on to another address`, {
    found: to === undefined ? `${status}` : `${status} to ${to}`,
    remedy: `give the address that it leads to${to === undefined ? '' : `, for example --admin ${to}`}; a login page before the Admin API can not be passed, so give an address behind it`,
  });
}

/** The base of an Admin API; undefined where a Location is none, or may hold a secret (a user, a query). */
function addressOf(location: string, url: string, path: string): string | undefined {
  if (!URL.canParse(location, url)) return undefined;
  const to = new URL(location, url);
  const isOurQuery = to.search === '' || to.search === new URL(url).search;
  if (!['http:', 'https:'].includes(to.protocol) || to.username || to.password || !isOurQuery) return undefined;
  const [asked] = path.split('?') as [string];
  const base = to.pathname.replace(/\/+$/, '');
  return to.origin + (base.endsWith(asked) ? base.slice(0, -asked.length) : base);
}

/** The token of the next page. `next` of 2.8 forgets the size, so it is not followed as it stands. */
function nextOffset({ next, offset }: Json): string | undefined {
  if (typeof next !== 'string' || next === '') return undefined;
  if (typeof offset === 'string') return offset;
  return new URLSearchParams(next.slice(next.indexOf('?') + 1)).get('offset') ?? next;
}

function checkedUrl(url: string): string {
  const parsed = URL.canParse(url) ? new URL(url) : undefined;
  const refused = (found: string): KongDualClusterError =>
    new KongDualClusterError('ADMIN_URL_INVALID', '--admin is no URL of an Admin API', {
      found,
      remedy: 'give it like http://localhost:8001 or https://admin.example.com/api; a token goes into KONG_ADMIN_TOKEN',
      exitCode: EXIT.usage,
    });
  if (parsed === undefined) throw refused(url.includes('@') ? 'something with @ in it' : url);
  if (parsed.username || parsed.password) throw refused('a URL with a user or password in it');
  if (!['http:', 'https:'].includes(parsed.protocol)) throw refused(url);
  if (parsed.search || parsed.hash) throw refused('a URL with a query or fragment');
  return parsed.href.replace(/\/+$/, '');
}

function reasonOf(error: unknown): string {
  const { cause, message, name } = error as Error & { cause?: { code?: string; message?: string } };
  return name === 'TimeoutError' ? 'no answer in time' : (cause?.code ?? cause?.message ?? message);
}
