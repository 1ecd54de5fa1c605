import { decodeRegex, escapePath, normalizePath } from './paths';
import { rustRefusal } from './rust-regex';
import { isObject, type Entity } from './schema';
import type { Release } from './settings';

export interface Incoming {
  readonly method: string;
  readonly host: string;
  /** Without the query, as received. */
  readonly path: string;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly sni: string | undefined;
  readonly secure: boolean;
}

interface Path {
  readonly text: string;
  readonly regex: RegExp | undefined;
}

interface Candidate {
  readonly route: Entity;
  readonly service: Entity | undefined;
  readonly paths: readonly Path[];
}

export interface Match {
  readonly route: Entity;
  readonly service: Entity | undefined;
  /** Path for the service, escaped, without the query. */
  readonly upstreamPath: string;
  /** What `strip_path` took away, for X-Forwarded-Prefix. */
  readonly prefix: string | undefined;
}

export interface RouterOptions {
  readonly release: Release;
  /** `router_flavor=traditional`: keeps regexes that Rust cannot compile and path_handling v1. Always so on 2.8. */
  readonly traditional: boolean;
}

const strings = (value: unknown): string[] => (Array.isArray(value) ? (value as string[]) : []);

/** PCRE as JavaScript: named groups, `(?i)`, possessive quantifiers (taken as greedy ones). */
export function compile(pattern: string): RegExp {
  const flags = pattern.includes('(?i)') ? 'i' : '';
  const text = pattern
    .replaceAll('(?i)', '')
    .replaceAll('(?P<', '(?<')
    .replace(/([+*?}])\+/g, '$1');
  return new RegExp(`^(?:${text})`, flags);
}

/** Chooses the route of a request as Kong's traditional router does; 3.4's default flavor sorts alike. */
export class Router {
  private readonly candidates: readonly Candidate[];
  /** Routes that lost their regex paths, for the log. */
  readonly dropped: string[] = [];

  constructor(
    routes: readonly Entity[],
    services: ReadonlyMap<unknown, Entity>,
    private readonly options: RouterOptions,
  ) {
    this.candidates = routes.flatMap((route) => {
      const service = isObject(route.service) ? services.get(route.service.id) : undefined;
      if (service && service.enabled === false) return [];
      const given = strings(route.paths);
      const paths = this.paths(given);
      if (paths.length < given.length) this.dropped.push(String(route.name ?? route.id));
      return paths.length === 0 && given.length > 0 ? [] : [{ route, service, paths }];
    });
  }

  private paths(given: readonly string[]): Path[] {
    const isRegex = (path: string): boolean =>
      path.startsWith('~') ||
      (this.options.release === '2.8.5' && !/^[a-zA-Z0-9._~/%-]*$/.test(path) && !/[^\x20-\x7e]| /.test(path));
    const lost =
      !this.options.traditional &&
      given.some((path) => isRegex(path) && rustRefusal(path.replace(/^~/, '')) !== undefined);
    return given.flatMap((path): Path[] => {
      if (!isRegex(path)) return [{ text: normalizePath(path), regex: undefined }];
      return lost ? [] : [{ text: path, regex: compile(decodeRegex(path.replace(/^~/, ''))) }];
    });
  }

  match(incoming: Incoming): Match | undefined {
    const path = normalizePath(incoming.path);
    let best: { candidate: Candidate; found: Path | undefined; matched: string; rank: number[] } | undefined;
    for (const candidate of this.candidates) {
      const { route, paths } = candidate;
      if (!this.matchesHead(route, incoming)) continue;
      let found: Path | undefined;
      let matched = '';
      for (const one of [...paths].sort(
        (a, b) => Number(b.regex !== undefined) - Number(a.regex !== undefined) || b.text.length - a.text.length,
      )) {
        const hit = one.regex ? one.regex.exec(path)?.[0] : path.startsWith(one.text) ? one.text : undefined;
        if (hit === undefined) continue;
        [found, matched] = [one, hit];
        break;
      }
      if (paths.length > 0 && !found) continue;
      const rank = this.rank(route, found);
      if (!best || before(rank, best.rank)) best = { candidate, found, matched, rank };
    }
    if (!best) return undefined;
    const { route, service } = best.candidate;
    const strip = route.strip_path === true && best.found !== undefined;
    const rest = strip ? path.slice(best.matched.length) : '';
    const old = this.options.traditional && route.path_handling === 'v1';
    const base = typeof service?.path === 'string' ? service.path : '/';
    const upstream = (old ? joinV1 : joinV0)(base, rest, path, strip);
    return { route, service, upstreamPath: escapePath(upstream), prefix: strip ? best.matched : undefined };
  }

  private matchesHead(route: Entity, incoming: Incoming): boolean {
    const methods = strings(route.methods);
    if (methods.length > 0 && !methods.includes(incoming.method)) return false;
    const hosts = strings(route.hosts);
    if (hosts.length > 0 && !hosts.some((host) => hostMatches(host, incoming.host))) return false;
    const snis = strings(route.snis);
    if (snis.length > 0 && incoming.secure && !snis.includes(incoming.sni ?? '')) return false;
    return Object.entries(isObject(route.headers) ? route.headers : {}).every(([name, values]) => {
      const value = String(incoming.headers[name.toLowerCase()] ?? '').toLowerCase();
      return strings(values).some((one) => one.toLowerCase() === value);
    });
  }

  /** More matched kinds of conditions first, then plain hosts, more headers, regexes by priority, longer paths, older routes. */
  private rank(route: Entity, found: Path | undefined): number[] {
    const filled = (name: string): number => Number(strings(route[name]).length > 0);
    const headers = isObject(route.headers) ? Object.keys(route.headers).length : 0;
    return [
      filled('methods') + filled('hosts') + filled('paths') + filled('snis') + Number(headers > 0),
      Number(strings(route.hosts).some((host) => !host.includes('*'))),
      headers,
      Number(found?.regex !== undefined),
      found?.regex ? Number(route.regex_priority ?? 0) : 0,
      found?.text.length ?? 0,
      -Number(route.created_at),
    ];
  }
}

function before(a: readonly number[], b: readonly number[]): boolean {
  for (const [index, value] of a.entries()) {
    const other = b[index] ?? 0;
    if (value !== other) return value > other;
  }
  return false;
}

function hostMatches(pattern: string, host: string): boolean {
  const plain = pattern.includes(':') ? host : host.replace(/:\d+$/, '');
  if (pattern.startsWith('*')) return plain.endsWith(pattern.slice(1)) && plain.length > pattern.length - 1;
  if (pattern.endsWith('*')) return plain.startsWith(pattern.slice(0, -1));
  return pattern === plain;
}

/** Service path + what is left of the request, with one slash between them (path_handling v0). */
function joinV0(base: string, rest: string, path: string, strip: boolean): string {
  if (!strip) return base === '/' ? path : base.replace(/\/$/, '') + path;
  const tail = rest.replace(/^\//, '');
  if (tail !== '') return `${base.replace(/\/$/, '')}/${tail}`;
  if (base === '/') return '/';
  const plain = base.replace(/\/$/, '');
  return path.length > 1 && path.endsWith('/') ? `${plain}/` : plain;
}

/** The two put next to each other, only a doubled slash made one (path_handling v1). */
function joinV1(base: string, rest: string, path: string, strip: boolean): string {
  const tail = strip ? rest : path;
  return base.endsWith('/') ? base + tail.replace(/^\//, '') : base + tail;
}
