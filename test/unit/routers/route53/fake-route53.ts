import type { Change, ResourceRecordSet } from '@aws-sdk/client-route-53';

type Input = Readonly<Record<string, unknown>>;

/**
 * A hosted zone as Route 53's API shows it: listings in the order of reversed labels, type and record ID, in pages; a batch is
 * made whole or not at all; a DELETE must name the record exactly as it is.
 */
export class FakeRoute53 {
  records: ResourceRecordSet[];
  readonly changes: Change[][] = [];
  /** Looks at a change until it is INSYNC. */
  looksUntilInSync = 1;
  private looks = 0;
  /** Called when a batch was made. */
  made: () => void = () => undefined;

  constructor(
    records: readonly ResourceRecordSet[],
    private readonly pageSize = 100,
  ) {
    this.records = sorted(records);
  }

  readonly client = {
    send: (command: { readonly constructor: { readonly name: string }; readonly input: unknown }): Promise<unknown> => {
      const input = command.input as Input;
      switch (command.constructor.name) {
        case 'ListResourceRecordSetsCommand':
          return Promise.resolve(this.list(input));
        case 'ChangeResourceRecordSetsCommand':
          return this.change((input.ChangeBatch as { readonly Changes: Change[] }).Changes);
        case 'GetChangeCommand':
          this.looks += 1;
          return Promise.resolve({
            ChangeInfo: { Status: this.looks >= this.looksUntilInSync ? 'INSYNC' : 'PENDING' },
          });
        default:
          return Promise.reject(new Error(`not modelled: ${command.constructor.name}`));
      }
    },
  };

  /** What a person does: all records of a name and type are these now. */
  put(name: string, type: string, records: readonly ResourceRecordSet[]): void {
    const others = this.records.filter((set) => set.Name !== name || set.Type !== type);
    this.records = sorted([...others, ...records]);
  }

  private list({ StartRecordName: name, StartRecordType: type, StartRecordIdentifier: id }: Input): unknown {
    const from = keyOf({ Name: name as string, Type: type as never, SetIdentifier: id as string | undefined });
    const rest = this.records.filter((set) => keyOf(set) >= from);
    const next = rest[this.pageSize];
    return {
      ResourceRecordSets: structuredClone(rest.slice(0, this.pageSize)),
      IsTruncated: next !== undefined,
      ...(next && { NextRecordName: next.Name, NextRecordType: next.Type, NextRecordIdentifier: next.SetIdentifier }),
    };
  }

  private change(changes: Change[]): Promise<unknown> {
    const after = [...this.records];
    for (const { Action, ResourceRecordSet: set } of changes) {
      const at = after.findIndex((each) => keyOf(each) === keyOf(set!));
      const isSame = at >= 0 && textOf(after[at]!) === textOf(set!);
      if (Action === 'DELETE' && !isSame)
        return refused(`Tried to delete resource record set ${set!.Name} but it was not found`);
      if (Action === 'CREATE' && at >= 0)
        return refused(`Tried to create resource record set ${set!.Name} but it already exists`);
      if (at >= 0) after.splice(at, 1);
      if (Action !== 'DELETE') after.push(structuredClone(set!));
    }
    const kinds = new Map<string, Set<boolean>>();
    for (const { Name, Type, SetIdentifier } of after)
      kinds.set(`${Name} ${Type}`, (kinds.get(`${Name} ${Type}`) ?? new Set()).add(SetIdentifier !== undefined));
    if ([...kinds.values()].some((kind) => kind.size > 1)) return refused('RRSet with and without a set identifier');
    this.records = sorted(after);
    this.changes.push(changes);
    this.looks = 0;
    this.made();
    return Promise.resolve({ ChangeInfo: { Id: `/change/C${this.changes.length}`, Status: 'PENDING' } });
  }
}

const keyOf = ({ Name = '', Type = '' as never, SetIdentifier = '' }: Partial<ResourceRecordSet>): string =>
  [Name.split('.').reverse().join('\0'), Type, SetIdentifier].join('\x01');

const textOf = (set: ResourceRecordSet): string => JSON.stringify(Object.entries(set).sort());

const sorted = (records: readonly ResourceRecordSet[]): ResourceRecordSet[] =>
  [...structuredClone(records)].sort((a, b) => (keyOf(a) < keyOf(b) ? -1 : 1));

const refused = (message: string): Promise<never> =>
  Promise.reject(Object.assign(new Error(message), { name: 'InvalidChangeBatch' }));
