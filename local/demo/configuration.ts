/**
 * What the demo writes into blue, as Admin API requests in order: an ordinary estate of services, routes, consumers and
 * credentials that Kong 2.8 and 3.4 answer alike. A regex path is written the 2.x way, so that the migration has
 * something to rewrite; nothing here is one of the breaking changes that a person has to mend by hand.
 */
export interface AdminRequest {
  readonly method: 'PUT' | 'POST';
  readonly path: string;
  readonly body: Readonly<Record<string, unknown>>;
}

const TEAMS = ['orders', 'catalog', 'users', 'billing', 'search', 'shipping', 'reports', 'media'] as const;
const CONSUMERS = ['alice', 'bob', 'carol', 'dave', 'erin', 'frank', 'grace', 'heidi', 'ivan', 'judy'] as const;

const put = (path: string, body: Record<string, unknown>): AdminRequest => ({ method: 'PUT', path, body });
const post = (path: string, body: Record<string, unknown>): AdminRequest => ({ method: 'POST', path, body });

export function configuration(upstreamUrl: string): AdminRequest[] {
  const requests: AdminRequest[] = [];
  for (const team of TEAMS) {
    requests.push(
      put(`/services/${team}`, { url: `${upstreamUrl}/${team}`, retries: 2, tags: ['demo', `team-${team}`] }),
    );
    requests.push(put(`/services/${team}/routes/${team}-plain`, { paths: [`/${team}`], tags: ['demo'] }));
    requests.push(
      put(`/services/${team}/routes/${team}-items`, {
        paths: [`/${team}/items/\\d+$`],
        strip_path: false,
        regex_priority: 5,
        tags: ['demo'],
      }),
    );
    requests.push(
      put(`/services/${team}/routes/${team}-host`, {
        hosts: [`${team}.example.test`],
        paths: ['/api'],
        preserve_host: true,
        tags: ['demo'],
      }),
    );
    requests.push(
      put(`/services/${team}/routes/${team}-write`, {
        paths: [`/write/${team}`],
        methods: ['POST', 'PUT'],
        tags: ['demo'],
      }),
    );
  }
  for (const consumer of CONSUMERS) {
    requests.push(put(`/consumers/${consumer}`, { custom_id: `id-${consumer}`, tags: ['demo'] }));
    requests.push(post(`/consumers/${consumer}/key-auth`, { key: `${consumer}-demo-key` }));
    requests.push(
      post(`/consumers/${consumer}/basic-auth`, { username: consumer, password: `${consumer}-demo-password` }),
    );
  }
  for (const consumer of ['alice', 'bob', 'carol'])
    requests.push(post(`/consumers/${consumer}/acls`, { group: 'partners' }));
  requests.push(
    post('/routes/orders-plain/plugins', { name: 'key-auth', config: { key_names: ['apikey'] } }),
    post('/routes/orders-items/plugins', { name: 'key-auth', config: { key_names: ['apikey'] } }),
    post('/routes/users-plain/plugins', { name: 'basic-auth', config: { hide_credentials: true } }),
    post('/services/billing/plugins', { name: 'key-auth', config: { key_names: ['apikey'], hide_credentials: true } }),
    post('/services/billing/plugins', { name: 'acl', config: { allow: ['partners'] } }),
    post('/services/reports/plugins', {
      name: 'request-termination',
      config: { status_code: 410, message: 'reports have moved' },
    }),
    post('/services/catalog/plugins', {
      name: 'request-transformer',
      config: { add: { headers: ['x-demo:catalog'] } },
    }),
    post('/services/search/plugins', {
      name: 'response-transformer',
      config: { add: { headers: ['x-demo-answer:search'] } },
    }),
    post('/services/media/plugins', { name: 'rate-limiting', config: { minute: 100000, policy: 'local' } }),
    post('/plugins', {
      name: 'correlation-id',
      config: { header_name: 'X-Demo-Request-Id', generator: 'uuid', echo_downstream: false },
    }),
  );
  return requests;
}

/** Collections that are counted on blue at the snapshot and again on green. */
export const COUNTED = [
  'services',
  'routes',
  'consumers',
  'plugins',
  'key-auths',
  'basic-auths',
  'acls',
  'upstreams',
  'certificates',
] as const;

export interface ProbeRequest {
  readonly name: string;
  readonly method: string;
  readonly path: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
}

export const basic = (user: string, password: string): Record<string, string> => ({
  authorization: `Basic ${Buffer.from(`${user}:${password}`).toString('base64')}`,
});

/** Requests whose answers are compared, the refused ones included: a gateway that lets everyone in has no errors. */
export function probes(): ProbeRequest[] {
  const list: ProbeRequest[] = [];
  for (const team of TEAMS) {
    list.push({
      name: `${team}: prefix path`,
      method: 'GET',
      path: `/${team}/hello?q=1`,
      headers: { apikey: 'alice-demo-key' },
    });
    list.push({
      name: `${team}: regex path`,
      method: 'GET',
      path: `/${team}/items/42`,
      headers: { apikey: 'alice-demo-key' },
    });
    list.push({
      name: `${team}: by host`,
      method: 'GET',
      path: '/api/v1',
      headers: { host: `${team}.example.test`, apikey: 'bob-demo-key' },
    });
    list.push({
      name: `${team}: write`,
      method: 'POST',
      path: `/write/${team}`,
      headers: { apikey: 'carol-demo-key' },
      body: '{"n":1}',
    });
    list.push({ name: `${team}: method without a route`, method: 'DELETE', path: `/write/${team}` });
  }
  for (const consumer of CONSUMERS) {
    list.push({
      name: `key of ${consumer}`,
      method: 'GET',
      path: '/orders/1',
      headers: { apikey: `${consumer}-demo-key` },
    });
    list.push({
      name: `billing for ${consumer}`,
      method: 'GET',
      path: '/billing/1',
      headers: { apikey: `${consumer}-demo-key` },
    });
    list.push({
      name: `password of ${consumer}`,
      method: 'GET',
      path: '/users/1',
      headers: basic(consumer, `${consumer}-demo-password`),
    });
  }
  list.push(
    { name: 'no key', method: 'GET', path: '/orders/1' },
    { name: 'unknown key', method: 'GET', path: '/orders/1', headers: { apikey: 'nobody' } },
    { name: 'wrong password', method: 'GET', path: '/users/1', headers: basic('alice', 'wrong') },
    { name: 'no credentials', method: 'GET', path: '/users/1' },
    { name: 'no route', method: 'GET', path: '/nowhere' },
  );
  return list;
}
