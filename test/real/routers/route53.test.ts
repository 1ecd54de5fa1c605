import type { ResourceRecordSet } from '@aws-sdk/client-route-53';
import { DnsNameServers } from '../../../lib/routers/route53/name-servers';
import type { RouterReading } from '../../../lib/routers/router';
import { allOn, SLOTS } from '../../../lib/traffic/weights';
import type { World } from '../../../local/world/world';
import { startTestWorld } from '../local-aws/helpers';
import { conforms } from './conformance';
import { Knot, knotIsMissing } from './knot';
import { ADDRESSES_AND_ALIAS, LocalZone, MANY, SETS, ZONE } from './route53-rig';

const BLUE = allOn('blue');
const FIVE = { blue: 95, green: 5 };

let world: World;
beforeAll(async () => {
  world = await startTestWorld();
}, 60_000);
afterAll(() => world?.stop(), 60_000);

describe(`writes of route53: an address and an alias among ${MANY} other records`, () => {
  let zone: LocalZone;
  beforeAll(async () => {
    zone = await LocalZone.make(world, ADDRESSES_AND_ALIAS, MANY);
  }, 60_000);
  beforeEach(() => zone.reset());

  test('there and back, and every record of the zone is as it was', async () => {
    const before = await zone.all();
    const saved = JSON.parse(JSON.stringify(await zone.router().read())) as RouterReading;
    await zone.router().apply({ expected: [BLUE], to: FIVE });
    expect(await zone.weights()).toEqual([FIVE, FIVE]);
    await zone.router().restore(saved);
    expect(await zone.all()).toEqual(before);
  });

  test('all names in one batch', async () => {
    const rig = zone.rig();
    await rig.router.apply({ expected: [BLUE], to: FIVE });
    expect(rig.moments()).toEqual([[FIVE, FIVE]]);
  });

  test('a record that was changed between the read and the write: a conflict, and nothing of the batch is made', async () => {
    const rig = zone.rig();
    const mayWrite = () => rig.setByHand(1, { blue: 60, green: 40 });
    await expect(rig.router.apply({ expected: [BLUE], to: FIVE, mayWrite })).rejects.toMatchObject({
      code: 'ROUTER_CONFLICT',
      exitCode: 6,
      found: expect.stringContaining(`\\052.${ZONE} A has blue 60, green 40, and was changed between`) as string,
    });
    expect(await rig.weights()).toEqual([BLUE, { blue: 60, green: 40 }]);
  });

  test('other values with the same weights are a conflict too: they would have been undone', async () => {
    const rig = zone.rig();
    const mayWrite = async () => {
      const [blue] = await zone.ours(`api.${ZONE}`);
      await zone.change([{ Action: 'UPSERT', ResourceRecordSet: { ...blue!, TTL: 300 } }]);
    };
    await expect(rig.router.apply({ expected: [BLUE], to: FIVE, mayWrite })).rejects.toMatchObject({
      code: 'ROUTER_CONFLICT',
    });
    expect((await zone.ours(`api.${ZONE}`))[0]).toMatchObject({ TTL: 300, Weight: 100 });
  });

  test('a third weighted record of the name: its weights would mean something else, nothing is read as ours', async () => {
    const third: ResourceRecordSet = { ...ADDRESSES_AND_ALIAS[1]!, SetIdentifier: 'other', Weight: 3 };
    await zone.change([{ Action: 'CREATE', ResourceRecordSet: third }]);
    await expect(zone.router().read()).rejects.toMatchObject({
      code: 'ROUTER_RULE_CHANGED',
      found: expect.stringContaining('the record other with weight 3') as string,
    });
  });

  test('what else was changed meanwhile stays when the weights are put back', async () => {
    const router = zone.router();
    const saved = await router.read();
    await router.apply({ expected: [BLUE], to: FIVE });
    const [blue] = await zone.ours(`api.${ZONE}`);
    await zone.change([{ Action: 'UPSERT', ResourceRecordSet: { ...blue!, TTL: 300 } }]);
    await zone.router().restore(saved);
    expect((await zone.ours(`api.${ZONE}`))[0]).toMatchObject({ TTL: 300, Weight: 100 });
  });

  test('clients keep an answer for the longest TTL: that is told as stickiness and as the time to settle', async () => {
    const router = zone.router();
    expect((await router.read()).stickySeconds).toBe(60);
    expect(router.capabilities.settleSeconds).toBe(60);
  });

  test('an account that is throttled, or has a change under way, is asked again', async () => {
    const refused = ['Throttling', 'PriorRequestNotComplete'];
    zone.client.middlewareStack.add(
      (next) => async (args) => {
        const Code = refused.shift();
        if (Code === undefined) return next(args);
        throw Object.assign(new Error('Rate exceeded'), { name: Code, Code, $metadata: { httpStatusCode: 400 } });
      },
      { step: 'deserialize', name: 'throttled', override: true },
    );
    try {
      await zone.router().apply({ expected: [BLUE], to: FIVE });
    } finally {
      zone.client.middlewareStack.remove('throttled');
    }
    expect([refused, await zone.weights()]).toEqual([[], [FIVE, FIVE]]);
  }, 60_000);
});

/** Two names by address, so that every answer tells its slot. */
const ADDRESSES: ResourceRecordSet[] = ['api', 'web'].flatMap((name, n) =>
  SLOTS.map((slot): ResourceRecordSet => ({
    ...{ Name: `${name}.${ZONE}`, Type: 'A', SetIdentifier: SETS[slot], Weight: slot === 'blue' ? 100 : 0, TTL: 30 },
    ResourceRecords: [{ Value: `192.0.2.${n * 100 + (slot === 'blue' ? 1 : 11)}` }],
  })),
);

const missing = knotIsMissing();
if (missing !== undefined) {
  test.skip(`route53 against a real name server: ${missing}`, () => undefined);
  conforms('route53 without a name server', async () => (await LocalZone.make(world, ADDRESSES)).rig(), {
    cannot: ['makeIneffective'],
    timeout: 120_000,
  });
} else {
  let knot: Knot;
  afterAll(() => knot?.stop());

  conforms(
    'route53 with its answers sampled from a real name server',
    async () => {
      knot = await Knot.start();
      const zone = await LocalZone.make(world, ADDRESSES);
      let follows = true;
      zone.written = async (records) => {
        if (follows) await knot.serve(records);
      };
      const rig = zone.rig(new DnsNameServers([knot.server]));
      return {
        ...rig,
        reset: () => {
          follows = true;
          return rig.reset();
        },
        makeIneffective: () => knot.serve(ADDRESSES),
      };
    },
    { shares: [0.01, 0.95], road: [0.05, 0.5, 1, 0], timeout: 120_000 },
  );

  describe('answers of a real name server', () => {
    let zone: LocalZone;
    let follows = true;
    beforeAll(async () => {
      zone = await LocalZone.make(world, ADDRESSES);
      zone.written = async (records) => {
        if (follows) await knot.serve(records);
      };
    }, 60_000);
    beforeEach(async () => {
      follows = true;
      await zone.reset();
    });
    const router = () => zone.router(new DnsNameServers([knot.server]));

    test('DNS that does not move: the raise does not count as done (exit 4), and says what is answered', async () => {
      follows = false;
      const error: unknown = await router()
        .apply({ expected: [BLUE], to: { blue: 75, green: 25 } })
        .catch((e: unknown) => e);
      expect(error).toMatchObject({
        code: 'ROUTER_NOT_EFFECTIVE',
        exitCode: 4,
        found: expect.stringContaining('green has weight 25 and is in none of 1000 answers') as string,
      });
    }, 300_000);

    test('a share that is answered twice as often as set is seen', async () => {
      await zone.rig().setByHand(0, FIVE);
      await zone.rig().setByHand(1, FIVE);
      const twice = ADDRESSES.map((set) => ({ ...set, Weight: set.SetIdentifier === SETS.blue ? 90 : 10 }));
      await knot.serve(twice);
      const { holds, differences } = await router().verify(FIVE);
      expect(holds).toBe(false);
      expect(differences[0]).toMatch(
        /^api\.example\.test\. A: green is in \d+ of 1000 answers, its weight means 50 ± 32$/,
      );
    }, 60_000);

    test('a name server that does not answer: nothing is written (exit 8), but going back is done without it', async () => {
      const silent = zone.router(new DnsNameServers(['127.0.0.1:9']));
      const saved = await silent.read();
      await expect(silent.apply({ expected: [BLUE], to: FIVE })).rejects.toMatchObject({
        code: 'ROUTER_NOT_EFFECTIVE',
        exitCode: 8,
      });
      expect(await zone.weights()).toEqual([BLUE, BLUE]);
      await router().apply({ expected: [BLUE], to: FIVE });
      await silent.restore(saved);
      expect(await silent.verify(BLUE)).toMatchObject({ holds: true });
      expect(await zone.weights()).toEqual([BLUE, BLUE]);
    }, 300_000);
  });
}
