import { spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { existsSync, readdirSync } from 'node:fs';
import { mkdtemp, rename, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { ResourceRecordSet } from '@aws-sdk/client-route-53';
import { ZONE } from './route53-rig';

const PATH = `${process.env.PATH ?? ''}:/usr/sbin:/sbin`;
const ADDRESS = '127.0.0.1';

/** Why knot cannot run here; undefined when it can. Its module geoip is what gives weighted answers. */
export function knotIsMissing(): string | undefined {
  if (spawnSync('sh', ['-c', 'command -v knotd knotc'], { env: { ...process.env, PATH } }).status !== 0)
    return 'knotd and knotc are not installed (Debian: knot)';
  const libraries = existsSync('/usr/lib') ? readdirSync('/usr/lib') : [];
  const hasModule = libraries.some((folder) => {
    const modules = join('/usr/lib', folder, 'knot');
    return existsSync(modules) && readdirSync(modules).some((each) => existsSync(join(modules, each, 'geoip.so')));
  });
  return hasModule ? undefined : "knot's module geoip is not installed (Debian: knot-module-geoip)";
}

/** A real name server on loopback that answers by the weights of given records. */
export class Knot {
  private constructor(
    private readonly folder: string,
    private readonly port: number,
    private readonly child: ChildProcess,
  ) {}

  static async start(): Promise<Knot> {
    const folder = await mkdtemp(join(tmpdir(), 'kong-dual-cluster-knot-'));
    const port = await freePort();
    const zone = ZONE.replace(/\.$/, '');
    await writeFile(
      join(folder, 'knot.conf'),
      `server:
    rundir: ${folder}
    listen: ${ADDRESS}@${port}
    udp-workers: 1
    tcp-workers: 1
    background-workers: 1
database:
    storage: ${folder}
log:
  - target: stderr
    any: warning
mod-geoip:
  - id: weights
    config-file: ${folder}/weights
    ttl: 0
    mode: weighted
zone:
  - domain: ${zone}
    file: ${folder}/zone
    zonefile-sync: -1
    journal-content: none
    module: mod-geoip/weights
`,
    );
    await writeFile(
      join(folder, 'zone'),
      `$ORIGIN ${ZONE}\n$TTL 60\n@ SOA ns hostmaster 1 7200 900 1209600 86400\n@ NS ns\nns A ${ADDRESS}\n`,
    );
    await writeFile(join(folder, 'weights'), weightsFile([]));
    const child = spawn('knotd', ['-c', join(folder, 'knot.conf')], {
      env: { ...process.env, PATH },
      stdio: ['ignore', 'ignore', 'inherit'],
    });
    const knot = new Knot(folder, port, child);
    for (let tries = 0; !existsSync(join(folder, 'knot.sock')) || !knot.control('status'); tries += 1) {
      if (tries > 100 || child.exitCode !== null) throw new Error('knotd did not start');
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
    return knot;
  }

  get server(): string {
    return `${ADDRESS}:${this.port}`;
  }

  async serve(records: readonly ResourceRecordSet[]): Promise<void> {
    await writeFile(join(this.folder, 'weights.new'), weightsFile(records));
    await rename(join(this.folder, 'weights.new'), join(this.folder, 'weights'));
    if (!this.control('reload')) throw new Error('knot did not reload its configuration');
  }

  async stop(): Promise<void> {
    this.child.kill('SIGKILL');
    await rm(this.folder, { recursive: true, force: true });
  }

  private control(...args: string[]): boolean {
    const options = { env: { ...process.env, PATH } };
    return spawnSync('knotc', ['-c', join(this.folder, 'knot.conf'), '-b', ...args], options).status === 0;
  }
}

/** Knot DNS, module geoip, mode weighted: a list of records with weights for each name; there is no weight 0. */
function weightsFile(records: readonly ResourceRecordSet[]): string {
  const names = new Map<string, string[]>([[`unused.${ZONE}`, ['  - weight: 1\n    A: [ 192.0.2.200 ]']]]);
  for (const { Name = '', Weight = 0, Type = '', ResourceRecords = [] } of records) {
    if (Weight === 0) continue;
    const values = ResourceRecords.map(({ Value }) => Value).join(', ');
    const entry = `  - weight: ${Weight}\n    ${Type}: ${Type === 'CNAME' ? values : `[ ${values} ]`}`;
    names.set(Name, [...(names.get(Name) ?? []), entry]);
  }
  return [...names].map(([name, entries]) => `${name.replace(/\.$/, '')}:\n${entries.join('\n')}\n`).join('');
}

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, ADDRESS, resolve));
  const address = server.address();
  await new Promise((resolve) => server.close(resolve));
  return typeof address === 'object' && address ? address.port : 0;
}
