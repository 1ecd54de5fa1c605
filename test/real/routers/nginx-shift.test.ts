import type { AlarmReading } from '../../../lib/traffic/gates';
import { runShift } from '../../../lib/runner/run-shift';
import type { ShiftParts } from '../../../lib/runner/shift-parts';
import { NoAnswer, nodeShell, type NodeShell } from '../../../lib/routers/nginx/node-shell';
import type { RouterReading, TrafficRouter } from '../../../lib/routers/router';
import type { Stage } from '../../../lib/traffic/plan';
import { fold, type ShiftState } from '../../../lib/traffic/shift';
import type { JournalLine, ShiftEvent } from '../../../lib/traffic/shift-events';
import { allOn } from '../../../lib/traffic/weights';
import { NGINX_SCALE } from '../../../lib/routers/nginx/slot-file';
import { Load, type Counted } from './nginx-load';
import { nginxIsHere, NginxNodes } from './nginx-nodes';

const BLUE = allOn('blue');
const STAGES: readonly Stage[] = [0.05, 0.25, 0.5, 1].map((share) => ({ share, bakeSeconds: 1 }));

/** The real runner and router in real time; lock, journal, capacity and alarms in memory. */
async function shift(
  router: TrafficRouter,
  each: (event: ShiftEvent) => void,
  alarm: () => AlarmReading['state'] = () => 'OK',
  stages = STAGES,
): Promise<ShiftState> {
  const lines: JournalLine[] = [];
  const append = (event: ShiftEvent, at: Date): Promise<JournalLine> => {
    each(event);
    const line = { n: lines.length + 1, at: at.toISOString(), ...event };
    lines.push(JSON.parse(JSON.stringify(line)) as JournalLine);
    return Promise.resolve(line);
  };
  await append(
    {
      type: 'started',
      run: '20261121T203000Z-4711',
      system: 'kong',
      from: 'blue',
      to: 'green',
      stages,
      router: 'nginx',
      scale: NGINX_SCALE,
      minRequests: 1,
      maxExtensionSeconds: 10,
      alarms: ['kong-green-5xx'],
      account: '111122223333',
      region: 'eu-central-1',
      stackIds: {},
      weightsBefore: BLUE,
      reading: await router.read(),
    },
    new Date(),
  );
  const parts: ShiftParts = {
    router,
    lease: { beat: () => Promise.resolve(undefined), silence: 0, answered: () => Promise.resolve() },
    journal: { lines, append },
    publish: () => Promise.resolve(),
    capacity: (slot) => Promise.resolve({ slot, healthy: 2, registered: 2, running: 2 }),
    pinFloor: () => Promise.resolve(),
    alarms: (names) => Promise.resolve(names.map((name) => ({ name, state: alarm() }))),
    counts: () => Promise.resolve({ blue: 1000, green: 1000 }),
    minutes: [],
    now: () => Date.now(),
    sleep: (ms) => new Promise((resolve) => setTimeout(resolve, ms)),
    kindOf: () => 'lasting',
    interrupted: () => false,
    told: { event: () => undefined, watching: () => undefined, waiting: () => undefined },
  };
  return runShift(fold(lines), parts);
}

const onBlue = async (all: NginxNodes): Promise<RouterReading['places']> =>
  (await all.router().read()).places.map((place) => ({ ...place, weights: BLUE }));

/** How far the share seen is from the share set, in standard deviations of a binomial count. */
const sigmas = ({ blue, green }: Counted, share: number): number =>
  (green - (blue + green) * share) / Math.sqrt((blue + green) * share * (1 - share));

const say = (line: string): void => void process.stdout.write(`${line}\n`);

(nginxIsHere ? describe : describe.skip)(
  nginxIsHere ? 'a shift over two nginx under load' : 'nginx is not on this machine (apt-get install nginx)',
  () => {
    let all: NginxNodes;
    beforeAll(async () => {
      all = await NginxNodes.start(2);
    }, 30_000);
    afterAll(() => all.stop(), 30_000);

    test('5, 25, 50, 100 %: no request fails, and the share seen is the share set', async () => {
      const load = new Load(
        all.nodes.map(({ url }) => url),
        24,
        4,
      );
      const stages: (Counted & { readonly share: number })[] = [];
      let total = { requests: 0, failed: 0 };
      const take = (): Counted => {
        const counted = load.take();
        total = {
          requests: total.requests + counted.blue + counted.green + counted.failed,
          failed: total.failed + counted.failed,
        };
        return counted;
      };
      const ended = await shift(all.router(), (event) => {
        if (event.type === 'raised') take();
        if (event.type === 'passed') stages.push({ ...take(), share: STAGES[event.stage]!.share });
      });
      await load.stop();
      take();
      say('  share set     blue    green  share seen   sigma');
      for (const { share, ...counted } of stages) {
        const seen = counted.green / (counted.blue + counted.green);
        const off = share === 1 ? '' : sigmas(counted, share).toFixed(2);
        say(
          `  ${`${share * 100} %`.padEnd(9)} ${String(counted.blue).padStart(8)} ${String(counted.green).padStart(8)} ${`${(seen * 100).toFixed(2)} %`.padStart(11)} ${off.padStart(7)}`,
        );
      }
      const within = stages.every(({ share, ...counted }) => share === 1 || Math.abs(sigmas(counted, share)) < 3);
      say(
        `  within 3 sigma at each stage: ${within ? 'yes' : 'no'}; ${total.requests} requests, ${total.failed} failed, ${load.sentAgain} sent again on a kept connection that nginx had closed`,
      );
      expect(ended.phase).toBe('done');
      expect([total.failed, load.failures.slice(0, 3)]).toEqual([0, []]);
      expect(stages.map(({ share }) => share)).toEqual([0.05, 0.25, 0.5, 1]);
      for (const { share, ...counted } of stages) {
        expect(counted.blue + counted.green).toBeGreaterThan(500);
        if (share === 1) expect(counted.blue).toBe(0);
        // 3 sigma would be passed by chance once in 120 runs of these stages, 4 once in 5,000.
        else expect([share, Math.abs(sigmas(counted, share)) < 4]).toEqual([share, true]);
      }
      expect(await all.router().verify(allOn('green'))).toMatchObject({ holds: true });
    }, 120_000);

    test('an alarm at 25 %: everything is back on blue, on both nodes, under load', async () => {
      await all.router().restore({ ...(await all.router().read()), places: await onBlue(all) });
      const load = new Load(
        all.nodes.map(({ url }) => url),
        8,
        4,
      );
      let raised = 0;
      let seconds: number | undefined;
      const ended = await shift(
        all.router(),
        (event) => {
          if (event.type === 'raised') raised += 1;
          if (event.type === 'rolled back') seconds = event.seconds;
        },
        () => (raised === 2 ? 'ALARM' : 'OK'),
      );
      const during = load.take();
      await new Promise((resolve) => setTimeout(resolve, 300));
      load.take();
      await new Promise((resolve) => setTimeout(resolve, 500));
      const afterwards = load.take();
      await load.stop();
      say(`  rolled back on both nodes ${seconds} s after the verdict; afterwards ${JSON.stringify(afterwards)}`);
      expect([ended.phase, during.failed, load.failures]).toEqual(['rolled back', 0, []]);
      expect([afterwards.green, afterwards.blue > 50]).toEqual([0, true]);
    }, 120_000);

    test('a node that gives no answer for a moment of the bake holds nothing up; it is told', async () => {
      await all.router().restore({ ...(await all.router().read()), places: await onBlue(all) });
      let silentUntil = 0;
      const shell: NodeShell = (...order) =>
        Date.now() < silentUntil ? Promise.reject(new NoAnswer('connection refused')) : nodeShell(...order);
      const reasons = new Set<string>();
      const ended = await shift(
        all.router(shell),
        (event) => {
          // Longer than the bake: only once it is over is missing data worth a line.
          if (event.type === 'raised') silentUntil = Date.now() + 1500;
          if (event.type === 'looked') for (const { reason } of event.gates) reasons.add(reason);
        },
        () => 'OK',
        [{ share: 1, bakeSeconds: 0.5 }],
      );
      expect(ended.phase).toBe('done');
      expect([...reasons]).toContainEqual(
        expect.stringMatching(/^a node does not answer: edge-\d: connection refused$/),
      );
    }, 120_000);
  },
);
