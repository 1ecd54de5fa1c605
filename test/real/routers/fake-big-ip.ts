import { createHash, randomUUID } from 'node:crypto';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import type { AddressInfo } from 'node:net';

/** What it does, and from which document of F5: fake-big-ip.md. */

export type Json = Record<string, unknown>;
export interface RunningMember {
  name: string;
  address: string;
  ratio: number;
  session: string;
  state: string;
}
interface Task {
  readonly id: string;
  results: Json[];
}
/** What the next declaration ends with, instead of being deployed. */
export type Fate =
  | { readonly answer: number; readonly message: string }
  | { readonly task: number; readonly message: string; readonly response?: string }
  /** Stays in progress; `late()` deploys it after all. */
  | 'never';

const IN_PROGRESS = { code: 0, message: 'in progress', tenant: '', host: '', runTime: 0 };

export class FakeBigIp {
  /** As AS3 has stored it: several tenants, updateMode, controls. */
  declaration: Json = {};
  /** Pools by path, as the unit runs them. */
  pools: Record<string, RunningMember[]> = {};
  failover = 'ACTIVE';
  version = '3.50.0';
  /** AS3 answers; while restnoded starts, the framework does in its place. */
  registered = true;
  readonly user = { username: 'shifter', password: 'correct horse battery' };
  readonly tokens = new Set<string>();
  /** Requests but the login, `GET /path`. */
  readonly asked: string[] = [];
  logins = 0;
  /** Headers of that name, that no request should have. */
  readonly authorizations: string[] = [];
  /** Bodies of the declarations that came. */
  readonly posted: Json[] = [];
  fates: Fate[] = [];
  /** Called after each deployment. */
  deployed: () => void = () => undefined;
  private readonly tasks = new Map<string, Task>();
  private held: (() => void)[] = [];
  private server: Server | undefined;
  url = '';

  async start(tls?: { key: string; cert: string }): Promise<this> {
    const handle = (request: IncomingMessage, response: ServerResponse): void => void this.answer(request, response);
    this.server = tls ? createTlsServer(tls, handle) : createServer(handle);
    await new Promise<void>((resolve) => this.server!.listen(0, '127.0.0.1', resolve));
    this.url = `${tls ? 'https' : 'http'}://127.0.0.1:${(this.server.address() as AddressInfo).port}`;
    return this;
  }

  async stop(): Promise<void> {
    this.server?.closeAllConnections();
    await new Promise((resolve) => this.server?.close(resolve));
  }

  tenant(name: string): Json {
    return this.declaration[name] as Json;
  }

  /** What a person does in the declaration: deployed like any other. */
  change(edit: (declaration: Json) => void): void {
    edit(this.declaration);
    this.run();
  }

  /** Declarations that never ended are deployed now. */
  late(): void {
    const held = this.held;
    this.held = [];
    for (const deploy of held) deploy();
  }

  forgetTasks(): void {
    this.tasks.clear();
    this.held = [];
  }

  private async answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    let text = '';
    for await (const part of request as AsyncIterable<Buffer>) text += part.toString('utf8');
    const body = text === '' ? undefined : (JSON.parse(text) as Json);
    const { pathname, searchParams } = new URL(request.url ?? '/', 'http://unit');
    const [status, answer] = this.reply(request, pathname, searchParams, body);
    response.writeHead(status, { 'content-type': 'application/json' });
    response.end(answer === undefined ? undefined : JSON.stringify(answer));
  }

  private reply(
    { method = 'GET', headers }: IncomingMessage,
    path: string,
    query: URLSearchParams,
    body: Json | undefined,
  ): [number, unknown?] {
    if (headers.authorization !== undefined) this.authorizations.push(headers.authorization);
    if (method === 'POST' && path === '/mgmt/shared/authn/login') return this.login(body ?? {});
    this.asked.push(`${method} ${path}`);
    if (!this.tokens.has(String(headers['x-f5-auth-token'])))
      return [401, { code: 401, message: 'X-F5-Auth-Token does not exist.' }];
    if (method === 'GET' && path === '/mgmt/tm/cm/failover-status') return [200, this.failoverStatus()];
    if (path.startsWith('/mgmt/shared/appsvcs/') && !this.registered)
      return [404, { code: 404, message: `Public URI path not registered: ${path}`, errorStack: [] }];
    if (method === 'GET' && path === '/mgmt/shared/appsvcs/info')
      return [200, { version: this.version, release: '1', schemaCurrent: this.version, schemaMinimum: '3.0.0' }];
    const [, kind, rest = ''] = /^\/mgmt\/shared\/appsvcs\/(declare|task)(?:\/([^/]+))?$/.exec(path) ?? [];
    if (kind === 'declare' && method === 'GET') return this.declared(rest, query.get('showHash') === 'true');
    if (kind === 'declare' && method === 'POST') return this.declare(rest, body ?? {}, query.get('async') === 'true');
    if (kind === 'task' && method === 'GET') {
      if (rest === '') return [200, { items: [...this.tasks.values()] }];
      const task = this.tasks.get(rest);
      return task ? [200, task] : [404, { message: `No record found with ID of ${rest}` }];
    }
    const [, pool] = /^\/mgmt\/tm\/ltm\/pool\/([^/]+)\/members$/.exec(path) ?? [];
    if (pool !== undefined && method === 'GET') {
      const items = this.pools[decodeURIComponent(pool).replaceAll('~', '/')];
      return items ? [200, { kind: 'tm:ltm:pool:members:memberscollectionstate', items }] : [404, { code: 404 }];
    }
    return [404, { code: 404, message: 'Public URI path not registered' }];
  }

  private login({ username, password, loginProviderName }: Json): [number, unknown] {
    this.logins += 1;
    if (username !== this.user.username || password !== this.user.password || loginProviderName !== 'tmos')
      return [401, { code: 401, message: 'Authentication failed.' }];
    const token = randomUUID();
    this.tokens.add(token);
    return [200, { username, token: { token, timeout: 1200 } }];
  }

  private failoverStatus(): Json {
    return {
      kind: 'tm:cm:failover-status:failover-statusstats',
      entries: {
        'https://localhost/mgmt/tm/cm/failover-status/0': {
          nestedStats: {
            entries: {
              color: { description: this.failover === 'ACTIVE' ? 'green' : 'gray' },
              status: { description: this.failover },
            },
          },
        },
      },
    };
  }

  private declared(tenant: string, showHash: boolean): [number, unknown?] {
    if (!tenantsIn(this.declaration).length) return [204];
    if (tenant === '') {
      const whole = structuredClone(this.declaration);
      if (showHash) hashAll(whole);
      return [200, whole];
    }
    const found = this.declaration[tenant] as Json | undefined;
    if (found === undefined)
      return [404, { code: 404, message: `specified Tenant(s) '${tenant}' not found in declaration` }];
    const others = tenantsIn(this.declaration).filter((name) => name !== tenant && name !== 'Common');
    const shown = structuredClone(this.declaration);
    for (const name of others) delete shown[name];
    if (showHash) hashAll(shown);
    return [200, shown];
  }

  private declare(tenant: string, body: Json, isAsync: boolean): [number, unknown] {
    this.posted.push(body);
    const fate = this.fates.shift();
    if (fate !== undefined && fate !== 'never' && 'answer' in fate)
      return [fate.answer, { code: fate.answer, message: fate.message }];
    if (body.class !== 'AS3' || body.action !== 'patch' || !Array.isArray(body.patchBody))
      return [422, { code: 422, message: 'declaration is invalid', errors: ['not modelled'] }];
    const work = (): Json[] => this.patched(tenant, body.patchBody as Operation[]);
    if (!isAsync) return [200, { results: work() }];
    const task: Task = { id: randomUUID(), results: [IN_PROGRESS] };
    this.tasks.set(task.id, task);
    if (fate === 'never') {
      this.held.push(() => (task.results = work()));
    } else {
      setTimeout(() => {
        task.results = fate
          ? [{ code: fate.task, message: fate.message, response: fate.response, tenant, host: 'localhost', runTime: 1 }]
          : work();
      }, 2);
    }
    const results = [{ ...IN_PROGRESS, message: 'Declaration successfully submitted' }];
    return [
      202,
      { id: task.id, results, declaration: {}, selfLink: `https://localhost/mgmt/shared/appsvcs/task/${task.id}` },
    ];
  }

  private patched(tenant: string, operations: readonly Operation[]): Json[] {
    const failed = (code: number, message: string): Json[] => [
      { code, message, tenant, host: 'localhost', runTime: 1 },
    ];
    // What comes first in each path is taken for a tenant (parsePatchBodies); a property that is none is refused, and
    // the operations then find nothing.
    const named = new Set(operations.map(({ path }) => path.split('/')[1] ?? ''));
    const others = tenantsIn(this.declaration).filter((name) => !named.has(name) && name !== 'Common');
    const isTenant = (name: string): boolean => tenantsIn(this.declaration).includes(name);
    const bogus = [...named].some((name) => name in this.declaration && !isTenant(name));
    const wanted = bogus ? {} : structuredClone(this.declaration);
    for (const name of others) delete wanted[name];
    for (const { op, path, value } of operations) {
      if (op === 'test') return failed(422, "invalid patch - op 'test' is not supported");
      if (path === '/updateMode' && value !== 'selective')
        return failed(422, "invalid patch - updateMode value can only be 'selective'");
      const keys = path.split('/').slice(1);
      const last = keys.pop()!;
      const parent = keys.reduce<Json | undefined>((at, key) => at?.[key] as Json | undefined, wanted);
      if (parent === undefined) return failed(422, `InvalidPatchOperationError: path does not exist: ${path}`);
      parent[last] = structuredClone(value);
    }
    const own = wanted[tenant] as Json;
    const given = own.optimisticLockKey;
    delete own.optimisticLockKey;
    if (given !== undefined && given !== keyOf(this.tenant(tenant))) {
      return failed(
        422,
        'The hash you submitted does not match the hash on the current Tenant. This usually indicates there was a change to the Tenant since you pulled this hash. You will want to do a GET and see what the changes are.',
      );
    }
    const wrong = refused(own);
    if (wrong !== undefined) return failed(422, `declaration is invalid: ${wrong}`);
    // complete: tenants that are not in it are removed.
    if (wanted.updateMode !== 'complete') for (const name of others) wanted[name] = this.declaration[name];
    const before = JSON.stringify(this.pools);
    this.declaration = wanted;
    this.run();
    const isChanged = JSON.stringify(this.pools) !== before;
    if (isChanged) this.deployed();
    return [{ code: 200, message: isChanged ? 'success' : 'no change', tenant, host: 'localhost', runTime: 1 }];
  }

  /** The pools of the declaration, as the unit runs them. */
  private run(): void {
    const pools: Record<string, RunningMember[]> = {};
    for (const [tenant, application, name, pool] of poolsIn(this.declaration)) {
      const members = (pool.members ?? []) as Json[];
      pools[`/${tenant}/${application}/${name}`] = members.flatMap((member) =>
        (member.serverAddresses as string[]).map((address) => ({
          name: `${address}:${String(member.servicePort)}`,
          address,
          ratio: (member.ratio as number | undefined) ?? 1,
          session: (member.adminState ?? 'enable') === 'enable' ? 'monitor-enabled' : 'user-disabled',
          state: member.adminState === 'offline' ? 'user-down' : 'up',
        })),
      );
    }
    this.pools = pools;
  }
}

interface Operation {
  readonly op: string;
  readonly path: string;
  readonly value: unknown;
}

const isObject = (value: unknown): value is Json =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

const tenantsIn = (declaration: Json): string[] =>
  Object.keys(declaration).filter((key) => (declaration[key] as Json | undefined)?.class === 'Tenant');

function poolsIn(declaration: Json): [string, string, string, Json][] {
  return tenantsIn(declaration).flatMap((tenant) =>
    Object.entries(declaration[tenant] as Json).flatMap(([application, value]) =>
      isObject(value)
        ? Object.entries(value).flatMap(([name, pool]): [string, string, string, Json][] =>
            isObject(pool) && pool.class === 'Pool' ? [[tenant, application, name, pool]] : [],
          )
        : [],
    ),
  );
}

function hashAll(declaration: Json): void {
  for (const name of tenantsIn(declaration)) {
    const tenant = declaration[name] as Json;
    tenant.optimisticLockKey = keyOf(tenant);
  }
}

function keyOf(tenant: Json): string {
  const own = { ...tenant };
  delete own.optimisticLockKey;
  return createHash('sha256').update(JSON.stringify(own)).digest('base64');
}

/** What the AS3 schema refuses of a pool's members. */
function refused(tenant: Json): string | undefined {
  const members = poolsIn({ tenant }).flatMap(([, , , pool]) => (pool.members ?? []) as Json[]);
  for (const { ratio = 1, adminState = 'enable' } of members) {
    if (!Number.isInteger(ratio) || (ratio as number) < 0 || (ratio as number) > 100) return `ratio ${String(ratio)}`;
    if (!['enable', 'disable', 'offline'].includes(adminState as string)) return `adminState ${String(adminState)}`;
  }
  return undefined;
}
