import { upgradePath } from '../../../lib/release/upgrade-path';
import { situationOf, stopsOf, type SituationInput } from '../../../lib/strategy/situation';
import { AS_OF, from } from './situations';

const situation = (input: SituationInput) =>
  situationOf(
    input,
    upgradePath(input.from, input.to, { asOf: AS_OF, ...(input.edition && { edition: input.edition }) }).hops,
  );

describe('the default', () => {
  test('is what a traditional open-source Kong on PostgreSQL and ECS gets', () => {
    expect(situation(from('2.8', '3.4'))).toMatchObject({
      mode: 'traditional',
      datastore: 'postgres',
      platform: 'ecs',
      edition: 'oss',
      toEdition: 'oss',
      downtimeAllowed: false,
      spareCapacity: true,
      runtimeState: 'unknown',
      helm: { releases: 'single', releaseNames: ['kong'] },
    });
  });

  test('has no datastore for DB-less', () =>
    expect(situation(from('2.8', '3.4', { mode: 'db-less' })).datastore).toBe('off'));

  test('is not overwritten by an option that was not given', () =>
    expect(situation(from('2.8', '3.4', { platform: undefined })).platform).toBe('ecs'));

  test.each([
    ['2.8.4.14', '3.4', 'enterprise', 'enterprise'],
    ['2.8.5', '3.4', 'oss', 'oss'],
    ['2.8', '3.10', 'enterprise', 'enterprise'],
    ['2.8.5', '3.10', 'oss', 'enterprise'],
    ['2.8', '3.4.3.12', 'enterprise', 'enterprise'],
  ])('takes the edition of %s → %s from the versions: %s, %s', (start, target, edition, toEdition) =>
    expect(situation(from(start, target))).toMatchObject({ edition, toEdition }),
  );
});

describe('the stops', () => {
  const stops = (input: SituationInput) => stopsOf(situation(input)).map(({ version, image }) => [version, image]);

  test('are the hops, each with the latest patch of its edition', () => {
    expect(stops(from('2.8.4.14', '3.10')).map(([version]) => version)).toEqual(['3.4', '3.10']);
    for (const [version, image] of stops(from('2.8.4.14', '3.10'))) {
      expect(image).toMatch(new RegExp(`^kong/kong-gateway:${version!.replace('.', '\\.')}\\.\\d+\\.\\d+$`));
    }
  });

  test('end with the version that was asked for', () =>
    expect(stops(from('2.8', '3.4.2'))).toEqual([['3.4', 'kong:3.4.2']]));

  test('begin with the Enterprise image of the version that runs where the edition changes', () =>
    expect(stops(from('2.8.5', '3.10')).map(([version]) => version)).toEqual(['2.8', '3.4', '3.10']));

  test('leave the image open where no patch of an old Enterprise version is known', () => {
    expect(stops(from('0.36', '1.5'))[0]).toEqual(['1.3', '$KONG_IMAGE_1_3']);
    expect(stops(from('2.8', '3.0', { edition: 'oss' }))[0]![1]).toMatch(/^kong:3\.0\.\d+$/);
  });

  test('are one where edition and patch change together', () =>
    expect(stops(from('3.4.2', '3.4.3.12'))).toEqual([['3.4.3.12', 'kong/kong-gateway:3.4.3.12']]));
});
