import { Pool } from 'undici';
import { isDeepStrictEqual } from 'node:util';
import type { AdminRequest, ProbeRequest } from './configuration';
import { COUNTED } from './configuration';

/** Kong as its users see it: the Admin API and the proxy, each through a load balancer. */
export class Gateway {
  private readonly pool: Pool;
  constructor(
    url: string,
    private readonly headers: Readonly<Record<string, string>> = {},
    options: { readonly trustSelfSigned?: boolean } = {},
  ) {
    this.pool = new Pool(url, {
      connections: 8,
      pipelining: 1,
      connect: { rejectUnauthorized: options.trustSelfSigned !== true },
    });
  }

  async send(request: ProbeRequest): Promise<Answer> {
    const response = await this.pool.request({
      method: request.method,
      path: request.path,
      headers: {
        ...this.headers,
        ...(request.body === undefined ? {} : { 'content-type': 'application/json' }),
        ...request.headers,
      },
      body: request.body ?? null,
    });
    return {
      status: response.statusCode,
      type: String(response.headers['content-type'] ?? ''),
      demo: String(response.headers['x-demo-answer'] ?? ''),
      body: await response.body.text(),
    };
  }

  /** Sends Admin API writes in order. */
  async write(requests: readonly AdminRequest[]): Promise<void> {
    for (const { method, path, body } of requests) {
      const answer = await this.send({ name: path, method, path, body: JSON.stringify(body) });
      if (answer.status >= 300)
        throw new Error(`the Admin API refused ${method} ${path}: ${answer.status} ${answer.body.slice(0, 300)}`);
    }
  }

  /** Entities per collection, following the pages. */
  async count(): Promise<Record<string, number>> {
    const counts: Record<string, number> = {};
    for (const collection of COUNTED) {
      let path: string | null = `/${collection}?size=1000`;
      let total = 0;
      while (path !== null) {
        const answer: Answer = await this.send({ name: collection, method: 'GET', path });
        if (answer.status !== 200) throw new Error(`the Admin API answered ${answer.status} to GET ${path}`);
        const page = JSON.parse(answer.body) as { data: unknown[]; next: string | null };
        total += page.data.length;
        path = page.next;
      }
      counts[collection] = total;
    }
    return counts;
  }

  /** What the Admin API says of itself. */
  async version(): Promise<string> {
    const { body } = await this.send({ name: 'version', method: 'GET', path: '/' });
    return (JSON.parse(body) as { version: string }).version;
  }

  close(): Promise<void> {
    return this.pool.close();
  }
}

export interface Answer {
  readonly status: number;
  readonly type: string;
  readonly demo: string;
  readonly body: string;
}

export interface Comparison {
  readonly name: string;
  readonly same: boolean;
  readonly blue: string;
  readonly green: string;
}

/** JSON is compared by meaning: 3.4 writes its own error bodies with other white space than 2.8. */
function meaning(answer: Answer): unknown {
  try {
    return [answer.status, answer.demo, JSON.parse(answer.body)];
  } catch {
    return [answer.status, answer.demo, answer.body];
  }
}

export async function compare(blue: Gateway, green: Gateway, requests: readonly ProbeRequest[]): Promise<Comparison[]> {
  const results: Comparison[] = [];
  for (const request of requests) {
    const [one, other] = [await blue.send(request), await green.send(request)];
    const show = (answer: Answer) => `${answer.status} ${answer.body.slice(0, 200)}`;
    results.push({
      name: request.name,
      same: isDeepStrictEqual(meaning(one), meaning(other)),
      blue: show(one),
      green: show(other),
    });
  }
  return results;
}

/** Waits until a request is answered as expected, for a configuration that has to reach every node. */
export async function until(what: string, seconds: number, test: () => Promise<boolean>): Promise<void> {
  const end = Date.now() + seconds * 1000;
  let last: unknown;
  while (Date.now() < end) {
    try {
      if (await test()) return;
    } catch (error) {
      last = error;
    }
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  throw new Error(`${what} did not happen within ${seconds} s`, { cause: last });
}
