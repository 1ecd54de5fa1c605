import { lookup } from 'node:dns/promises';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { hostname } from 'node:os';
import { pluginSchema, type EntityKind } from './entities';
import { schemaFacts } from './facts';
import { NOT_FOUND, nginxPage, parseBody, readBody, send, UnsupportedType, type Answer } from './http';
import { fieldsOf, isObject, type Entity } from './schema';
import { Refusal } from './rules';
import { isUuid, type Filter, type Store } from './store';
import { metrics, statusBody } from './status';

interface Call {
  readonly method: string;
  readonly path: string;
  readonly query: URLSearchParams;
  readonly body: Entity;
}
interface Parent {
  readonly kind: EntityKind;
  readonly entity: Entity;
  readonly field: string;
}

const NOT_ALLOWED: Answer = { status: 405, body: { message: 'Method not allowed' } };
const invalid = (code: number, name: string, message: string): Refusal => new Refusal(400, { code, name, message });

/** The Admin API over the entity kinds. `changed` is told after every write. */
export class AdminApi {
  constructor(
    private readonly store: Store,
    private readonly changed: () => Promise<void>,
    private readonly weightInMemory: (upstream: string, targetId: string) => number | undefined = () => undefined,
  ) {}

  async handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const start = Date.now();
    const { release } = this.store.settings;
    let answer: Answer;
    try {
      const url = new URL(request.url ?? '/', 'http://admin');
      const raw = await readBody(request);
      const method = request.method ?? 'GET';
      const body = ['POST', 'PUT', 'PATCH'].includes(method)
        ? parseBody(request.headers['content-type'] ?? '', raw)
        : {};
      answer = await this.route({
        method: method === 'HEAD' ? 'GET' : method,
        path: url.pathname,
        query: url.searchParams,
        body,
      });
      if (!['GET', 'HEAD', 'OPTIONS'].includes(method) && answer.status < 300) await this.changed();
    } catch (error) {
      if (error instanceof Refusal) answer = { status: error.status, body: error.body };
      else if (error instanceof UnsupportedType) {
        answer = {
          status: 415,
          body: nginxPage('415 Unsupported Media Type', '\n'),
          headers: { 'Content-Type': 'text/html; charset=UTF-8' },
        };
      } else {
        process.stderr.write(`[error] Admin API: ${(error as Error).stack}\n`);
        answer = { status: 500, body: { message: 'An unexpected error occurred' } };
      }
    }
    send(request, response, answer, {
      'Access-Control-Allow-Origin': '*',
      ...(release === '2.8.5' ? {} : { 'Access-Control-Allow-Credentials': 'true' }),
      'X-Kong-Admin-Latency': String(Date.now() - start),
      Server: `kong-stand-in/${release}`,
    });
  }

  private async route(call: Call): Promise<Answer> {
    const parts = call.path
      .split('/')
      .filter((part) => part !== '')
      .map(decodeURIComponent);
    const [first = ''] = parts;
    const fixed = await this.fixed(call, parts);
    if (fixed !== undefined) return fixed;
    for (const kind of this.store.kinds.values()) {
      if (kind.path === first) return this.collection(call, kind, parts.slice(1), undefined);
    }
    return NOT_FOUND;
  }

  /** Paths that are not collections of entities. */
  private async fixed({ method, path, query, body }: Call, parts: readonly string[]): Promise<Answer | undefined> {
    const { store } = this;
    const { release } = store.settings;
    const later = release !== '2.8.5';
    if (path === '/') return { status: 200, body: await this.root() };
    if (path === '/status') return { status: 200, body: await statusBody(store) };
    if (path === '/metrics')
      return { status: 200, body: await metrics(store), headers: { 'Content-Type': 'text/plain; charset=UTF-8' } };
    if (path === '/plugins/enabled') return { status: 200, body: { enabled_plugins: store.enabledPlugins() } };
    if (path.startsWith('/clustering/')) {
      return {
        status: 400,
        body: {
          message: 'this endpoint is only available when Kong is configured to run as Control Plane for the cluster',
        },
      };
    }
    if (path === '/config')
      return {
        status: 400,
        body: { message: 'this endpoint is only available when Kong is configured to not use a database' },
      };
    if (path === '/debug/node/log-level' && later) return { status: 200, body: { message: 'log level: notice' } };
    if (parts[0] === 'schemas') return this.schemas(method, parts.slice(1), body);
    if (parts[0] === 'tags') return this.tags(parts[1], query);
    return undefined;
  }

  private async root(): Promise<Entity> {
    const { settings, nodeId } = this.store;
    const { rows } = await this.store.db.query<{ name: string }>('SELECT DISTINCT name FROM plugins');
    const facts = schemaFacts(settings.release);
    return {
      version: settings.release,
      tagline: 'a stand-in for Kong, not Kong',
      hostname: hostname(),
      node_id: nodeId,
      lua_version: null,
      pids: { master: process.pid, workers: [process.pid] },
      timers: { pending: 0, running: 0 },
      plugins: {
        enabled_in_cluster: rows.map(({ name }) => name),
        available_on_server: Object.fromEntries(
          this.store.enabledPlugins().map((name) => [name, facts.available[name] ?? true]),
        ),
      },
      configuration: {
        database: settings.withoutDatabase ? 'off' : 'postgres',
        prefix: settings.prefix,
        plugins: settings.plugins,
        pg_host: settings.postgres.host,
        pg_port: settings.postgres.port,
        pg_user: settings.postgres.user,
        pg_database: settings.postgres.database,
        pg_password: '******',
        role: 'traditional',
        ...(settings.release === '2.8.5'
          ? {}
          : { router_flavor: settings.traditionalRouter ? 'traditional' : 'traditional_compatible' }),
      },
    };
  }

  private schemas(method: string, parts: readonly string[], body: Entity): Answer {
    const { store } = this;
    if (parts.at(-1) === 'validate') {
      const kind = store.kinds.get(parts[0] ?? '');
      if (kind === undefined) return { status: 404, body: { message: `No entity named '${parts[0]}'` } };
      if (method !== 'POST') return NOT_ALLOWED;
      store.complete(kind, body);
      return { status: 200, body: { message: 'schema validation successful' } };
    }
    const [name = '', plugin] = parts;
    const schema =
      schemaFacts(store.settings.release).schemas[parts.join('/')] ??
      (plugin === undefined ? store.kinds.get(name)?.schema : pluginSchema(store.settings.release, plugin));
    if (schema !== undefined) return { status: 200, body: schema };
    return {
      status: 404,
      body: { message: plugin === undefined ? `No entity named '${name}'` : `No plugin named '${plugin}'` },
    };
  }

  private async tags(tag: string | undefined, query: URLSearchParams): Promise<Answer> {
    const { size } = paging(query);
    const { rows } = await this.store.db.query<Entity>(
      `SELECT entity_id, entity_name, tag FROM tags, unnest(tags) WITH ORDINALITY AS one(tag, position)
       WHERE $1::text IS NULL OR tag = $1 ORDER BY entity_id, position LIMIT ${size}`,
      [tag ?? null],
    );
    return { status: 200, body: { data: rows, next: null } };
  }

  /** `/{collection}`, `/{collection}/{id}` and what lies beneath, for every kind alike. */
  private async collection(
    call: Call,
    kind: EntityKind,
    rest: readonly string[],
    parent: Parent | undefined,
  ): Promise<Answer> {
    const { store } = this;
    const [id, ...beneath] = rest;
    if (id === undefined) return this.all(call, kind, parent);
    if (kind.name === 'targets' && id === 'all') return this.all(call, kind, parent);
    const scope = parent && { field: parent.field, id: parent.entity.id };
    const entity =
      (await store.find(kind, id, scope)) ?? (kind.name === 'certificates' ? await this.certificateOf(id) : undefined);
    if (beneath.length === 0) return this.one(call, kind, id, entity, parent);
    if (entity === undefined) return NOT_FOUND;
    const [segment = ''] = beneath;
    if (kind.name === 'upstreams' && segment === 'health' && beneath.length === 1) return this.health(call, entity);
    const foreign = fieldsOf(kind.schema).find(([name, field]) => field.type === 'foreign' && name === segment);
    if (foreign && beneath.length === 1) {
      const other = store.kind(foreign[1].reference ?? '');
      const reference = entity[segment];
      const found = isObject(reference) ? await store.find(other, String(reference.id)) : undefined;
      return this.one(call, other, isObject(reference) ? String(reference.id) : '', found, undefined);
    }
    for (const child of store.kinds.values()) {
      const link = fieldsOf(child.schema).find(([, field]) => field.reference === kind.name);
      if (link && (child.nested ?? child.path) === segment) {
        return this.collection(call, child, beneath.slice(1), { kind, entity, field: link[0] });
      }
    }
    return NOT_FOUND;
  }

  /** Addresses and weights as this node has them; targets are not checked, so nothing is said of their health. */
  private async health(call: Call, upstream: Entity): Promise<Answer> {
    if (call.method !== 'GET') return NOT_ALLOWED;
    const kind = this.store.kind('targets');
    const listed = await this.all(call, kind, {
      kind: this.store.kind('upstreams'),
      entity: upstream,
      field: 'upstream',
    });
    const { data, ...rest } = listed.body as { data: Entity[] };
    const told = await Promise.all(data.map((target) => this.healthOf(String(upstream.name), target)));
    return { status: 200, body: { ...rest, data: told.length > 0 ? told : {}, node_id: this.store.nodeId } };
  }

  private async healthOf(upstream: string, target: Entity): Promise<Entity> {
    const name = String(target.target);
    const [host, port] = [name.slice(0, name.lastIndexOf(':')), Number(name.slice(name.lastIndexOf(':') + 1))];
    const nodeWeight = this.weightInMemory(upstream, String(target.id)) ?? 0;
    const found = await lookup(host, { all: true, family: 4 }).catch(() => []);
    const addresses = found.map(({ address: ip }) => ({ ip, port, weight: nodeWeight, health: 'HEALTHCHECKS_OFF' }));
    const total = nodeWeight * addresses.length;
    return {
      ...target,
      health: addresses.length > 0 ? 'HEALTHCHECKS_OFF' : 'DNS_ERROR',
      data: {
        host,
        port,
        dns: addresses.length > 0 ? 'A' : 'dns server error: 3 name error',
        nodeWeight,
        weight: { total, available: total, unavailable: 0 },
        addresses: addresses.length > 0 ? addresses : {},
      },
    };
  }

  private async certificateOf(sni: string): Promise<Entity | undefined> {
    const found = await this.store.find(this.store.kind('snis'), sni);
    return found && this.store.find(this.store.kind('certificates'), String((found.certificate as Entity).id));
  }

  private async all(
    { method, path, query, body }: Call,
    kind: EntityKind,
    parent: Parent | undefined,
  ): Promise<Answer> {
    const { store } = this;
    if (method === 'OPTIONS') return options('GET, HEAD, OPTIONS, POST');
    if (method === 'POST') {
      const given = parent ? { ...body, [parent.field]: { id: parent.entity.id } } : body;
      if (kind.name === 'targets' && store.settings.release === '2.8.5' && parent) {
        const before = await store.find(kind, String(body.target), { field: parent.field, id: parent.entity.id });
        if (before) return { status: 200, body: await store.update(kind, before, given) };
      }
      return { status: 201, body: await this.withSnis(kind, given, (one) => store.insert(kind, one)) };
    }
    if (method !== 'GET') return NOT_ALLOWED;
    const { size, offset } = paging(query);
    const tags = query.get('tags') ?? undefined;
    const filter: Filter = {
      ...(parent ? { field: `${parent.field}_id`, value: parent.entity.id } : {}),
      ...(tags === undefined ? {} : { tags }),
    };
    const page = await store.page(kind, filter, size, offset);
    const data = await Promise.all(page.rows.map((row) => this.show(kind, row)));
    if (page.offset === undefined) return { status: 200, body: { data, next: null } };
    const mark = Buffer.from(JSON.stringify([page.offset])).toString('base64url');
    const later = store.settings.release !== '2.8.5';
    const more = [
      `offset=${mark}`,
      ...(tags === undefined ? [] : [`tags=${later ? encodeURIComponent(tags) : tags}`]),
      ...(later && query.has('size') ? [`size=${query.get('size')}`] : []),
    ];
    return { status: 200, body: { data, next: `${path}?${more.join('&')}`, offset: mark } };
  }

  private async one(
    { method, body }: Call,
    kind: EntityKind,
    id: string,
    entity: Entity | undefined,
    parent: Parent | undefined,
  ): Promise<Answer> {
    const { store } = this;
    const given = parent ? { ...body, [parent.field]: { id: parent.entity.id } } : body;
    switch (method) {
      case 'GET':
        return entity ? { status: 200, body: await this.show(kind, entity) } : NOT_FOUND;
      case 'OPTIONS':
        return options('DELETE, GET, HEAD, OPTIONS, PATCH, PUT');
      case 'PATCH': {
        if (entity)
          return { status: 200, body: await this.withSnis(kind, given, (one) => store.update(kind, entity, one)) };
        const key = isUuid(id) ? 'id' : (kind.key ?? 'id');
        throw new Refusal(404, {
          code: 6,
          name: 'not found',
          fields: { [key]: id },
          message: `could not find the entity with '{${key}="${id}"}'`,
        });
      }
      case 'PUT': {
        const named = isUuid(id) ? { id } : kind.key === undefined ? undefined : { [kind.key]: id };
        if (named === undefined) return NOT_FOUND;
        return {
          status: 200,
          body: await this.withSnis(kind, { ...given, ...named }, (one) => store.upsert(kind, entity, one)),
        };
      }
      case 'DELETE':
        if (entity) await store.remove(kind, entity);
        else if (parent) return NOT_FOUND;
        return { status: 204 };
      default:
        return NOT_ALLOWED;
    }
  }

  /** `snis` of a certificate are entities of their own. */
  private async withSnis(kind: EntityKind, given: Entity, write: (one: Entity) => Promise<Entity>): Promise<Entity> {
    const { snis, ...rest } = given;
    if (kind.name !== 'certificates') return write(given);
    const entity = await write(rest);
    for (const name of (snis ?? []) as string[]) {
      const sni = this.store.kind('snis');
      await this.store.upsert(sni, await this.store.find(sni, name), { name, certificate: { id: entity.id } });
    }
    return this.show(kind, entity);
  }

  private async show(kind: EntityKind, entity: Entity): Promise<Entity> {
    if (kind.name !== 'certificates') return entity;
    const { rows } = await this.store.page(
      this.store.kind('snis'),
      { field: 'certificate_id', value: entity.id },
      1000,
    );
    return { ...entity, snis: rows.map((sni) => sni.name).sort() };
  }
}

const options = (methods: string): Answer => ({
  status: 204,
  headers: { 'Access-Control-Allow-Methods': methods, 'Access-Control-Allow-Headers': 'Content-Type', Allow: methods },
});

function paging(query: URLSearchParams): { size: number; offset: string | undefined } {
  const text = query.get('size') ?? '100';
  const size = Number(text);
  if (Number.isNaN(size)) throw invalid(9, 'invalid size', 'size must be a number');
  if (!Number.isInteger(size) || size < 1 || size > 1000)
    throw invalid(9, 'invalid size', 'size must be an integer between 1 and 1000');
  const mark = query.get('offset');
  if (mark === null) return { size, offset: undefined };
  try {
    const [id] = JSON.parse(Buffer.from(mark, 'base64url').toString()) as unknown[];
    if (typeof id === 'string' && isUuid(id)) return { size, offset: id };
  } catch {
    // below
  }
  throw invalid(7, 'invalid offset', `'${mark}' is not a valid offset: bad json encoding`);
}
