import type { DeclarativeRule, Entity, Violation } from '../rule';

/** Targets of one upstream with one address, in the order of the file. */
type Groups = Map<string, Entity[]>;

export const targetsDuplicate: DeclarativeRule<Groups> = {
  id: 'targets-duplicate',
  on: ['targets'],
  begin: () => new Map(),
  check(target, _context, groups) {
    const { value } = target;
    if (typeof value.target !== 'string') return 'not-applicable';
    const key = JSON.stringify([target.workspace, upstreamOf(target), withPort(value.target)]);
    groups.set(key, [...(groups.get(key) ?? []), target]);
    return 'compliant';
  },
  end: (groups) => [...groups.values()].flatMap((group) => (group.length > 1 ? duplicates(group) : [])),
};

/** What a target without a port is stored as. */
const withPort = (target: string): string =>
  /:\d+$/.test(target) || /^[0-9a-fA-F:]*:[0-9a-fA-F:]*$/.test(target) ? target : `${target}:8000`;

function upstreamOf({ parent, value }: Entity): unknown {
  if (parent !== undefined) return parent.value.id ?? parent.name;
  const upstream = value.upstream;
  if (typeof upstream !== 'object' || upstream === null) return upstream;
  const { id, name } = upstream as { id?: unknown; name?: unknown };
  return id ?? name;
}

/** All but the newest; they may go by themselves where it does not matter which one stays. */
function duplicates(group: readonly Entity[]): { entity: Entity; violation: Violation }[] {
  const kept = group.reduce((newest, one) => (createdAt(one) > createdAt(newest) ? one : newest));
  return group
    .filter((one) => one !== kept)
    .map((entity) => {
      const isSame = settings(entity) === settings(kept);
      const equalAge = createdAt(entity) === createdAt(kept);
      const message = `${entity.name} stands ${group.length} times in its upstream; ${
        equalAge
          ? 'the Admin API answers 409, and migrations finish fails on rows of one created_at'
          : 'migrations finish deletes the older ones without a word, the Admin API answers 409'
      }`;
      const how = isSame
        ? 'take one of them out; they say the same'
        : 'decide which one is meant, since they differ; take the others out';
      return { entity, violation: { path: [], message, how, ...(isSame && { edits: [{ op: 'remove', path: [] }] }) } };
    });
}

const createdAt = ({ value }: Entity): number => (typeof value.created_at === 'number' ? value.created_at : 0);

/** What it says besides when it was made and its id. */
function settings({ value }: Entity): string {
  const told = Object.entries(value)
    .filter(([key]) => !['id', 'created_at', 'updated_at', 'target', 'upstream'].includes(key))
    .sort(([a], [b]) => (a < b ? -1 : 1));
  return JSON.stringify(told);
}
