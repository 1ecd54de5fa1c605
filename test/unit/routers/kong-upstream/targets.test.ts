import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { targetsOf, weightsOf, type Target } from '../../../../lib/routers/kong-upstream/targets';

type Json = Record<string, unknown>;

/** Answers of real Kong to GET /upstreams/U/targets and /health. */
describe.each(['2.8.5', '3.4.2'])('recorded answers of Kong %s', (release) => {
  const file = join(__dirname, '../../../recorded/admin-api', `${release}.json`);
  const answers = JSON.parse(readFileSync(file, 'utf8')) as { method: string; path: string; body: { data: Json[] } }[];
  const get = (path: string): Json[] =>
    answers.find((each) => each.method === 'GET' && each.path === `/upstreams/${path}`)!.body.data;
  const read = (upstream: string, blue: string[], green: string[]): Target[] =>
    targetsOf('U', get(`${upstream}/targets`), get(`${upstream}/health`), { targets: { blue, green } });

  test('a target with weight 0 is listed, and the balancer has it with its address', () => {
    const targets = read('sticky-upstream', ['127.0.0.9:9001', '127.0.0.9:9002'], ['127.0.0.9:9003']);
    expect(targets.find(({ slot }) => slot === 'green')).toMatchObject({ weight: 0, addresses: 1, followed: 0 });
    expect(targets.every(({ weight, followed, down }) => weight === followed && !down)).toBe(true);
    expect(weightsOf(targets)).toEqual({ blue: 100, green: 0 });
  });

  test('a target that its health checks have taken out is told apart', () => {
    const targets = read('catalog-upstream', ['127.0.0.9:9001', '127.0.0.9:9002'], ['127.0.0.9:9999']);
    expect(targets.filter(({ down }) => down).map(({ name }) => name)).toEqual(['127.0.0.9:9999']);
    expect(weightsOf(targets)).toEqual({ blue: 75, green: 25 });
  });

  test('a name that does not resolve has no address, and a weight all the same', () => {
    const targets = read('unresolvable-upstream', ['no-such-host.invalid:80'], []);
    expect(targets).toEqual([
      { name: 'no-such-host.invalid:80', slot: 'blue', weight: 10, addresses: 0, followed: 10, down: false },
    ]);
  });
});
