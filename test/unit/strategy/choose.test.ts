import { EXIT, KongDualClusterError } from '../../../lib/errors';
import { chooseStrategy } from '../../../lib/strategy/choose';
import { upgradePlan } from '../../../lib/strategy/plan';
import { situationOf, type SituationInput } from '../../../lib/strategy/situation';
import { AS_OF, from } from './situations';

const strategyOf = (input: SituationInput) => upgradePlan(input, { asOf: AS_OF }).strategy;
const refusalOf = (input: SituationInput): KongDualClusterError => {
  try {
    upgradePlan(input, { asOf: AS_OF });
  } catch (error) {
    if (error instanceof KongDualClusterError) return error;
    throw error;
  }
  throw new Error('it was not refused');
};

describe('the strategy', () => {
  test.each<[string, SituationInput, string]>([
    ['a second cluster where there is room', from('2.8', '3.4'), 'dual-cluster'],
    ['also for a patch', from('3.4.1', '3.4.2'), 'dual-cluster'],
    ['also with downtime allowed', from('2.8', '3.4', { downtimeAllowed: true }), 'dual-cluster'],
    [
      'in place with a window and no room',
      from('2.8', '3.4', { spareCapacity: false, downtimeAllowed: true }),
      'in-place',
    ],
    [
      'a control plane in place without a window: data planes serve on',
      from('2.8', '3.4', { mode: 'hybrid', spareCapacity: false }),
      'in-place',
    ],
    ['rolling without a database', from('2.8', '3.4', { mode: 'db-less' }), 'rolling'],
    [
      'one database for a patch when nothing else is possible',
      from('3.4.1', '3.4.2', { spareCapacity: false }),
      'shared-database',
    ],
    [
      'one database to the next minor when asked for',
      from('3.4.2', '3.5', { sharedDatabase: true }),
      'shared-database',
    ],
    ['one database inside 2.x when asked for', from('2.1', '2.8', { sharedDatabase: true }), 'shared-database'],
    ['a new keyspace on Cassandra', from('2.1', '2.8', { datastore: 'cassandra' }), 'new-keyspace'],
    ['a fresh datastore when asked for', from('2.8', '3.4', { fresh: true }), 'fresh-datastore'],
    ['the same datastore for a plugin', from('3.4.2', '3.4.2', { pluginsAdded: ['oauth2'] }), 'in-place'],
    ['the same datastore for a beta', from('3.4.0-beta.1', '3.4.0'), 'in-place'],
  ])('%s', (_, input, name) => expect(strategyOf(input).name).toBe(name));

  test('says why not of each of the others, once', () => {
    const { name, others } = strategyOf(from('2.8', '3.4'));
    expect([name, ...others.map((other) => other.name)].sort()).toEqual([
      'dual-cluster',
      'fresh-datastore',
      'in-place',
      'new-keyspace',
      'rolling',
      'shared-database',
    ]);
    for (const { whyNot } of others) expect(whyNot).toMatch(/^[a-z].{15,}[^.]$/s);
  });

  test('gives the recorded reason against one database from 2.x to 3.x', () => {
    const { others } = strategyOf(from('2.8', '3.4'));
    expect(others.find(({ name }) => name === 'shared-database')?.whyNot).toMatch(
      /`migrations up` already rewrites the paths/,
    );
  });
});

describe('a refusal', () => {
  test.each<[string, SituationInput, string, RegExp]>([
    [
      'one database from 2.x to 3.x',
      from('2.8', '3.4', { sharedDatabase: true }),
      'STRATEGY_SHARED_DATABASE_REFUSED',
      /recorded/,
    ],
    [
      'one database from LTS to LTS',
      from('3.4', '3.10', { sharedDatabase: true, edition: 'enterprise' }),
      'STRATEGY_SHARED_DATABASE_REFUSED',
      /LTS/,
    ],
    [
      'one database over several hops',
      from('3.4.3.12', '3.6', { sharedDatabase: true }),
      'STRATEGY_SHARED_DATABASE_REFUSED',
      /one step at a time/,
    ],
    [
      'Cassandra with 3.4',
      from('2.8', '3.4', { datastore: 'cassandra' }),
      'STRATEGY_CASSANDRA_REMOVED',
      /no Cassandra/,
    ],
    ['no room and no window', from('2.8', '3.4', { spareCapacity: false }), 'STRATEGY_NONE_FITS', /no supported way/],
    [
      'DB-less with PostgreSQL',
      from('2.8', '3.4', { mode: 'db-less', datastore: 'postgres' }),
      'STRATEGY_CONTRADICTION',
      /no database/,
    ],
    [
      'hybrid without a database',
      from('2.8', '3.4', { mode: 'hybrid', datastore: 'off' }),
      'STRATEGY_CONTRADICTION',
      /has a database/,
    ],
    [
      'a fresh datastore for DB-less',
      from('2.8', '3.4', { mode: 'db-less', fresh: true }),
      'STRATEGY_CONTRADICTION',
      /fresh or shared/,
    ],
    [
      'fresh and shared',
      from('3.4.1', '3.4.2', { fresh: true, sharedDatabase: true }),
      'STRATEGY_CONTRADICTION',
      /not shared/,
    ],
    [
      'Helm releases on EC2',
      from('2.8', '3.4', { platform: 'ec2', helm: { releases: 'split' } }),
      'STRATEGY_CONTRADICTION',
      /Kubernetes/,
    ],
    [
      'one split release',
      from('2.8', '3.4', { platform: 'eks', helm: { releases: 'split', releaseNames: ['kong'] } }),
      'STRATEGY_CONTRADICTION',
      /two or more/,
    ],
    [
      'hybrid to traditional',
      from('2.8', '3.4', { mode: 'hybrid', toMode: 'traditional' }),
      'STRATEGY_CONTRADICTION',
      /traditional → hybrid/,
    ],
    [
      'a keyring of open source',
      from('2.8.5', '3.4', { keyring: true }),
      'STRATEGY_CONTRADICTION',
      /only Enterprise has a keyring/,
    ],
    ['nothing to do', from('3.4.2', '3.4.2'), 'STRATEGY_CONTRADICTION', /nothing to upgrade/],
    ['a step of the path that is none', from('3.4', '2.8'), 'VERSION_STEP_UNSUPPORTED', /downgrade/],
  ])('%s', (_, input, code, problem) => {
    const error = refusalOf(input);
    expect([error.code, error.exitCode]).toEqual([code, EXIT.preflightRefused]);
    expect(error.problem).toMatch(problem);
    expect(error.remedy.length).toBeGreaterThan(10);
  });

  test('of an edition that goes back, also without a path', () => {
    const situation = situationOf(from('3.4.3.12', '3.4', { toEdition: 'oss' }), []);
    expect(() => chooseStrategy(situation)).toThrow(/STRATEGY_CONTRADICTION/);
  });
});
