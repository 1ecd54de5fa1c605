import { createHash, createPrivateKey, pbkdf2Sync, randomBytes, X509Certificate } from 'node:crypto';
import type { EntityKind } from './entities';
import { normalizePath } from './paths';
import { compile } from './router';
import { rustRefusal } from './rust-regex';
import { isObject, type Entity, type Violations } from './schema';
import type { Settings } from './settings';

/** A refusal in the Admin API's own form. */
export class Refusal extends Error {
  constructor(
    readonly status: number,
    readonly body: Entity,
  ) {
    super(JSON.stringify(body));
  }
}
export const refuse = (status: number, code: number, name: string, fields: unknown, message: string): Refusal =>
  new Refusal(status, { code, name, fields, message });

/** `{consumer=null,name="key-auth"}`: keys by name, strings quoted. */
export function luaTable(value: Entity): string {
  const show = (one: unknown): string =>
    isObject(one) ? luaTable(one) : typeof one === 'string' ? JSON.stringify(one) : String(one);
  return `{${Object.keys(value)
    .sort()
    .map((key) => `${key}=${show(value[key])}`)
    .join(',')}}`;
}

/** Fields that Kong takes and stores under another name: a service's `url`, and 2.8's old plugin fields. */
export function shorthand(kind: EntityKind, given: Entity, old: boolean): Entity {
  const { url, ...rest } = given;
  if (kind.name === 'services' && typeof url === 'string') {
    if (!URL.canParse(url))
      throw refuse(
        400,
        2,
        'schema violation',
        { url: 'missing host in url' },
        'schema violation (url: missing host in url)',
      );
    const { protocol, hostname, port, pathname } = new URL(url);
    const scheme = protocol.slice(0, -1);
    const path = pathname === '/' && !/[^/]\/$/.test(url) ? null : pathname;
    return {
      ...rest,
      protocol: scheme,
      host: hostname,
      port: port === '' ? (scheme === 'https' ? 443 : 80) : Number(port),
      path,
    };
  }
  if (
    kind.name === 'plugins' &&
    old &&
    isObject(given.config) &&
    ['acl', 'ip-restriction', 'bot-detection'].includes(String(given.name))
  ) {
    const { whitelist, blacklist, ...config } = given.config;
    return {
      ...given,
      config: { ...config, ...(whitelist ? { allow: whitelist } : {}), ...(blacklist ? { deny: blacklist } : {}) },
    };
  }
  return url === undefined ? { ...given } : { ...rest, url };
}

/** Checks that Kong has in code and not in the schema that it shows. */
export function extraChecks(kind: EntityKind, entity: Entity, release: Settings['release']): Violations {
  const found: Violations = {};
  const name = entity.name;
  if (
    ['services', 'routes', 'upstreams'].includes(kind.name) &&
    typeof name === 'string' &&
    kind.name !== 'upstreams' &&
    /[^\w.\-~]/.test(name)
  ) {
    found.name = `invalid value '${name}': the only accepted ascii characters are alphanumerics or ., -, _, and ~`;
  }
  if (kind.name === 'routes') {
    const protocols = (entity.protocols ?? []) as string[];
    const http = protocols.includes('https') || protocols.includes('http');
    const fields = protocols.includes('https')
      ? ['methods', 'hosts', 'headers', 'paths', 'snis']
      : ['methods', 'hosts', 'headers', 'paths'];
    if (
      http &&
      fields.every((field) => entity[field] == null || (Array.isArray(entity[field]) && entity[field].length === 0))
    ) {
      found['@entity'] = [
        `must set one of ${fields.map((field) => `'${field}'`).join(', ')} when 'protocols' is '${protocols.includes('https') ? 'https' : 'http'}'`,
      ];
    }
    const paths = ((entity.paths ?? []) as unknown[]).map((path) =>
      typeof path === 'string' ? pathProblem(path, release) : undefined,
    );
    if (paths.some((problem) => problem !== undefined)) found.paths = paths.map((problem) => problem ?? null);
  }
  if (['certificates', 'ca_certificates'].includes(kind.name)) {
    const test = (field: string, what: string, parse: (text: string) => unknown): void => {
      if (typeof entity[field] !== 'string') return;
      try {
        parse(entity[field]);
      } catch (error) {
        found[field] = `invalid ${what}: ${(error as Error).message}`;
      }
    };
    test('cert', 'certificate', (text) => new X509Certificate(text));
    test('key', 'key', (text) => createPrivateKey(text));
  }
  return found;
}

/** 3.4 takes `~` regexes and wants plain paths normalised; 2.8 takes any path with a slash in front. */
function pathProblem(path: string, release: Settings['release']): string | undefined {
  if (release === '2.8.5' && !path.startsWith('/')) return 'should start with: /';
  if (!/^~?\//.test(path)) return 'should start with: / (fixed path) or ~/ (regex path)';
  const bad = /%(?![0-9a-fA-F]{2}).{0,2}/.exec(path);
  if (bad && !path.startsWith('~')) return `invalid url-encoded value: '${bad[0]}'`;
  if (release === '2.8.5') return undefined;
  if (!path.startsWith('~')) {
    const normal = normalizePath(path, false);
    return normal === path ? undefined : `non-normalized path, consider use '${normal}' instead`;
  }
  try {
    compile(path.slice(1));
  } catch (error) {
    return `invalid regex: '${path.slice(1)}' (${(error as Error).message})`;
  }
  const refusal = rustRefusal(path.slice(1));
  return refusal === undefined ? undefined : `Router Expression failed validation: ${refusal}`;
}

/** Stored forms: sha1 of basic-auth passwords, pbkdf2 of hashed oauth2 secrets, the digest of a CA certificate. */
export function secrets(kind: EntityKind, entity: Entity, how: 'insert' | 'update'): void {
  const password = entity.password;
  if (
    kind.name === 'basicauth_credentials' &&
    typeof password === 'string' &&
    !(how === 'update' && /^[0-9a-f]{40}$/.test(password))
  ) {
    entity.password = basicAuthHash(password, String((entity.consumer as Entity).id));
  }
  const secret = entity.client_secret;
  if (
    kind.name === 'oauth2_credentials' &&
    entity.hash_secret === true &&
    typeof secret === 'string' &&
    !secret.startsWith('$pbkdf2')
  ) {
    const salt = randomBytes(16);
    const hash = pbkdf2Sync(secret, salt, 10_000, 32, 'sha512');
    const short = (bytes: Buffer): string => bytes.toString('base64').replace(/=+$/, '');
    entity.client_secret = `$pbkdf2-sha512$i=10000,l=32$${short(salt)}$${short(hash)}`;
  }
  if (kind.name === 'ca_certificates') {
    entity.cert_digest = new X509Certificate(String(entity.cert)).fingerprint256.replaceAll(':', '').toLowerCase();
  }
}

/** How Kong stores a basic-auth password: sha1 over password and consumer id. */
export const basicAuthHash = (password: string, consumerId: string): string =>
  createHash('sha1')
    .update(password + consumerId)
    .digest('hex');
