import { SETTINGS, appOf, templatesOf } from './made-stacks';
import type { Resource } from './made-stacks';

/** Logical ids that a resource refers to (Ref, Fn::GetAtt, Fn::Sub) or names in DependsOn. */
function needs(resource: Resource & { readonly DependsOn?: string | string[] }): string[] {
  const found: string[] = [resource.DependsOn ?? []].flat();
  const look = (value: unknown): void => {
    if (Array.isArray(value)) value.forEach(look);
    else if (value !== null && typeof value === 'object') {
      for (const [key, member] of Object.entries(value as Record<string, unknown>)) {
        if (key === 'Ref') found.push(String(member));
        else if (key === 'Fn::GetAtt') found.push(String((member as string[])[0]));
        else if (key === 'Fn::Sub')
          found.push(...[...JSON.stringify(member).matchAll(/\$\{(\w+)/g)].map(([, id]) => id!));
        else look(member);
      }
    }
  };
  look(resource.Properties);
  return found;
}

describe.each(Object.entries(SETTINGS))('given the stacks of %s', (_name, path) => {
  test('when a slot is deleted, then its launch goes first: it needs everything else, directly or not', async () => {
    const slots = Object.entries(templatesOf(await appOf(path))).filter(([name]) => !name.endsWith('-edge'));
    expect(slots.length).toBeGreaterThan(0);
    for (const [name, { Resources }] of slots) {
      const launches = Object.keys(Resources).filter((id) => Resources[id]!.Type === 'Custom::KongLaunch');
      expect([name, launches.length]).toEqual([name, 1]);
      const reached = new Set<string>();
      const pending = [...launches];
      for (let id = pending.pop(); id !== undefined; id = pending.pop()) {
        const resource = Resources[id];
        if (reached.has(id) || resource === undefined) continue;
        reached.add(id);
        pending.push(...needs(resource));
      }
      expect([name, Object.keys(Resources).filter((id) => !reached.has(id))]).toEqual([name, []]);
    }
  });
});
