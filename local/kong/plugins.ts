import { randomUUID } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import type { Credentials } from './credentials';
import { isObject, type Entity } from './schema';
import type { Settings } from './settings';
import { basicAuthHash } from './rules';

export interface PluginRow extends Entity {
  readonly id: string;
  readonly name: string;
  readonly config: Entity;
  readonly route: Entity | null;
  readonly service: Entity | null;
  readonly consumer: Entity | null;
}

type Headers = Record<string, string | string[] | undefined>;

/** One request on its way; plugins change it. */
export interface Exchange {
  readonly request: IncomingMessage;
  query: string | undefined;
  readonly clientAddress: string;
  body: Buffer | undefined;
  readonly headers: Headers;
  consumer: Entity | undefined;
  credential: Entity | undefined;
  readonly responseHeaders: Record<string, string>;
  readonly onResponse: ((headers: Headers, body: Buffer) => Buffer)[];
  readonly credentials: Credentials;
  readonly settings: Settings;
}

/** An answer that ends the request; `raw` is sent as it is, `body` as Kong writes its messages. */
export interface Refused {
  readonly status: number;
  readonly body?: Entity;
  readonly raw?: string;
  readonly headers?: Record<string, string>;
}

type Run = (exchange: Exchange, row: PluginRow) => Promise<Refused | undefined> | Refused | undefined;

/** Plugins word most messages with line breaks on both releases (recorded: 45 bytes for a missing key). */
const message = (status: number, text: string, headers?: Record<string, string>): Refused => ({
  status,
  raw: `{\n  "message":${JSON.stringify(text)}\n}`,
  ...(headers ? { headers } : {}),
});

async function identify(
  exchange: Exchange,
  row: PluginRow,
  credential: Entity | undefined,
  refused: Refused,
  name: string,
): Promise<Refused | undefined> {
  if (credential === undefined) {
    const { anonymous } = row.config;
    if (typeof anonymous !== 'string') return refused;
    exchange.consumer = await exchange.credentials.consumer(anonymous);
    exchange.headers['x-anonymous-consumer'] = 'true';
  } else {
    exchange.credential = credential;
    exchange.consumer = await exchange.credentials.consumer(credential.consumer);
  }
  const { consumer, headers } = exchange;
  if (consumer) {
    headers['x-consumer-id'] = String(consumer.id);
    if (consumer.custom_id != null) headers['x-consumer-custom-id'] = word(consumer.custom_id);
    if (consumer.username != null) headers['x-consumer-username'] = word(consumer.username);
  }
  if (credential) {
    headers['x-credential-identifier'] = name;
    if (exchange.settings.release === '2.8.5' && typeof credential.username === 'string')
      headers['x-credential-username'] = name;
  }
  return undefined;
}

/** A value that is a string by its schema. */
const word = (value: unknown, otherwise = ''): string => (typeof value === 'string' ? value : otherwise);
const strings = (value: unknown): string[] => (Array.isArray(value) ? value.map(String) : []);

const keyAuth: Run = async (exchange, row) => {
  if (exchange.request.method === 'OPTIONS' && row.config.run_on_preflight === false) return undefined;
  const query = new URLSearchParams(exchange.query ?? '');
  let key: string | undefined;
  for (const name of strings(row.config.key_names)) {
    const header = exchange.headers[name.toLowerCase()];
    key =
      (row.config.key_in_header !== false && header !== undefined ? String(header) : undefined) ??
      (row.config.key_in_query !== false ? (query.get(name) ?? undefined) : undefined);
    if (key === undefined) continue;
    if (row.config.hide_credentials === true) {
      delete exchange.headers[name.toLowerCase()];
      if (query.has(name)) {
        query.delete(name);
        exchange.query = query.size === 0 ? undefined : query.toString();
      }
    }
    break;
  }
  const challenge = { 'WWW-Authenticate': 'Key realm="kong"' };
  const found =
    key === undefined || key === ''
      ? undefined
      : await exchange.credentials.credential('keyauth_credentials', 'key', key);
  const refused =
    key === undefined || key === ''
      ? message(401, 'No API key found in request', challenge)
      : message(401, 'Invalid authentication credentials');
  return identify(exchange, row, found, refused, String(found?.id));
};

const basicAuth: Run = async (exchange, row) => {
  const given = /^basic\s+(.+)$/i.exec(String(exchange.headers.authorization ?? ''))?.[1];
  const [username = '', password = ''] = given ? Buffer.from(given, 'base64').toString().split(/:(.*)/s) : [];
  let found =
    username === '' ? undefined : await exchange.credentials.credential('basicauth_credentials', 'username', username);
  if (found && basicAuthHash(password, String((found.consumer as Entity).id)) !== found.password) found = undefined;
  if (row.config.hide_credentials === true) delete exchange.headers.authorization;
  const refused =
    given === undefined
      ? message(401, 'Unauthorized', { 'WWW-Authenticate': 'Basic realm="kong"' })
      : message(401, 'Invalid authentication credentials');
  return identify(exchange, row, found, refused, username);
};

const acl: Run = async (exchange, row) => {
  if (!exchange.consumer) return message(401, 'Unauthorized');
  const groups = await exchange.credentials.groups(String(exchange.consumer.id));
  const [allow, deny] = [strings(row.config.allow), strings(row.config.deny)];
  const refused =
    allow.length > 0 ? !groups.some((group) => allow.includes(group)) : groups.some((group) => deny.includes(group));
  if (refused) return message(403, 'You cannot consume this service');
  if (row.config.hide_groups_header !== true && groups.length > 0)
    exchange.headers['x-consumer-groups'] = groups.join(', ');
  return undefined;
};

const PERIODS = ['second', 'minute', 'hour', 'day', 'month', 'year'] as const;
const counters = new Map<string, number>();

/** Counted in this process whatever the policy: `cluster` and `redis` are not shared between nodes here. */
const rateLimiting: Run = (exchange, row) => {
  const { config } = row;
  const who = word(config.limit_by === 'ip' ? undefined : exchange.consumer?.id, exchange.clientAddress);
  const now = new Date();
  const end: Record<string, number> = {
    second: 1,
    minute: 60 - now.getUTCSeconds(),
    hour: 3600 - (now.getUTCMinutes() * 60 + now.getUTCSeconds()),
    day: 86_400 - (now.getUTCHours() * 3600 + now.getUTCMinutes() * 60 + now.getUTCSeconds()),
    month: (Date.UTC(now.getUTCFullYear(), now.getUTCMonth() + 1) - now.getTime()) / 1000,
    year: (Date.UTC(now.getUTCFullYear() + 1, 0) - now.getTime()) / 1000,
  };
  const limits = PERIODS.flatMap((period) => {
    const limit = config[period];
    if (typeof limit !== 'number') return [];
    const key = `${row.id} ${who} ${period} ${Math.round(now.getTime() / 1000 + (end[period] ?? 0))}`;
    return [{ period, limit, key, used: counters.get(key) ?? 0, reset: Math.max(1, Math.floor(end[period] ?? 1)) }];
  });
  const full = limits.some(({ used, limit }) => used >= limit);
  if (!full) for (const { key, used } of limits) counters.set(key, used + 1);
  if (counters.size > 100_000) counters.clear();
  const headers: Record<string, string> = {};
  let tight: { limit: number; left: number; reset: number } | undefined;
  for (const { period, limit, used, reset } of limits) {
    const left = Math.max(0, limit - used - (full ? 0 : 1));
    const name = period[0]?.toUpperCase() + period.slice(1);
    headers[`X-RateLimit-Limit-${name}`] = String(limit);
    headers[`X-RateLimit-Remaining-${name}`] = String(left);
    if (!tight || left < tight.left) tight = { limit, left, reset };
  }
  if (tight)
    Object.assign(headers, {
      'RateLimit-Limit': String(tight.limit),
      'RateLimit-Remaining': String(tight.left),
      'RateLimit-Reset': String(tight.reset),
    });
  if (config.hide_client_headers !== true) Object.assign(exchange.responseHeaders, headers);
  if (!full) return undefined;
  const text = word(config.error_message, 'API rate limit exceeded');
  return message(Number(config.error_code ?? 429), text, { 'Retry-After': String(tight?.reset ?? 1) });
};

const requestSizeLimiting: Run = (exchange, row) => {
  const unit = { megabytes: 2 ** 20, kilobytes: 2 ** 10, bytes: 1 }[String(row.config.size_unit)] ?? 2 ** 20;
  const limit = Number(row.config.allowed_payload_size ?? 128) * unit;
  return (exchange.body?.length ?? 0) > limit ? message(413, 'Request size limit exceeded') : undefined;
};

const requestTermination: Run = (_exchange, { config }) => {
  const status = Number(config.status_code ?? 503);
  if (typeof config.body === 'string')
    return {
      status,
      raw: config.body,
      headers: { 'Content-Type': word(config.content_type, 'application/json; charset=utf-8') },
    };
  const text = config.message ?? { 503: 'Service unavailable' }[status];
  return { status, raw: text === undefined ? '' : JSON.stringify({ message: text }) };
};

const ids = { uuid: randomUUID(), counter: 0 };
const correlationId: Run = (exchange, { config }) => {
  const name = word(config.header_name, 'Kong-Request-ID');
  let value = exchange.headers[name.toLowerCase()]?.toString();
  if (value === undefined || value === '') {
    ids.counter += 1;
    value = config.generator === 'uuid' ? randomUUID() : `${ids.uuid}#${ids.counter}`;
    exchange.headers[name.toLowerCase()] = value;
  }
  if (config.echo_downstream === true) exchange.responseHeaders[name] = value;
  return undefined;
};

const cors: Run = (exchange, { config }) => {
  const origins = strings(config.origins);
  const origin = exchange.request.headers.origin;
  const any = origins.length === 0 || origins.includes('*');
  const allowed = any
    ? config.credentials === true && origin
      ? origin
      : '*'
    : origins.length === 1
      ? origins[0]
      : origins.find((one) => one === origin);
  const headers: Record<string, string> = {};
  if (!any || config.credentials === true) headers.vary = 'Origin';
  if (allowed !== undefined) headers['Access-Control-Allow-Origin'] = allowed;
  if (config.credentials === true && allowed !== '*') headers['Access-Control-Allow-Credentials'] = 'true';
  const preflight =
    exchange.request.method === 'OPTIONS' &&
    origin !== undefined &&
    exchange.request.headers['access-control-request-method'] !== undefined;
  if (preflight && config.preflight_continue !== true) {
    const asked = exchange.request.headers['access-control-request-headers'];
    const wanted = strings(config.headers).length > 0 ? strings(config.headers).join(',') : asked;
    const methods =
      strings(config.methods).length > 0
        ? strings(config.methods)
        : ['GET', 'HEAD', 'PUT', 'PATCH', 'POST', 'DELETE', 'OPTIONS', 'TRACE', 'CONNECT'];
    if (wanted !== undefined) headers['Access-Control-Allow-Headers'] = wanted;
    headers['Access-Control-Allow-Methods'] = methods.join(',');
    if (typeof config.max_age === 'number') headers['Access-Control-Max-Age'] = String(config.max_age);
    return { status: 200, headers };
  }
  if (strings(config.exposed_headers).length > 0)
    headers['Access-Control-Expose-Headers'] = strings(config.exposed_headers).join(',');
  Object.assign(exchange.responseHeaders, headers);
  return undefined;
};

/** Splits `name:value`. */
const pair = (text: string): [string, string] => {
  const [name = '', value = ''] = text.split(/:(.*)/s);
  return [name, value];
};
const headersOf = (config: Entity, what: string): string[] =>
  isObject(config[what]) ? strings(config[what].headers) : [];

/** The header part of both transformers; what they do to query and request body is not done (README). */
function changeHeaders(headers: Headers, config: Entity): void {
  const lower = (name: string): string =>
    Object.keys(headers).find((one) => one.toLowerCase() === name.toLowerCase()) ?? name;
  for (const name of headersOf(config, 'remove')) delete headers[lower(name)];
  for (const [name, to] of headersOf(config, 'rename').map(pair)) {
    const from = lower(name);
    if (headers[from] !== undefined) [headers[to], headers[from]] = [headers[from], undefined];
  }
  for (const [name, value] of headersOf(config, 'replace').map(pair))
    if (headers[lower(name)] !== undefined) headers[lower(name)] = value;
  for (const [name, value] of headersOf(config, 'add').map(pair)) headers[lower(name)] ??= value;
  for (const [name, value] of headersOf(config, 'append').map(pair)) {
    const before = headers[lower(name)];
    headers[lower(name)] = before === undefined ? value : [...(Array.isArray(before) ? before : [before]), value];
  }
  for (const name of Object.keys(headers)) if (headers[name] === undefined) delete headers[name];
}

const requestTransformer: Run = (exchange, { config }) => {
  changeHeaders(exchange.headers, config);
  return undefined;
};

const responseTransformer: Run = (exchange, { config }) => {
  exchange.onResponse.push((headers, body) => {
    changeHeaders(headers, config);
    const jsonOf = (what: string): string[] => (isObject(config[what]) ? strings(config[what].json) : []);
    if (
      !String(headers['content-type']).includes('json') ||
      [...jsonOf('remove'), ...jsonOf('replace'), ...jsonOf('add')].length === 0
    )
      return body;
    try {
      const json = JSON.parse(body.toString()) as Entity;
      for (const name of jsonOf('remove')) delete json[name];
      for (const [name, value] of jsonOf('replace').map(pair)) if (name in json) json[name] = value;
      for (const [name, value] of jsonOf('add').map(pair)) json[name] ??= value;
      return Buffer.from(JSON.stringify(json));
    } catch {
      return body;
    }
  });
  return undefined;
};

/** What is executed, in the order of Kong's priorities. */
export const PLUGINS: readonly { readonly name: string; readonly run: Run }[] = [
  { name: 'cors', run: cors },
  { name: 'key-auth', run: keyAuth },
  { name: 'basic-auth', run: basicAuth },
  { name: 'request-size-limiting', run: requestSizeLimiting },
  { name: 'acl', run: acl },
  { name: 'rate-limiting', run: rateLimiting },
  { name: 'request-transformer', run: requestTransformer },
  { name: 'response-transformer', run: responseTransformer },
  { name: 'request-termination', run: requestTermination },
  { name: 'correlation-id', run: correlationId },
];

/** Names that need no header: executed, or (prometheus) without an effect on requests. */
export const EXECUTED: ReadonlySet<string> = new Set([...PLUGINS.map(({ name }) => name), 'prometheus']);
