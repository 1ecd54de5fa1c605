import { schemaFacts } from '../facts';
import type { Release } from '../settings';

export interface Subsystem {
  readonly name: string;
  readonly migrations: readonly string[];
}

/** The migrations of 3.4.2 in their order; 2.8.5 ends at `*` (test/recorded/migrations, files 012 and 014). */
const CATALOGUE: Readonly<Record<string, string>> = {
  core:
    '000_base 003_100_to_110 004_110_to_120 005_120_to_130 006_130_to_140 007_140_to_150 008_150_to_200 009_200_to_210 ' +
    '010_210_to_211 011_212_to_213 012_213_to_220 013_220_to_230 014_230_to_270 015_270_to_280 * ' +
    '016_280_to_300 017_300_to_310 018_310_to_320 019_320_to_330 020_330_to_340',
  acl: '000_base_acl 002_130_to_140 003_200_to_210 004_212_to_213',
  acme: '000_base_acme * 001_280_to_300 002_320_to_330',
  'basic-auth': '000_base_basic_auth 002_130_to_140 003_200_to_210',
  'bot-detection': '001_200_to_210',
  'hmac-auth': '000_base_hmac_auth 002_130_to_140 003_200_to_210',
  'http-log': '* 001_280_to_300',
  'ip-restriction': '001_200_to_210',
  jwt: '000_base_jwt 002_130_to_140 003_200_to_210',
  'key-auth': '000_base_key_auth 002_130_to_140 003_200_to_210 * 004_320_to_330',
  oauth2: '000_base_oauth2 003_130_to_140 004_200_to_210 005_210_to_211 * 006_320_to_330 007_320_to_330',
  'post-function': '* 001_280_to_300',
  'pre-function': '* 001_280_to_300',
  'rate-limiting': '000_base_rate_limiting 003_10_to_112 004_200_to_210 * 005_320_to_330',
  'response-ratelimiting': '000_base_response_rate_limiting',
  session: '000_base_session 001_add_ttl_index * 002_320_to_330',
};

/**
 * Migrations with a part that only `finish` runs. Until then they are pending; schema_meta.pending of their subsystem is
 * `{}` afterwards and null elsewhere (test/recorded/datastore).
 */
export function hasFinish(subsystem: string, migration: string): boolean {
  if (migration === '001_280_to_300') return subsystem !== 'acme';
  if (migration.endsWith('_200_to_210')) return subsystem !== 'rate-limiting';
  return subsystem === 'core' && migration === '016_280_to_300';
}

/** The subsystems that a release with these `plugins` knows: core first, the rest by name. Unknown plugins have none. */
export function catalogue(release: Release, plugins: readonly string[]): Subsystem[] {
  const enabled = new Set(plugins.flatMap((name) => (name === 'bundled' ? schemaFacts(release).plugins : [name])));
  return Object.entries(CATALOGUE).flatMap(([name, text]) => {
    if (name !== 'core' && !enabled.has(name)) return [];
    const [old = '', later = ''] = text.split('*');
    const migrations = (release === '2.8.5' ? old : `${old} ${later}`).split(' ').filter((one) => one !== '');
    return migrations.length === 0 ? [] : [{ name, migrations }];
  });
}
