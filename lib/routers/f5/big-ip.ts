import { request as httpRequest, type IncomingMessage } from 'node:http';
import { request as httpsRequest } from 'node:https';
import { isUntrusted } from '../tls-errors';
import { denied, unreachable, untrusted } from './f5-errors';

export interface Credentials {
  readonly username: string;
  readonly password: string;
}

export interface Answer {
  readonly status: number;
  /** Parsed JSON; undefined where the answer is none. */
  readonly body: unknown;
}

export interface BigIpOptions {
  /** Management address, http or https, without a path. */
  readonly url: string;
  /** Asked for once, and again when the unit does not know the token any more. */
  readonly credentials: () => Promise<Credentials>;
  /** Certificate authority, PEM. @default - those of Node.js */
  readonly ca?: string;
  /** Milliseconds for one answer. @default 15000 */
  readonly timeout?: number;
}

/** Longer than any declaration that AS3 takes; a body beyond it is not read on. */
const MAX_BYTES = 64 * 1024 * 1024;

/**
 * The management API of a BIG-IP, by token (iControl REST, "Token-based authentication": POST /mgmt/shared/authn/login). Says
 * neither the password nor the token, nor what the unit answered to the login.
 */
export class BigIp {
  /** For people and for requests: the URL without a user or password. */
  readonly name: string;
  private token: Promise<string> | undefined;

  constructor(private readonly options: BigIpOptions) {
    this.name = new URL(options.url).origin;
  }

  /** @throws KongDualClusterError ROUTER_DENIED, ROUTER_UNTRUSTED; Error ServiceUnavailable or TimeoutError (passing) */
  async ask(method: 'GET' | 'POST', path: string, body?: unknown): Promise<Answer> {
    for (let attempt = 1; ; attempt += 1) {
      const token = await this.login();
      const answer = await this.send(method, path, body, { 'x-f5-auth-token': token });
      // A token ends after 20 minutes by default, and with a restart.
      if (answer.status !== 401 || attempt === 2) return this.admitted(answer, `${method} ${path}`);
      this.token = undefined;
    }
  }

  private login(): Promise<string> {
    this.token ??= this.newToken().catch((error: unknown) => {
      this.token = undefined;
      throw error;
    });
    return this.token;
  }

  private async newToken(): Promise<string> {
    const { username, password } = await this.options.credentials();
    const answer = await this.send('POST', '/mgmt/shared/authn/login', {
      username,
      password,
      // The default provider; users of a directory are looked up behind it.
      loginProviderName: 'tmos',
    });
    const { status, body } = this.admitted(answer, 'the login');
    const token = (body as { token?: { token?: unknown } } | undefined)?.token?.token;
    if (typeof token !== 'string') throw unreachable(this.name, `${status} to the login, and no token`);
    return token;
  }

  private admitted(answer: Answer, what: string): Answer {
    const { status } = answer;
    if (status === 401 || status === 403) throw denied(this.name, what, status);
    return answer;
  }

  private send(method: string, path: string, body: unknown, headers: Record<string, string> = {}): Promise<Answer> {
    const { ca, timeout = 15_000 } = this.options;
    const url = this.name;
    const target = new URL(path, url);
    const text = body === undefined ? undefined : JSON.stringify(body);
    const options = {
      method,
      headers: {
        accept: 'application/json',
        ...(text !== undefined && { 'content-type': 'application/json', 'content-length': Buffer.byteLength(text) }),
        ...headers,
      },
      signal: AbortSignal.timeout(timeout),
      // Of a connection that the unit has closed meanwhile nothing is heard.
      agent: false as const,
    };
    return new Promise<Answer>((resolve, reject) => {
      const failed = (error: Error & { code?: string }): void => {
        if (isUntrusted(error.code)) reject(untrusted(url, error.code));
        else
          reject(
            unreachable(
              url,
              error.name === 'AbortError' ? `no answer in ${timeout / 1000} s` : (error.code ?? error.message),
            ),
          );
      };
      const received = (response: IncomingMessage): void => {
        read(response).then((found) => resolve({ status: response.statusCode ?? 0, body: parsed(found) }), failed);
      };
      const request =
        target.protocol === 'https:'
          ? httpsRequest(target, { ...options, ...(ca !== undefined && { ca }) }, received)
          : httpRequest(target, options, received);
      request.on('error', failed);
      request.end(text);
    });
  }
}

async function read(response: IncomingMessage): Promise<string> {
  const parts: Buffer[] = [];
  let bytes = 0;
  for await (const part of response as AsyncIterable<Buffer>) {
    bytes += part.length;
    if (bytes > MAX_BYTES) throw new Error(`an answer of more than ${MAX_BYTES / 1024 / 1024} MB`);
    parts.push(part);
  }
  return Buffer.concat(parts).toString('utf8');
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
}
