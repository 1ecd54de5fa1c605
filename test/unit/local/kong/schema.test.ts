import { entityKinds, pluginSchema } from '../../../../local/kong/entities';
import { fill, sentence, violations, type Entity } from '../../../../local/kong/schema';

const kind = (name: string) => {
  const found = entityKinds('2.8.5').find((one) => one.name === name);
  if (!found) throw new Error(name);
  return found;
};

test('given only a host, a service gets Kong’s defaults and null elsewhere', () => {
  const service = fill(kind('services').schema, { host: 'h' });
  expect(service).toMatchObject({
    retries: 5,
    port: 80,
    protocol: 'http',
    connect_timeout: 60000,
    enabled: true,
    path: null,
  });
});

test('given an unknown field and a port out of range, both are told in one sentence, by name', () => {
  const found = violations(
    kind('services').schema,
    fill(kind('services').schema, { host: 'h', port: 99999, bogus: 1 }),
  );
  expect(sentence(found)).toBe('2 schema violations (bogus: unknown field; port: value should be between 0 and 65535)');
});

test('given a bad element of a list, its place is told', () => {
  const found = violations(kind('routes').schema, fill(kind('routes').schema, { methods: ['GET', 'get'] }));
  expect(found).toEqual({ methods: [null, 'invalid value: get'] });
  expect(sentence(found)).toBe('schema violation (methods.2: invalid value: get)');
});

test('given a plugin without any limit, the check over several fields fails', () => {
  const schema = pluginSchema('2.8.5', 'rate-limiting');
  if (!schema) throw new Error('no schema');
  const found = violations(schema, fill(schema, { config: {} })) as { '@entity'?: string[] };
  expect(found['@entity']?.[0]).toMatch(/^at least one of these fields must be non-empty: 'config.second', /);
});

test('given a nested record, defaults reach its depth', () => {
  const upstream = fill(kind('upstreams').schema, { name: 'u', healthchecks: { active: { timeout: 3 } } });
  const checks = upstream.healthchecks as { active: Entity; passive: Entity };
  expect(checks.active).toMatchObject({ timeout: 3, concurrency: 10, healthy: { interval: 0 } });
  expect(checks.passive).toMatchObject({ type: 'http' });
});
