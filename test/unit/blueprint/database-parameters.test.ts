import { databaseParameters, majorVersion } from '../../../lib/blueprint/database-parameters';

test.each([
  ['9.6.24', '9.6'],
  ['13', '13'],
  ['15.18', '15'],
])('given PostgreSQL %s, its parameter group is of %s', (version, major) => {
  expect(majorVersion(version)).toBe(major);
  expect(databaseParameters(version).family).toBe(`postgres${major}`);
});

test.each(['9.6.24', '13.14'])('given PostgreSQL %s, passwords are hashed as it does by itself', (version) => {
  expect(databaseParameters(version).parameters).toEqual({ 'rds.force_ssl': '1' });
});

test.each(['14.1', '15', '17.2'])(
  'given PostgreSQL %s, passwords are hashed as every Kong can log in with',
  (version) => {
    expect(databaseParameters(version).parameters).toEqual({ 'rds.force_ssl': '1', password_encryption: 'md5' });
  },
);
