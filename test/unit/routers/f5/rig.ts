import { BigIp } from '../../../../lib/routers/f5/big-ip';
import { F5Router } from '../../../../lib/routers/f5/f5-router';
import type { F5Settings } from '../../../../lib/settings/router-schema';
import type { Weights } from '../../../../lib/traffic/weights';
import type { Rig } from '../../../real/routers/conformance';
import { FakeBigIp, type Json } from '../../../real/routers/fake-big-ip';

export const POOL = '/edge/kong/both';

export const settingsOf = (unit: FakeBigIp, blue = 1, green = 1): F5Settings => ({
  url: unit.url,
  credentials: { secretArn: 'arn:aws:secretsmanager:eu-west-1:123456789012:secret:big-ip' },
  tenant: 'edge',
  application: 'kong',
  pool: 'both',
  virtualServers: [],
  members: {
    blue: Array.from({ length: blue }, (_, i) => `10.0.1.${i + 1}`),
    green: Array.from({ length: green }, (_, i) => `10.0.2.${i + 1}`),
  },
});

/** All on blue, as the router leaves it. */
export const declarationOf = ({ members }: Pick<F5Settings, 'members'>): Json => ({
  class: 'ADC',
  schemaVersion: '3.50.0',
  id: 'edge',
  updateMode: 'selective',
  edge: {
    class: 'Tenant',
    kong: {
      class: 'Application',
      template: 'generic',
      certificate: { class: 'Certificate', certificate: 'PEM', privateKey: 'never in a reading' },
      proxy: {
        class: 'Service_HTTPS',
        virtualAddresses: ['192.0.2.1'],
        pool: 'both',
        persistenceMethods: [],
      },
      other: { class: 'Service_HTTP', virtualAddresses: ['192.0.2.2'], pool: 'elsewhere' },
      both: {
        class: 'Pool',
        loadBalancingMode: 'ratio-member',
        monitors: ['http'],
        members: [
          {
            servicePort: 8000,
            shareNodes: true,
            serverAddresses: members.blue,
            ratio: 1,
            adminState: 'enable',
          },
          {
            servicePort: 8000,
            shareNodes: true,
            serverAddresses: members.green,
            ratio: 1,
            adminState: 'disable',
          },
        ],
      },
    },
  },
  somebodyElse: {
    class: 'Tenant',
    app: { class: 'Application', template: 'generic', p: { class: 'Pool', members: [] } },
  },
});

export const poolOf = (unit: FakeBigIp): Json => (unit.tenant('edge').kong as Json).both as Json;
const membersOf = (unit: FakeBigIp): Json[] => poolOf(unit).members as Json[];

/** Hurried: what waits a second in production waits 10 ms here. */
export const HURRIED = {
  sleep: (milliseconds: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, milliseconds / 100)),
  now: (): number => performance.now() * 100,
};

export const routerOf = (unit: FakeBigIp, settings: F5Settings): F5Router =>
  new F5Router(
    new BigIp({ url: unit.url, credentials: () => Promise.resolve(unit.user), timeout: 5000 }),
    settings,
    HURRIED,
  );

export async function f5OnTheFake(blue: number, green: number): Promise<Rig> {
  const unit = await new FakeBigIp().start();
  const settings = settingsOf(unit, blue, green);
  let moments: Weights[][] = [];
  unit.deployed = () => moments.push([weights()]);
  const weights = (): Weights => {
    const of = (slot: 'blue' | 'green'): number =>
      (unit.pools[POOL] ?? [])
        .filter(({ address, session }) => settings.members[slot].includes(address) && session !== 'user-disabled')
        .reduce((sum, { ratio }) => sum + ratio, 0);
    return { blue: of('blue'), green: of('green') };
  };
  const tenants = (): Json => structuredClone({ edge: unit.tenant('edge'), somebodyElse: unit.tenant('somebodyElse') });
  const another = (): F5Router => routerOf(unit, settings);
  return {
    router: another(),
    another,
    reset: () => {
      unit.change((declaration) => Object.assign(declaration, declarationOf(settings)));
      unit.forgetTasks();
      moments = [];
      return Promise.resolve();
    },
    weights: () => Promise.resolve([weights()]),
    setByHand: (_, wanted) => {
      unit.change(() => {
        // Ratios of the whole slot, shared out among its members.
        const [forBlue, forGreen] = [wanted.blue * green, wanted.green * blue];
        const by = forBlue > 100 || forGreen > 100 ? divisor(forBlue, forGreen) : 1;
        [forBlue / by, forGreen / by].forEach((ratio, i) => {
          const member = membersOf(unit)[i]!;
          member.ratio = Math.max(1, ratio);
          member.adminState = ratio > 0 ? 'enable' : 'disable';
        });
      });
      return Promise.resolve();
    },
    everything: () => Promise.resolve({ tenants: tenants(), pools: structuredClone(unit.pools) }),
    rest: () => {
      const all = tenants();
      const pool = ((all.edge as Json).kong as Json).both as Json;
      for (const member of pool.members as Json[]) {
        delete member.ratio;
        delete member.adminState;
      }
      return Promise.resolve(all);
    },
    moments: () => moments,
    makeIneffective: () => {
      const running = unit.pools[POOL]!;
      running[0]!.ratio += 7;
      return Promise.resolve();
    },
    damage: () => {
      unit.change(() => Object.assign(poolOf(unit), { loadBalancingMode: 'round-robin' }));
      return Promise.resolve();
    },
    remove: () => {
      unit.change(() => delete (unit.tenant('edge').kong as Json).both);
      return Promise.resolve();
    },
    secrets: [unit.user.password, 'never in a reading'],
    stop: () => unit.stop(),
  };
}

function divisor(a: number, b: number): number {
  return b === 0 ? a : divisor(b, a % b);
}
