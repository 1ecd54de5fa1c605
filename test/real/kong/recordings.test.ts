import { startPostgres, type TestPostgres } from '../postgres';
import { replayAdmin, replaySample } from './admin-replay';
import {
  copyDatabase,
  kong,
  nodeEnv,
  removeWorkFolder,
  requireBuild,
  startEcho,
  startNode,
  type Result,
} from './harness';
import { compareRows, makeTemplates, replayMigrations } from './migrations-replay';
import { replayProxy } from './proxy-replay';
import { replayStatus } from './status-replay';
import { reportLine, writeDifferences } from './report';

jest.setTimeout(300_000);
const BLUE = '127.77.9.28';
const GREEN = '127.77.9.34';

/** Measured 2026-11-21; a number below is a regression. local/kong/DIFFERENCES.md lists what differs. */
const FLOOR = { sample: 140, rows: 57, migrations: 119, admin: 405, status: 122, proxy: 250 };
type Area = keyof typeof FLOOR;

describe('the stand-in against recordings of real Kong', () => {
  let postgres: TestPostgres;
  let stopEcho: () => Promise<void>;
  const all: Partial<Record<Area, Result[]>> = {};
  const check = (area: Area, results: Result[]): void => {
    all[area] = results;
    expect(results.filter(({ difference }) => difference === undefined).length).toBeGreaterThanOrEqual(FLOOR[area]);
  };

  beforeAll(async () => {
    requireBuild();
    postgres = await startPostgres();
    stopEcho = await startEcho();
    await makeTemplates(postgres);
  });
  afterAll(async () => {
    const { sample = [], rows = [], migrations = [], admin = [], status = [], proxy = [] } = all;
    process.stderr.write(`${reportLine({ admin, migrations, status, proxy })}\n`);
    if (process.env['WRITE_DIFFERENCES'])
      writeDifferences({ admin, migrations, status, proxy, 'sample configuration': sample, rows });
    await stopEcho?.();
    await postgres?.stop();
    removeWorkFolder();
  });

  test('given a database in a recorded state, kong migrations and kong start end as recorded', async () => {
    check('migrations', await replayMigrations(postgres));
  });

  test('given the recorded 2.8 rows, up and finish leave the rows that Kong 3.4 left', async () => {
    check('rows', await compareRows(postgres));
  });

  test('given an empty 2.8, the sample configuration is taken and the Admin API answers as recorded', async () => {
    await copyDatabase(postgres, 'template0', 'admin28').catch(() => postgres.createDatabase('admin28'));
    const env = nodeEnv(postgres, 'admin28', BLUE);
    await kong('2.8.5', ['migrations', 'bootstrap'], env);
    const node = await startNode('2.8.5', env);
    try {
      check('sample', await replaySample(BLUE));
      all.admin = await replayAdmin('2.8.5', BLUE);
    } finally {
      await node.stop();
    }
  });

  test('given the migrated database, the Admin API of 3.4 answers as recorded', async () => {
    await copyDatabase(postgres, 't34finish', 'admin34');
    const node = await startNode('3.4.2', nodeEnv(postgres, 'admin34', GREEN));
    try {
      check('admin', [...(all.admin ?? []), ...(await replayAdmin('3.4.2', GREEN))]);
    } finally {
      await node.stop();
    }
  });

  test('given the sample configuration, both proxies answer as recorded', async () => {
    const results: Result[] = [];
    for (const [release, address, template] of [
      ['2.8.5', BLUE, 't28'],
      ['3.4.2', GREEN, 't34finish'],
    ] as const) {
      await copyDatabase(postgres, template, `proxy${release}`);
      const node = await startNode(release, nodeEnv(postgres, `proxy${release}`, address));
      try {
        results.push(...(await replayProxy(release, address)));
      } finally {
        await node.stop();
      }
    }
    check('proxy', results);
  });

  test('given each recorded state of a node, its status listener answers as recorded', async () => {
    check('status', await replayStatus(postgres));
  });
});
