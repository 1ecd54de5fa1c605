import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { startPostgres, type TestPostgres } from '../postgres';
import { replaySample } from './admin-replay';
import { kong, nodeEnv, removeWorkFolder, requireBuild, ROOT, startNode, type Node } from './harness';

jest.setTimeout(120_000);
const ADDRESS = '127.77.9.61';

/** Findings with what they stand in, without the order in which an Admin API lists things, and the ids that it makes up. */
function findingsOf(target: readonly string[]): string[] {
  const { stdout, status } = spawnSync(
    process.execPath,
    [
      join(ROOT, 'dist/bin/kong-dual-cluster.js'),
      ...['check', 'declarative', ...target, '--from', '2.8.5', '--to', '3.4.2', '--output', 'json'],
    ],
    { encoding: 'utf8' },
  );
  expect(status).toBe(2);
  const { findings } = JSON.parse(stdout) as { findings: { id: string; entity: string; field: string | null }[] };
  return findings
    .map(({ id, entity, field }) => `${id}: ${entity.replace(/"[0-9a-f-]{36}"/g, 'with an id')}, ${field}`)
    .sort();
}

describe('check declarative over a live Admin API', () => {
  let postgres: TestPostgres;
  let node: Node;

  beforeAll(async () => {
    requireBuild();
    postgres = await startPostgres();
    await postgres.createDatabase('checked');
    await kong('2.8.5', ['migrations', 'bootstrap'], nodeEnv(postgres, 'checked', ADDRESS));
    node = await startNode('2.8.5', nodeEnv(postgres, 'checked', ADDRESS));
    await replaySample(ADDRESS);
  });
  afterAll(async () => {
    await node?.stop();
    await postgres?.stop();
    removeWorkFolder();
  });

  test('finds in the sample configuration what it finds in the file that decK wrote of it', () => {
    const live = findingsOf(['--admin', `http://${ADDRESS}:8001`]);
    const file = findingsOf([join(ROOT, 'test/recorded/declarative/2.8.5-deck-with-id.json')]);
    expect(live).toEqual(file.filter((finding) => !finding.startsWith('format-version-3')));
  });
});
