import { containerSettings, refuseForeignDatabase } from '../../../lib/blueprint/container-settings';

const database = { host: 'db.example', port: '5432', databaseName: 'kong', username: 'kong', tls: true };
const secretArn = 'arn:aws:secretsmanager:eu-central-1:111122223333:secret:licence';

describe('given the environment and the secrets of a slot', () => {
  test('the database is added, the secrets stay references', () => {
    const secrets = { KONG_LICENSE_DATA: { secretArn } };
    expect(containerSettings({ environment: { KONG_PLUGINS: 'bundled' }, secrets, database })).toEqual({
      environment: {
        KONG_PLUGINS: 'bundled',
        KONG_DATABASE: 'postgres',
        KONG_PG_SSL: 'on',
        KONG_PG_HOST: 'db.example',
        KONG_PG_PORT: '5432',
        KONG_PG_USER: 'kong',
        KONG_PG_DATABASE: 'kong',
      },
      secrets,
    });
  });

  test('TLS is as the database has it, unless the settings say otherwise', () => {
    const ssl = (environment: Record<string, string>, tls: boolean) =>
      containerSettings({ environment, secrets: {}, database: { ...database, tls } }).environment.KONG_PG_SSL;
    expect([ssl({}, false), ssl({ KONG_PG_SSL: 'off' }, true)]).toEqual(['off', 'off']);
  });

  test.each(['KONG_PG_HOST', 'KONG_PG_PORT', 'KONG_PG_USER', 'KONG_PG_PASSWORD', 'KONG_PG_DATABASE'])(
    '%s is refused in both: a stray one would send green to the database of blue',
    (name) => {
      const refused = /ENVIRONMENT_RESERVED/;
      expect(() => containerSettings({ environment: { [name]: 'x' }, secrets: {}, database })).toThrow(refused);
      expect(() => containerSettings({ environment: {}, secrets: { [name]: { secretArn } }, database })).toThrow(
        refused,
      );
    },
  );

  test('the kind of database may be said, if it is PostgreSQL', () => {
    const of = (kind: string) => () =>
      containerSettings({ environment: { KONG_DATABASE: kind }, secrets: {}, database });
    expect(of('postgres')).not.toThrow();
    expect(of('off')).toThrow(/ENVIRONMENT_RESERVED/);
  });
});

test("given the other slot's database, it is refused by name", () => {
  expect(() => refuseForeignDatabase('green', 'kong-blue', ['kong-blue'])).toThrow(/GREEN_ON_BLUE_DATABASE/);
  expect(() => refuseForeignDatabase('green', 'kong-green', ['kong-blue'])).not.toThrow();
});
