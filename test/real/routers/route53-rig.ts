import {
  ChangeResourceRecordSetsCommand,
  CreateHostedZoneCommand,
  ListResourceRecordSetsCommand,
  type ListResourceRecordSetsCommandOutput,
  Route53Client,
  type Change,
  type ResourceRecordSet,
} from '@aws-sdk/client-route-53';
import type { NameServers } from '../../../lib/routers/route53/name-servers';
import { Route53Router } from '../../../lib/routers/route53/route53-router';
import { SLOTS, type Weights } from '../../../lib/traffic/weights';
import type { World } from '../../../local/world/world';
import { clientOptions } from '../local-aws/helpers';
import type { Rig } from './conformance';

export const ZONE = 'example.test.';
export const SETS = { blue: 'kong-2.8', green: 'kong-3.4' };
/** More than one listing holds. */
export const MANY = 320;

/** Both slots' records of two names: one by addresses with a health check, one an alias of a name with a star. */
export const ADDRESSES_AND_ALIAS: ResourceRecordSet[] = [
  {
    ...{ Name: `api.${ZONE}`, Type: 'A', SetIdentifier: SETS.blue, Weight: 100, TTL: 30 },
    ResourceRecords: [{ Value: '192.0.2.1' }, { Value: '192.0.2.2' }],
    HealthCheckId: 'c9f4a1e2-0000-4000-8000-000000000001',
  },
  {
    ...{ Name: `api.${ZONE}`, Type: 'A', SetIdentifier: SETS.green, Weight: 0, TTL: 45 },
    ResourceRecords: [{ Value: '192.0.2.11' }],
  },
  ...SLOTS.map((slot): ResourceRecordSet => ({
    ...{ Name: `\\052.${ZONE}`, Type: 'A', SetIdentifier: SETS[slot], Weight: slot === 'blue' ? 100 : 0 },
    AliasTarget: { HostedZoneId: 'Z215JYRZR1TBD5', DNSName: `dualstack.${slot}.test.`, EvaluateTargetHealth: true },
  })),
];

/** A zone of the local AWS with these weighted records, and others that are nobody's business. */
export class LocalZone {
  readonly client: Route53Client;
  private moments_: (readonly Weights[])[] = [];
  /** Called with the records after each write of a router. */
  written: (records: readonly ResourceRecordSet[]) => Promise<void> = () => Promise.resolve();

  private constructor(
    readonly world: World,
    readonly id: string,
    private readonly records: readonly ResourceRecordSet[],
  ) {
    this.client = new Route53Client({ ...clientOptions(world), maxAttempts: 6 });
  }

  /** @param others records of the zone that are nobody's business */
  static async make(world: World, records: readonly ResourceRecordSet[], others = 5): Promise<LocalZone> {
    const client = new Route53Client(clientOptions(world));
    const { HostedZone } = await client.send(
      new CreateHostedZoneCommand({ Name: ZONE, CallerReference: `${process.hrtime.bigint()}` }),
    );
    const zone = new LocalZone(world, HostedZone!.Id!.replace('/hostedzone/', ''), records);
    const more = Array.from({ length: others }, (_, n): ResourceRecordSet => ({
      ...{ Name: `b${n}.${ZONE}`, Type: 'A', TTL: 300 },
      ResourceRecords: [{ Value: '192.0.2.99' }],
    }));
    const text: ResourceRecordSet = {
      ...{ Name: `api.${ZONE}`, Type: 'TXT', TTL: 300 },
      ResourceRecords: [{ Value: '"ours"' }],
    };
    await zone.change([...more, text].map((set) => ({ Action: 'CREATE', ResourceRecordSet: set })));
    return zone;
  }

  get names(): string[] {
    return [...new Set(this.records.map(({ Name }) => Name!))];
  }

  async change(Changes: Change[]): Promise<void> {
    if (Changes.length === 0) return;
    await this.client.send(new ChangeResourceRecordSetsCommand({ HostedZoneId: this.id, ChangeBatch: { Changes } }));
  }

  /** Every record of the zone. */
  async all(): Promise<ResourceRecordSet[]> {
    const found: ResourceRecordSet[] = [];
    for (let from: Partial<ResourceRecordSet> | undefined = {}; from;) {
      const page: ListResourceRecordSetsCommandOutput = await this.client.send(
        new ListResourceRecordSetsCommand({
          HostedZoneId: this.id,
          ...(from.Name && { StartRecordName: from.Name, StartRecordType: from.Type }),
          ...(from.SetIdentifier && { StartRecordIdentifier: from.SetIdentifier }),
        }),
      );
      found.push(...(page.ResourceRecordSets ?? []));
      from = page.IsTruncated
        ? { Name: page.NextRecordName, Type: page.NextRecordType, SetIdentifier: page.NextRecordIdentifier }
        : undefined;
    }
    return found;
  }

  async ours(name?: string): Promise<ResourceRecordSet[]> {
    const type = this.records[0]!.Type;
    return (await this.all()).filter(
      (set) => set.Type === type && (name === undefined ? this.names.includes(set.Name!) : set.Name === name),
    );
  }

  async reset(): Promise<void> {
    await this.change([
      ...(await this.ours()).map((set): Change => ({ Action: 'DELETE', ResourceRecordSet: set })),
      ...this.records.map((set): Change => ({ Action: 'CREATE', ResourceRecordSet: set })),
    ]);
    this.moments_ = [];
    await this.written(await this.ours());
  }

  async weights(): Promise<Weights[]> {
    const records = await this.ours();
    const of = (name: string, slot: 'blue' | 'green') =>
      records.find(({ Name, SetIdentifier }) => Name === name && SetIdentifier === SETS[slot])?.Weight ?? NaN;
    return this.names.map((name) => ({ blue: of(name, 'blue'), green: of(name, 'green') }));
  }

  router(nameServers?: NameServers): Route53Router {
    const witnessed = {
      send: async (command: never, options: never): Promise<unknown> => {
        const answer: unknown = await this.client.send(command, options);
        if ((command as object) instanceof ChangeResourceRecordSetsCommand) {
          this.moments_.push(await this.weights());
          await this.written(await this.ours());
        }
        return answer;
      },
    };
    let clock = 0;
    return new Route53Router(witnessed as never, {
      hostedZoneId: this.id,
      // As a person writes them.
      names: this.names.map((name) => name.replace('\\052', '*').replace(/\.$/, '')),
      type: this.records[0]!.Type as 'A',
      setIdentifiers: SETS,
      sleep: async (milliseconds) => {
        clock += milliseconds * 4;
        await new Promise((resolve) => setTimeout(resolve, 5));
      },
      now: () => clock,
      ...(nameServers && { nameServers: () => Promise.resolve(nameServers) }),
    });
  }

  rig(nameServers?: NameServers): Rig {
    return {
      router: this.router(nameServers),
      another: () => this.router(nameServers),
      reset: () => this.reset(),
      weights: () => this.weights(),
      setByHand: async (place, weights) => {
        const records = await this.ours(this.names[place]);
        await this.change(
          records.map((set) => ({
            Action: 'UPSERT',
            ResourceRecordSet: { ...set, Weight: set.SetIdentifier === SETS.blue ? weights.blue : weights.green },
          })),
        );
        await this.written(await this.ours());
      },
      everything: () => this.all(),
      rest: async () => (await this.all()).map((set) => ({ ...set, ...(set.Weight !== undefined && { Weight: 0 }) })),
      moments: () => this.moments_,
      damage: async (place) => {
        const name = this.names[place]!;
        await this.remove(name);
        const simple = { Name: name, Type: 'A', TTL: 5, ResourceRecords: [{ Value: '192.0.2.77' }] } as const;
        await this.change([
          { Action: 'CREATE', ResourceRecordSet: { ...simple, ResourceRecords: [{ Value: '192.0.2.77' }] } },
        ]);
      },
      remove: (place) => this.remove(this.names[place]!),
      stop: () => Promise.resolve(),
    };
  }

  private async remove(name: string): Promise<void> {
    await this.change((await this.ours(name)).map((set) => ({ Action: 'DELETE', ResourceRecordSet: set })));
  }
}
