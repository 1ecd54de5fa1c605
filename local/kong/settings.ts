import { tmpdir } from 'node:os';
import { join } from 'node:path';

export type Release = '2.8.5' | '3.4.2';

export interface Listener {
  readonly address: string;
  readonly port: number;
  readonly ssl: boolean;
}

/** What the stand-in takes from the environment; every other `KONG_*` variable is ignored without a word, as Kong does. */
export interface Settings {
  readonly release: Release;
  readonly prefix: string;
  readonly postgres: {
    readonly host: string;
    readonly port: number;
    readonly user: string;
    readonly password: string;
    readonly database: string;
    readonly ssl: boolean;
    readonly verify: boolean;
  };
  readonly listeners: Readonly<Record<'proxy' | 'admin' | 'status', readonly Listener[]>>;
  /** Names in `KONG_PLUGINS`; `bundled` stands for all that come with the release. Default: `bundled`. */
  readonly plugins: readonly string[];
  readonly withoutDatabase: boolean;
  readonly debugHeader: boolean;
  readonly traditionalRouter: boolean;
}

/** A failure that Kong reports as `Error: <text>` with exit code 1. */
export class KongError extends Error {}

const flag = (value: string | undefined): boolean => ['on', 'true', '1'].includes((value ?? '').toLowerCase());

/** `127.0.0.1:8000 reuseport, 127.0.0.1:8443 http2 ssl` or `off`. Throws for an address beyond this machine. */
export function parseListen(name: string, value: string): Listener[] {
  if (value.trim() === 'off' || value.trim() === '') return [];
  return value.split(',').map((part) => {
    const [where = '', ...options] = part.trim().split(/\s+/);
    const colon = where.lastIndexOf(':');
    const address = where.slice(0, colon).replace(/^\[|\]$/g, '');
    if (!/^127\.|^localhost$|^::1$/.test(address)) {
      throw new KongError(`${name}: the stand-in listens on loopback addresses only, found '${where}'`);
    }
    return { address, port: Number(where.slice(colon + 1)), ssl: options.includes('ssl') };
  });
}

/** Reads `KONG_*`. Defaults are Kong's own, but on 127.0.0.1. */
export function readSettings(release: Release, env: NodeJS.ProcessEnv = process.env, prefix?: string): Settings {
  const listen = (name: string, fallback: string): Listener[] => parseListen(name, env[name] ?? fallback);
  const proxy = listen('KONG_PROXY_LISTEN', '127.0.0.1:8000, 127.0.0.1:8443 ssl');
  return {
    release,
    prefix:
      prefix ??
      env.KONG_PREFIX ??
      join(tmpdir(), `kong-stand-in-${release}-${proxy[0]?.address ?? 'none'}-${proxy[0]?.port ?? 0}`),
    postgres: {
      host: env.KONG_PG_HOST ?? '127.0.0.1',
      port: Number(env.KONG_PG_PORT ?? 5432),
      user: env.KONG_PG_USER ?? 'kong',
      password: env.KONG_PG_PASSWORD ?? '',
      database: env.KONG_PG_DATABASE ?? 'kong',
      ssl: flag(env.KONG_PG_SSL),
      verify: flag(env.KONG_PG_SSL_VERIFY),
    },
    listeners: {
      proxy,
      admin: listen('KONG_ADMIN_LISTEN', '127.0.0.1:8001, 127.0.0.1:8444 ssl'),
      status: listen('KONG_STATUS_LISTEN', 'off'),
    },
    plugins: (env.KONG_PLUGINS ?? 'bundled')
      .split(',')
      .map((name) => name.trim())
      .filter((name) => name !== '' && name !== 'off'),
    withoutDatabase: env.KONG_DATABASE === 'off',
    debugHeader: release === '2.8.5' || flag(env.KONG_ALLOW_DEBUG_HEADER),
    traditionalRouter: release === '2.8.5' || env.KONG_ROUTER_FLAVOR === 'traditional',
  };
}
