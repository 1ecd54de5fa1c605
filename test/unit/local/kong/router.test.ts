import { Router, type Incoming } from '../../../../local/kong/router';
import type { Entity } from '../../../../local/kong/schema';

const service: Entity = { id: 's', path: '/base', enabled: true };
const route = (name: string, more: Entity): Entity => ({
  id: name,
  name,
  service: { id: 's' },
  protocols: ['http', 'https'],
  strip_path: true,
  created_at: 1,
  ...more,
});
const router = (release: '2.8.5' | '3.4.2', ...routes: Entity[]): Router =>
  new Router(routes, new Map([['s', service]]), { release, traditional: release === '2.8.5' });
const get = (path: string, more: Partial<Incoming> = {}): Incoming => ({
  method: 'GET',
  host: 'gw.test',
  path,
  headers: {},
  sni: undefined,
  secure: false,
  ...more,
});

test('given two prefixes, the longer one wins', () => {
  const found = router('3.4.2', route('a', { paths: ['/a'] }), route('ab', { paths: ['/a/b'] })).match(get('/a/b/c'));
  expect(found?.route.name).toBe('ab');
  expect(found?.upstreamPath).toBe('/base/c');
  expect(found?.prefix).toBe('/a/b');
});

test('given a regex and a longer prefix, the regex wins, and of regexes the higher priority', () => {
  const routes = [
    route('prefix', { paths: ['/users/42'] }),
    route('low', { paths: ['~/users/\\d+'], regex_priority: 1 }),
    route('high', { paths: ['~/users/4\\d'], regex_priority: 2 }),
  ];
  expect(router('3.4.2', ...routes).match(get('/users/42'))?.route.name).toBe('high');
});

test('given more matched conditions, a route wins over a longer path', () => {
  const routes = [route('path', { paths: ['/a/b'] }), route('host', { paths: ['/a'], hosts: ['gw.test'] })];
  expect(router('3.4.2', ...routes).match(get('/a/b'))?.route.name).toBe('host');
});

test('given a 2.x regex without ~, 2.8 takes it as a regex and 3.4 as a plain prefix', () => {
  const one = route('re', { paths: ['/u/\\d+'] });
  expect(router('2.8.5', one).match(get('/u/7'))?.route.name).toBe('re');
  expect(router('3.4.2', one).match(get('/u/7'))).toBeUndefined();
});

test('given look-around, 3.4 drops all regexes of the route, keeps its plain paths and names the route', () => {
  const made = router('3.4.2', route('multi', { paths: ['/plain', '~/x/\\d', '~/y/(?!a)b'] }));
  expect(made.dropped).toEqual(['multi']);
  expect(made.match(get('/plain'))?.route.name).toBe('multi');
  expect(made.match(get('/x/1'))).toBeUndefined();
});

test('given path_handling v1, 2.8 glues the rest to the service path and 3.4 puts a slash between', () => {
  const one = route('v1', { paths: ['/bill'], path_handling: 'v1' });
  expect(router('2.8.5', one).match(get('/billx'))?.upstreamPath).toBe('/basex');
  expect(router('3.4.2', one).match(get('/billx'))?.upstreamPath).toBe('/base/x');
});

test('given a disabled service, its routes are not there', () => {
  const routes = [route('off', { paths: ['/a'] })];
  const made = new Router(routes, new Map([['s', { ...service, enabled: false }]]), {
    release: '3.4.2',
    traditional: false,
  });
  expect(made.match(get('/a'))).toBeUndefined();
});
