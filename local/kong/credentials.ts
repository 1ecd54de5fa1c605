import { isObject, type Entity } from './schema';
import type { Store } from './store';

/** Consumers and their credentials, fetched when first asked for and kept until the configuration changes. */
export class Credentials {
  private readonly cache = new Map<string, Promise<unknown>>();

  constructor(private readonly store: Store) {}

  forget(): void {
    this.cache.clear();
  }

  private once<T>(key: string, fetch: () => Promise<T>): Promise<T> {
    let known = this.cache.get(key) as Promise<T> | undefined;
    if (known === undefined) {
      known = fetch();
      this.cache.set(key, known);
      known.catch(() => this.cache.delete(key));
    }
    return known;
  }

  /** The credential of a kind by its key field, for example `keyauth_credentials` by key. */
  credential(kind: string, column: string, value: string): Promise<Entity | undefined> {
    return this.once(`${kind} ${value}`, () => this.store.findBy(this.store.kind(kind), column, value));
  }

  consumer(reference: unknown): Promise<Entity | undefined> {
    const id = isObject(reference) ? String(reference.id) : String(reference);
    return this.once(`consumer ${id}`, () => this.store.find(this.store.kind('consumers'), id));
  }

  /** ACL groups of a consumer, by name. */
  groups(consumerId: string): Promise<string[]> {
    return this.once(`groups ${consumerId}`, async () => {
      const { rows } = await this.store.page(
        this.store.kind('acls'),
        { field: 'consumer_id', value: consumerId },
        1000,
      );
      return rows.map((row) => String(row.group)).sort();
    });
  }
}
