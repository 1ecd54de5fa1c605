import { Resolver, lookup } from 'node:dns/promises';
import { GetHostedZoneCommand } from '@aws-sdk/client-route-53';
import { KongDualClusterError } from '../../errors';
import type { Client, RecordType } from './record-sets';
import type { Sample } from './sampling';

/** Queries under way at once. */
const AT_ONCE = 40;
/** How long a query waits for its answer, milliseconds; asked twice. */
const QUERY_MS = 1000;

/** What a zone answers, asked of its own name servers: they keep nothing for a TTL. */
export interface NameServers {
  /** @param queries from 1, spread over all servers; fewer are asked when nobody answers */
  sample(name: string, type: RecordType, queries: number): Promise<Sample>;
  /** Addresses of a name as anybody finds them; of an alias's target. */
  addresses(name: string, type: RecordType): Promise<readonly string[]>;
}

/** @param servers addresses, with a port where it is not 53: `192.0.2.1`, `127.0.0.1:5300` */
export class DnsNameServers implements NameServers {
  constructor(private readonly servers: readonly string[]) {}

  async sample(name: string, type: RecordType, queries: number): Promise<Sample> {
    const answers: (readonly string[])[] = [];
    let [asked, silent] = [0, 0];
    const askOn = async (): Promise<void> => {
      while (asked < queries && (answers.length > 0 || silent < AT_ONCE)) {
        const server = this.servers[asked % this.servers.length] ?? '';
        asked += 1;
        const answer = await ask(server, name, type);
        if (answer === undefined) silent += 1;
        else answers.push(answer);
      }
    };
    await Promise.all(Array.from({ length: Math.min(AT_ONCE, queries) }, askOn));
    return { asked, answers };
  }

  async addresses(name: string, type: RecordType): Promise<readonly string[]> {
    const found = await lookup(name.replace(/\.$/, ''), { all: true, family: type === 'AAAA' ? 6 : 4 });
    return found.map(({ address }) => address);
  }
}

/** A resolver of its own for each query: c-ares may keep answers in a channel. */
async function ask(server: string, name: string, type: RecordType): Promise<readonly string[] | undefined> {
  const resolver = new Resolver({ timeout: QUERY_MS, tries: 2 });
  resolver.setServers([server]);
  try {
    const values = await (type === 'A'
      ? resolver.resolve4(name)
      : type === 'AAAA'
        ? resolver.resolve6(name)
        : resolver.resolveCname(name));
    return values.map((value) => value.toLowerCase()).sort();
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    return code === 'ENODATA' || code === 'ENOTFOUND' ? [] : undefined;
  }
}

/** @throws KongDualClusterError ROUTER_NOT_EFFECTIVE for a private zone, whose answers only its VPC's resolver gives */
export async function nameServersOf(client: Client, Id: string): Promise<NameServers> {
  const { DelegationSet, HostedZone } = await client.send(new GetHostedZoneCommand({ Id }));
  const names = DelegationSet?.NameServers ?? [];
  const servers = (
    await Promise.all(names.map((name) => lookup(name, { all: true, family: 4 }).catch(() => [])))
  ).flatMap((found) => found.map(({ address }) => address));
  if (servers.length > 0) return new DnsNameServers(servers);
  throw new KongDualClusterError('ROUTER_NOT_EFFECTIVE', "the zone's own name servers cannot be asked", {
    found: HostedZone?.Config?.PrivateZone
      ? `${Id} is a private zone: only the resolver of its VPCs answers, and keeps answers`
      : `no address was found of ${names.join(', ') || 'any name server'}`,
    remedy: 'let this machine resolve them and send to port 53, or set shift.router.route53.sample to false',
  });
}
