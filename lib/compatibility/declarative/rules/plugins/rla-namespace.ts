import type { Entity } from '../../rule';
import { isMap } from './config';

const SCOPES = ['service', 'route', 'consumer', 'consumer_group'];

/** A namespace that is the same at each run: where the plugin stands, `rla-service-orders-route-list`. */
export function namespaceOf(plugin: Entity, given: ReadonlySet<string>): string {
  const words = [
    'rla',
    ...(plugin.workspace === undefined ? [] : [plugin.workspace]),
    ...parents(plugin),
    ...scopes(plugin),
  ];
  const place = words.join('-').replace(/[^A-Za-z0-9_.-]+/g, '-');
  let namespace = place;
  for (let count = 2; given.has(namespace); count += 1) namespace = `${place}-${count}`;
  return namespace;
}

function parents({ parent }: Entity): string[] {
  if (parent === undefined || parent.kind === 'file') return [];
  return [...parents(parent), parent.kind.replace(/s$/, ''), parent.name];
}

const scopes = ({ value }: Entity): string[] =>
  SCOPES.flatMap((scope) => {
    const of = value[scope];
    const name = isMap(of) ? (of.name ?? of.username ?? of.id) : of;
    return typeof name === 'string' ? [scope, name] : [];
  });
