import { spawn, spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { KongDualClusterError } from '../../../lib/errors';
import { abort } from '../../../lib/runner/abort';
import { nodeShell, type NodeShell } from '../../../lib/routers/nginx/node-shell';
import { allOn, type Weights } from '../../../lib/traffic/weights';
import { nginxIsHere, NginxNodes, until } from './nginx-nodes';

jest.setTimeout(60_000);

const BLUE = allOn('blue');
const AT_5: Weights = { blue: 95, green: 5 };
const AT_25: Weights = { blue: 75, green: 25 };

const failureOf = (promise: Promise<unknown>): Promise<KongDualClusterError> =>
  promise.then(
    () => {
      throw new Error('it did not fail');
    },
    (error: unknown) => error as KongDualClusterError,
  );

(nginxIsHere ? describe : describe.skip)(
  nginxIsHere ? 'nginx that fails' : 'nginx is not on this machine (apt-get install nginx)',
  () => {
    let all: NginxNodes;
    beforeAll(async () => {
      all = await NginxNodes.start(3);
    }, 30_000);
    afterAll(() => all.stop(), 30_000);
    beforeEach(async () => {
      for (const { folder } of all.nodes)
        for (const name of readdirSync(folder).filter((each) => each.startsWith('extra'))) rmSync(join(folder, name));
      for (const i of [0, 1, 2]) if (all.text(i) !== all.weights(BLUE)) all.write(i, all.weights(BLUE));
      if (!(await all.router().verify(BLUE)).holds) await Promise.all([0, 1, 2].map((i) => all.reload(i)));
    }, 30_000);

    const extra = (node: number, text: string, name = 'extra.conf'): void =>
      writeFileSync(join(all.nodes[node]!.folder, name), text);
    const texts = (): (string | undefined)[] => [0, 1, 2].map(all.text);
    const weights = async (): Promise<number[]> =>
      (await all.router().read()).places.map((place) => place.weights.green);
    const served = async (node: number, requests = 30): Promise<Set<string>> => {
      const answers = new Set<string>();
      for (let i = 0; i < requests; i += 1) answers.add(await (await fetch(all.nodes[node]!.url)).text());
      return answers;
    };

    test('a reload that one node rejects: its file and its workers stay, the nodes after it are not written, and its own words come out', async () => {
      extra(1, 'no_such_directive on;\n');
      const workers = all.workers(1);
      const error = await failureOf(all.router().apply({ expected: [BLUE], to: AT_5 }));
      expect(error).toMatchObject({ code: 'ROUTER_RELOAD_REJECTED', exitCode: 1 });
      expect(error.found).toMatch(/^edge-2: .*unknown directive "no_such_directive"/s);
      expect(error.found).not.toContain('proxy_pass');
      expect(texts()).toEqual([all.weights(AT_5), all.weights(BLUE), all.weights(BLUE)]);
      expect(all.workers(1)).toEqual(workers);
      // The way back: the node that was raised, and no other.
      expect(await weights()).toEqual([5, 0, 0]);
      const reading = await all.router().read();
      const before = { ...reading, places: reading.places.map((place) => ({ ...place, weights: BLUE })) };
      expect((await all.router().restore(before)).written).toEqual(['edge-1']);
      expect(await all.router().verify(BLUE)).toMatchObject({ holds: true });
    });

    test('a way back that one node rejects is made on all others, and says which failed', async () => {
      const before = await all.router().read();
      await all.router().apply({ expected: [BLUE], to: AT_25 });
      extra(0, 'broken\n');
      const error = await failureOf(all.router().restore(before));
      expect(error.found).toMatch(/^edge-1: /);
      expect(texts()).toEqual([all.weights(AT_25), all.weights(BLUE), all.weights(BLUE)]);
      rmSync(join(all.nodes[0]!.folder, 'extra.conf'));
      expect((await all.router().restore(before)).written).toEqual(['edge-1']);
      expect(await all.router().verify(BLUE)).toMatchObject({ holds: true });
    });

    test('a configuration that passes the test and cannot be loaded: the old file is back and the old workers serve', async () => {
      const port = await new Promise<number>((resolve) => {
        const other = createServer().listen(0, '127.9.7.99', () => {
          taken.push(other);
          resolve((other.address() as { port: number }).port);
        });
      });
      extra(0, `server { listen 127.9.7.99:${port}; }\n`);
      const workers = all.workers(0);
      const error = await failureOf(all.router().apply({ expected: [BLUE], to: AT_5 }));
      expect(error).toMatchObject({ code: 'ROUTER_RELOAD_REJECTED' });
      expect(error.found).toMatch(/^edge-1: the workers are still those from before/);
      expect(texts()).toEqual([BLUE, BLUE, BLUE].map(all.weights));
      expect(all.workers(0)).toEqual(workers);
      taken.forEach((server) => server.close());
    });
    const taken: ReturnType<typeof createServer>[] = [];

    test('an edit by hand is a conflict with what was found, and is not written over', async () => {
      await all.router().apply({ expected: [BLUE], to: AT_5 });
      all.write(1, all.text(1)!.replace('5.00%', '7.50%'));
      await all.reload(1);
      const before = texts();
      expect(await all.router().verify(AT_5)).toMatchObject({
        holds: false,
        differences: ['edge-2 has blue 9250, green 750'],
      });
      const error = await failureOf(all.router().apply({ expected: [AT_5], to: AT_25 }));
      expect(error).toMatchObject({ code: 'ROUTER_CONFLICT', exitCode: 6 });
      expect(error.found).toBe('edge-2 has blue 9250, green 750 (edited by hand since); expected blue 95, green 5');
      expect(texts()).toEqual(before);
    });

    test('something else in the file is a conflict that shows it', async () => {
      all.write(2, '# mine\nmap $host $kong_slot { default kong_green; }\n');
      const before = texts();
      for (const asked of [
        () => all.router().read(),
        () => all.router().verify(BLUE),
        () => all.router().apply({ expected: [BLUE], to: AT_5 }),
      ]) {
        const error = await failureOf(asked());
        expect(error).toMatchObject({ code: 'ROUTER_FILE_CHANGED', exitCode: 6 });
        expect(error.found).toContain('edge-3: map $host $kong_slot { default kong_green; }');
      }
      expect(texts()).toEqual(before);
    });

    test('a file that somebody put there without a reload is configured and not effective; the next apply loads it', async () => {
      all.write(0, all.weights(AT_5));
      expect(await weights()).toEqual([5, 0, 0]);
      const { differences } = await all.router().verify(AT_5);
      expect(differences).toContainEqual(
        expect.stringMatching(/^edge-1: written but not loaded: 2 of 2 workers are from before \(pid \d+, \d+\)$/),
      );
      expect((await all.router().apply({ expected: [BLUE], to: AT_5 })).written).toEqual([
        'edge-1',
        'edge-2',
        'edge-3',
      ]);
      expect(await all.router().verify(AT_5)).toMatchObject({ holds: true });
    });

    test('a worker that crashed and came back with the old configuration does not make it effective', async () => {
      await all.router().apply({ expected: [BLUE], to: AT_5 });
      const [first] = all.workers(0);
      all.write(0, all.weights(AT_25));
      // Longer than the clocks' grain: a start at the same moment would be a doubt, and count as not loaded.
      await new Promise((resolve) => setTimeout(resolve, 200));
      process.kill(first!, 'SIGKILL');
      await until(() => all.workers(0).length === 2 && !all.workers(0).includes(first!));
      const { holds, differences } = await all.router().verify(AT_25);
      expect([holds, differences[0]]).toEqual([
        false,
        expect.stringMatching(/^edge-1: written but not loaded: 1 of 2/),
      ]);
    });

    test("the owner's own reload, a crash and a restart of a worker, and a touched file change nothing", async () => {
      await all.router().apply({ expected: [BLUE], to: AT_5 });
      await all.reload(0);
      const [first] = all.workers(1);
      process.kill(first!, 'SIGKILL');
      await until(() => all.workers(1).length === 2 && !all.workers(1).includes(first!));
      spawnSync('chmod', ['600', all.file(2)]);
      expect(await all.router().verify(AT_5)).toMatchObject({ holds: true, differences: [] });
    });

    test.each([
      [
        'nothing includes it',
        'no include reads',
        (conf: string) => conf.replace(/include \S+slot\.conf;/, 'split_clients a $kong_slot { * kong_blue; }'),
      ],
      [
        'no proxy_pass uses it',
        'no proxy_pass uses $kong_slot',
        (conf: string) => conf.replace('$kong_slot', 'kong_blue'),
      ],
      [
        'only another variable that begins alike',
        'no proxy_pass uses $kong_slot',
        (conf: string) =>
          conf
            .replace('$kong_slot', '$kong_slot2')
            .replace('http {', 'http { map $host $kong_slot2 { default kong_blue; }'),
      ],
      [
        'an upstream is commented out',
        'there is no upstream kong_green',
        (conf: string) => conf.replace('upstream kong_green', '# upstream kong_green'),
      ],
      [
        'an upstream is missing',
        'there is no upstream kong_green',
        (conf: string) => conf.replace('kong_green', 'kong_grün'),
      ],
    ])('a file that the configuration does not use (%s) is not raised', async (_, words, change) => {
      const { conf } = all.nodes[0]!;
      const before = readFileSync(conf, 'utf8');
      try {
        writeFileSync(conf, change(before).replace(/include \S+extra\S+;/, 'split_clients a $x { * b; }'));
        const error = await failureOf(all.router().apply({ expected: [BLUE], to: AT_5 }));
        expect(error).toMatchObject({ code: 'ROUTER_RELOAD_REJECTED' });
        expect(error.found).toContain(words);
        expect(texts()).toEqual([BLUE, BLUE, BLUE].map(all.weights));
      } finally {
        writeFileSync(conf, before);
      }
    });

    test('a node that gives no answer: nothing is written anywhere, and it is named', async () => {
      const { nodes } = all.settings();
      const settings = {
        nodes: [nodes[0]!, nodes[1]!, { name: 'edge-3', shell: ['sh', '-c', 'echo connection refused >&2; exit 255'] }],
      };
      const error = await failureOf(all.router(undefined, settings).apply({ expected: [BLUE], to: AT_5 }));
      expect(error).toMatchObject({ code: 'ROUTER_NODE_SILENT', found: 'edge-3: connection refused' });
      expect(texts()).toEqual([BLUE, BLUE, BLUE].map(all.weights));
      const hung: NodeShell = (_, script) => nodeShell(['sh', '-c', 'sleep 60'], script, 300);
      expect((await failureOf(all.router(hung).read())).found).toBe('edge-1: no answer in 0.3 s');
    });

    test('a way back passes over a node that gives no answer, and says so', async () => {
      const before = await all.router().read();
      await all.router().apply({ expected: [BLUE], to: AT_25 });
      const { nodes } = all.settings();
      const settings = { nodes: [{ name: 'edge-1', shell: ['false'] }, nodes[1]!, nodes[2]!] };
      const error = await failureOf(all.router(undefined, settings).restore(before));
      expect(error).toMatchObject({ code: 'ROUTER_NODE_SILENT', found: 'edge-1: false ended with exit code 1' });
      expect(await weights()).toEqual([25, 0, 0]);
    });

    test('a write that arrives late, or after somebody else wrote, is not made', async () => {
      const holdUp =
        (what: () => Promise<void>): NodeShell =>
        async (command, script, timeout) => {
          if (script.includes('note_load')) await what();
          return nodeShell(command, script, timeout);
        };
      const late = all.router(holdUp(() => new Promise((resolve) => setTimeout(resolve, 2700))));
      expect(await failureOf(late.apply({ expected: [BLUE], to: AT_5 }))).toMatchObject({
        code: 'ROUTER_NODE_SILENT',
        found: 'edge-1: the write arrived more than 2.5 s after it was allowed',
      });
      const overtaken = all.router(
        holdUp(() => {
          all.write(0, all.weights(AT_25));
          return Promise.resolve();
        }),
      );
      expect(await failureOf(overtaken.apply({ expected: [BLUE], to: AT_5 }))).toMatchObject({
        code: 'ROUTER_CONFLICT',
      });
      expect(texts()).toEqual([AT_25, BLUE, BLUE].map(all.weights));
    });

    test('kill -9 between two nodes, and in the middle of one: read shows it, one restore puts everything back', async () => {
      const saved = join(mkdtempSync(join(tmpdir(), 'kong-nginx-saved-')), 'reading.json');
      writeFileSync(saved, JSON.stringify(await all.router().read()));
      // edge-2 hangs in its test, after its file was written and before it was loaded.
      const wait = join(dirname(saved), 'wait');
      const settings = all.settings({
        test: `case /NODE/ in */edge-2/) ps -o sid= -p $$ > ${wait}; sleep 60;; esac; nginx -T -c /NODE/nginx.conf`,
      });
      const script = `
        const { NginxRouter } = require(${JSON.stringify(join(__dirname, '../../../dist/lib/routers/nginx/nginx-router.js'))});
        new NginxRouter(${JSON.stringify(settings)}).apply({ expected: [{ blue: 100, green: 0 }], to: { blue: 75, green: 25 } });`;
      const child = spawn(process.execPath, ['-e', script], { stdio: 'ignore' });
      await until(() => spawnSync('test', ['-s', wait]).status === 0);
      child.kill('SIGKILL');
      // The node's script has outlived the runner, in a session of its own: that ends as well.
      const session = readFileSync(wait, 'utf8').trim();
      const { stdout } = spawnSync('ps', ['-o', 'pid=', '--sid', session], { encoding: 'utf8' });
      for (const pid of stdout.split(/\s+/).filter(Boolean)) process.kill(Number(pid), 'SIGKILL');
      expect(await weights()).toEqual([25, 25, 0]);
      const { differences } = await all.router().verify(AT_25);
      expect(differences).toEqual([
        expect.stringMatching(/^edge-2: written but not loaded/),
        'edge-3 has blue 100, green 0',
      ]);
      const { written } = await all.router().restore(JSON.parse(readFileSync(saved, 'utf8')));
      expect(written).toEqual(['edge-1', 'edge-2']);
      expect(await all.router().verify(BLUE)).toMatchObject({ holds: true, differences: [] });
      for (const i of [0, 1, 2]) expect(await served(i)).toEqual(new Set(['blue']));
      rmSync(dirname(saved), { recursive: true });
    });

    test.each([
      [
        'prints a banner that looks like an answer',
        'echo failed=no; echo content=AAAA; printf "no end of line"; SHELL',
      ],
      ['ends its lines as a terminal does', 'SHELL | sed "s/$/\\r/"'],
      ['leaves a process that keeps its output open (ControlPersist of ssh)', 'SHELL; setsid sleep 20 &'],
    ])('a shell that %s is understood at once', async (_, command) => {
      const shell: NodeShell = (words, script, timeout) =>
        nodeShell(['sh', '-c', command.replace('SHELL', words.join(' '))], script, timeout);
      const began = Date.now();
      const { written } = await all.router(shell).apply({ expected: [BLUE], to: AT_5 });
      expect([written, await weights()]).toEqual([
        ['edge-1', 'edge-2', 'edge-3'],
        [5, 5, 5],
      ]);
      expect(Date.now() - began).toBeLessThan(15_000);
    });

    test('a reload that leaves a process behind holds nothing up', async () => {
      const reload = 'nginx -s reload -c /NODE/nginx.conf; setsid sleep 14 &';
      const began = Date.now();
      await all.router(undefined, { reload }).apply({ expected: [BLUE], to: AT_5 });
      expect(Date.now() - began).toBeLessThan(12_000);
    });

    test('a folder that is not there is told as that', async () => {
      const error = await failureOf(all.router(undefined, { file: '/NODE/none/slot.conf' }).read());
      expect(error.found).toMatch(/^edge-\d: there is no folder .*none$/);
    });

    test.each([
      ['braces', (conf: string) => conf.replace('$kong_slot', '${kong_slot}')],
      ['single quotes', (conf: string) => conf.replace('upstream kong_green', "upstream 'kong_green'")],
      ['line ends', (conf: string) => conf.replace('upstream kong_green {', 'upstream\n  kong_green\n{')],
    ])('a configuration that says the same with %s is raised', async (_, change) => {
      const { conf } = all.nodes[0]!;
      const before = readFileSync(conf, 'utf8');
      try {
        writeFileSync(conf, change(before));
        await all.router().apply({ expected: [BLUE], to: AT_5 });
      } finally {
        writeFileSync(conf, before);
      }
    });

    test('shift abort from another machine, without the journal: a file that is something else and a node that is silent keep no other from going back', async () => {
      await all.router().apply({ expected: [BLUE], to: AT_25 });
      all.write(0, 'map $host $kong_slot { default kong_green; }\n');
      const { nodes } = all.settings();
      const settings = { nodes: [nodes[0]!, { name: 'edge-2', shell: ['false'] }, nodes[2]!] };
      const none = () => Promise.resolve(undefined);
      const aborting = abort(
        {
          router: all.router(undefined, settings),
          table: { readLock: none, readShift: none, writeShift: none, fenceOff: none },
          capacity: (slot) => Promise.resolve({ slot, healthy: 2, registered: 2, running: 2 }),
          now: () => 0,
          sleep: none,
        },
        { by: 'ann', otherwise: 'blue', force: false },
      );
      expect(await failureOf(aborting)).toMatchObject({
        code: 'ROLLBACK_FAILED',
        found: expect.stringContaining('edge-2: false ended with exit code 1') as string,
      });
      expect(texts()).toEqual([BLUE, AT_25, BLUE].map(all.weights));
      expect(await served(0)).toEqual(new Set(['blue']));
    });

    test('a node whose nginx is not running is not written', async () => {
      const error = await failureOf(
        all.router(undefined, { pidFile: '/NODE/none.pid' }).apply({ expected: [BLUE], to: AT_5 }),
      );
      expect(error.found).toMatch(/^edge-1: no master process of nginx in/);
      expect(texts()).toEqual([BLUE, BLUE, BLUE].map(all.weights));
    });
  },
);
