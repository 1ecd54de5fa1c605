import { spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { NginxRouter } from '../../../lib/routers/nginx/nginx-router';
import type { NodeShell } from '../../../lib/routers/nginx/node-shell';
import { slotFile } from '../../../lib/routers/nginx/slot-file';
import type { NginxSettings } from '../../../lib/settings/router-schema';
import { allOn, SLOTS, type Slot, type Weights } from '../../../lib/traffic/weights';

const PATH = `${process.env.PATH ?? ''}:/usr/sbin:/sbin`;
export const nginxIsHere = spawnSync('nginx', ['-v'], { env: { ...process.env, PATH } }).status === 0;

export interface NginxNode {
  readonly name: string;
  readonly folder: string;
  readonly url: string;
  readonly conf: string;
  readonly process: ChildProcess;
}

/** Real nginx processes, each with a folder of its own, in front of two HTTP servers that say which slot they are. */
export class NginxNodes {
  readonly nodes: NginxNode[] = [];
  readonly requests: Record<Slot, number> = { blue: 0, green: 0 };
  /** That the servers behind take to answer. */
  seconds = 0;
  private readonly servers: Server[] = [];
  private readonly ports: Record<string, number> = {};
  private readonly root = mkdtempSync(join(tmpdir(), 'kong-nginx-'));

  private constructor(private readonly key: string) {}

  /** @param options.key of the file that each node begins with */
  static async start(count: number, { key = '$request_id' } = {}): Promise<NginxNodes> {
    const all = new NginxNodes(key);
    for (const slot of SLOTS) all.ports[slot] = await all.upstream(slot);
    for (let i = 0; i < count; i += 1) await all.node(`edge-${i + 1}`, `127.9.7.${i + 1}`);
    return all;
  }

  /** One file for all nodes in the settings: each node's shell is told its own by links under /…/self. */
  settings(change: Partial<NginxSettings> = {}): NginxSettings {
    return {
      // The same paths on every node, as on machines of their own: each node's shell runs where its folder is `self`.
      nodes: this.nodes.map(({ name, folder }) => ({ name, shell: ['sh', join(folder, 'shell')] })),
      file: '/NODE/slot.conf',
      key: this.key,
      variable: 'kong_slot',
      upstreams: { blue: 'kong_blue', green: 'kong_green' },
      test: 'nginx -T -c /NODE/nginx.conf',
      reload: 'nginx -s reload -c /NODE/nginx.conf',
      pidFile: '/NODE/nginx.pid',
      ...change,
    };
  }

  router(shell?: NodeShell, change: Partial<NginxSettings> = {}): NginxRouter {
    return new NginxRouter(this.settings(change), shell);
  }

  file = (node: number): string => join(this.nodes[node]!.folder, 'slot.conf');
  text = (node: number): string | undefined =>
    existsSync(this.file(node)) ? readFileSync(this.file(node), 'utf8') : undefined;

  /** What a file manager does: the file, and no reload. */
  write(node: number, text: string): void {
    writeFileSync(this.file(node), text);
  }

  weights = (weights: Weights): string => slotFile(weights, this.settings());

  /** `nginx -s reload`, and the wait until no worker from before accepts. */
  async reload(node: number): Promise<void> {
    const before = this.workers(node);
    spawnSync('nginx', ['-s', 'reload', '-c', this.nodes[node]!.conf], { env: { ...process.env, PATH } });
    await until(() => {
      const now = this.workers(node);
      return now.length > 0 && now.every((pid) => !before.includes(pid));
    });
  }

  /** pids of the workers that accept, as ps shows them. */
  workers(node: number): number[] {
    const master = this.nodes[node]!.process.pid!;
    const { stdout } = spawnSync('ps', ['-o', 'pid=,args=', '--ppid', String(master)], { encoding: 'utf8' });
    return stdout
      .split('\n')
      .filter((line) => /nginx: worker process\s*$/.test(line))
      .map((line) => Number.parseInt(line, 10));
  }

  async stop(): Promise<void> {
    for (const { process: nginx } of this.nodes) nginx.kill('SIGTERM');
    await Promise.all(this.nodes.map(({ process: nginx }) => ended(nginx)));
    for (const server of this.servers) server.closeAllConnections();
    await Promise.all(this.servers.map((server) => new Promise((resolve) => server.close(resolve))));
    rmSync(this.root, { recursive: true, force: true });
  }

  private async upstream(slot: Slot): Promise<number> {
    const server = createServer((_, response) => {
      this.requests[slot] += 1;
      if (this.seconds === 0) response.end(slot);
      else setTimeout(() => response.end(slot), this.seconds * 1000);
    });
    server.keepAliveTimeout = 60_000;
    await new Promise<void>((resolve) => server.listen(0, '127.9.7.200', resolve));
    this.servers.push(server);
    return (server.address() as { port: number }).port;
  }

  private async node(name: string, address: string): Promise<void> {
    const folder = join(this.root, name);
    mkdirSync(folder);
    const port = 18_700 + (process.pid % 1000);
    const conf = join(folder, 'nginx.conf');
    writeFileSync(join(folder, 'slot.conf'), slotFile(allOn('blue'), this.settings()));
    // What a machine of its own is: the paths of the settings lead to this node's files.
    writeFileSync(join(folder, 'shell'), `sed 's#/NODE/#${folder}/#g' | sh -s\n`);
    const temp = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi']
      .map((kind) => `${kind}_temp_path ${folder}/${kind};`)
      .join(' ');
    writeFileSync(
      conf,
      `daemon off; worker_processes 2; pid ${folder}/nginx.pid; error_log ${folder}/error.log notice;
worker_shutdown_timeout 10s;
events { worker_connections 1024; }
http {
  access_log off; ${temp}
  include ${folder}/slot.conf;
  include ${folder}/extra*.conf;
  upstream kong_blue { server 127.9.7.200:${this.ports.blue}; keepalive 16; }
  upstream kong_green { server 127.9.7.200:${this.ports.green}; keepalive 16; }
  server {
    listen ${address}:${port};
    location / { proxy_pass http://$kong_slot; proxy_http_version 1.1; proxy_set_header Connection ""; }
  }
}
`,
    );
    // Longer than the clocks' grain, on a busy machine too: a start at the same moment would be a doubt, and count as not loaded.
    await new Promise((resolve) => setTimeout(resolve, 200));
    const nginx = spawn('nginx', ['-c', conf], { env: { ...process.env, PATH }, stdio: 'ignore' });
    const node = { name, folder, conf, process: nginx, url: `http://${address}:${port}/` };
    this.nodes.push(node);
    await until(() => this.workers(this.nodes.length - 1).length === 2);
  }
}

export async function until(holds: () => boolean, seconds = 10): Promise<void> {
  for (const end = Date.now() + seconds * 1000; !holds();) {
    if (Date.now() > end) throw new Error(`not so after ${seconds} s: ${holds.toString()}`);
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

const ended = (child: ChildProcess): Promise<unknown> =>
  child.exitCode !== null || child.signalCode !== null
    ? Promise.resolve()
    : new Promise((resolve) => child.once('exit', resolve));
