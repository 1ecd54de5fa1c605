/** The DB parameter group of a slot's PostgreSQL, by its engine version (`15.18`, `15`, `9.6.24`). */
export interface DatabaseParameters {
  readonly family: string;
  readonly parameters: Readonly<Record<string, string>>;
}

export const databaseParameters = (engineVersion: string): DatabaseParameters => ({
  family: `postgres${majorVersion(engineVersion)}`,
  parameters: { 'rds.force_ssl': '1', ...passwordHash(engineVersion) },
});

/** `15.18` -> `15`, `9.6.24` -> `9.6`: the part that names the parameter group's family. */
export const majorVersion = (version: string): string =>
  version
    .split('.')
    .slice(0, version.startsWith('9.') ? 2 : 1)
    .join('.');

/**
 * From PostgreSQL 14 on RDS hashes passwords for SCRAM ("SCRAM Authentication in RDS for PostgreSQL 13", AWS Database
 * Blog, which names this setting for clients that cannot). Over TLS several versions of Kong cannot log in then: up to
 * 2.8.2 `module 'openssl.rand' not found` (Kong/kong issue 8259; Enterprise 2.8.2.2 too), 3.6 `attempt to index local
 * 'ssl'` (issues 12702, 13083). Nothing is lost by it: the password is generated, of 30 characters, and sent within TLS.
 */
const passwordHash = (engineVersion: string): Record<string, string> =>
  Number(majorVersion(engineVersion)) >= 14 ? { password_encryption: 'md5' } : {};

/** Days that RDS keeps automatic backups. */
export const BACKUP_RETENTION_DAYS = 7;
/** Of the generated password. */
export const PASSWORD_LENGTH = 30;
