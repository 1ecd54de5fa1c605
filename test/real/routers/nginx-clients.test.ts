import { allOn, type Weights } from '../../../lib/traffic/weights';
import { nginxIsHere, NginxNodes } from './nginx-nodes';

const at = (green: number): Weights => ({ blue: 100 - green, green });

(nginxIsHere ? describe : describe.skip)(
  nginxIsHere ? 'clients of nginx' : 'nginx is not on this machine (apt-get install nginx)',
  () => {
    let all: NginxNodes;
    const key = '$arg_client';
    const router = () => all.router(undefined, { key });
    beforeAll(async () => {
      all = await NginxNodes.start(2, { key });
    }, 30_000);
    afterAll(() => all.stop(), 30_000);

    const slotOf = async (client: number, node = client % 2): Promise<string> =>
      (await fetch(`${all.nodes[node]!.url}?client=${client}`)).text();
    const onGreen = async (): Promise<Set<number>> => {
      const slots = await Promise.all(Array.from({ length: 200 }, (_, client) => slotOf(client)));
      return new Set(slots.flatMap((slot, client) => (slot === 'green' ? [client] : [])));
    };

    test('with a key a client is on the same slot at every node; a raise moves clients one way, and a way back the other', async () => {
      let before = allOn('blue');
      let were = await onGreen();
      expect(were.size).toBe(0);
      for (const green of [5, 50, 100, 0]) {
        await router().apply({ expected: [before], to: at(green) });
        const are = await onGreen();
        const [fewer, more] = green > before.green ? [were, are] : [are, were];
        expect([green, [...fewer].filter((client) => !more.has(client))]).toEqual([green, []]);
        expect(fewer.size).toBeLessThan(more.size);
        for (const client of [1, 2, 3]) expect(await slotOf(client, 0)).toBe(await slotOf(client, 1));
        [before, were] = [at(green), are];
      }
      expect((await router().read()).stickySeconds).toBe(0);
    }, 120_000);

    test('a request under way ends on the slot where it began; the next one goes to the new slot', async () => {
      all.seconds = 0.3;
      const begun = slotOf(0, 0);
      await new Promise((resolve) => setTimeout(resolve, 100));
      expect(all.requests.blue).toBeGreaterThan(0);
      await router().apply({ expected: [allOn('blue')], to: allOn('green') });
      expect([await slotOf(0, 0), await begun]).toEqual(['green', 'blue']);
    }, 60_000);
  },
);
