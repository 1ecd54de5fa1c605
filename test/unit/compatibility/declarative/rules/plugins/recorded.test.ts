import { changes, meets } from '../../../../../../lib/compatibility/changes';
import { PLUGIN_RULES } from '../../../../../../lib/compatibility/declarative/rules/plugins';
import type { Edit } from '../../../../../../lib/compatibility/declarative/rule';
import before from '../../../../../recorded/plugins/2.8.5.json';
import after from '../../../../../recorded/plugins/3.4.2.json';
import { context, entity, verdict } from '../../entity';
import { edited } from './rewritten';

interface Recorded {
  readonly id: string;
  readonly name: string;
  readonly config: Readonly<Record<string, unknown>>;
}

const MET = PLUGIN_RULES.filter(({ id, always }) => {
  const change = changes().get(id);
  return always === true || (change !== undefined && meets(context().upgrade, change));
});

/** All rules that 2.8 to 3.4 meets, each after the edits of those before it; the ids of those that found something. */
function mended(plugin: Recorded): { config: Record<string, unknown>; found: string[] } {
  let value = { ...plugin } as unknown as Record<string, unknown>;
  const found = MET.filter((rule) => {
    if (!rule.on.includes(`plugins:${plugin.name}`)) return false;
    const violations = verdict(rule, entity('plugins', value), context());
    if (typeof violations === 'string') return false;
    const edits = violations.flatMap((violation): readonly Edit[] => violation.edits ?? []);
    value = edited(value, edits) as Record<string, unknown>;
    return true;
  });
  return { config: value.config as Record<string, unknown>, found: found.map(({ id }) => id) };
}

/**
 * What the migration of Kong leaves as it is and 3.4.2 reads by the old name, and what the rules write to keep what 2.8
 * did. Of the queue the record's defaults are not written.
 */
const DELIBERATE: Readonly<Record<string, readonly string[]>> = {
  prometheus: ['status_code_metrics', 'latency_metrics', 'bandwidth_metrics', 'upstream_health_metrics'],
  'http-log': ['queue', 'queue_size', 'flush_timeout', 'retry_count'],
};

const migrated = new Map((after as readonly Recorded[]).map((plugin) => [plugin.id, plugin]));

describe.each(before as readonly Recorded[])('the recorded $name $id', (plugin) => {
  const ours = mended(plugin);
  const real = migrated.get(plugin.id)?.config ?? {};
  const compared = Object.keys(ours.config).filter((field) => !(DELIBERATE[plugin.name] ?? []).includes(field));

  test('has after the edits the configuration that 3.4.2 shows after the real migration', () => {
    const shown = Object.fromEntries(compared.map((field) => [field, real[field]]));
    expect(Object.fromEntries(compared.map((field) => [field, ours.config[field]]))).toEqual(shown);
  });

  test('has no field that 3.4.2 does not show', () => {
    expect(compared.filter((field) => !(field in real))).toEqual([]);
  });
});

describe('what 3.4.2 refused of the recorded configuration', () => {
  const ids = (name: string) =>
    (before as readonly Recorded[]).filter((plugin) => plugin.name === name).map((plugin) => mended(plugin).found);

  test('is found: functions and header lists', () => {
    expect(ids('pre-function').every((found) => found.includes('plugin-functions-removed'))).toBe(true);
    expect(ids('post-function')).toEqual([expect.arrayContaining(['plugin-functions-removed'])]);
    expect(ids('http-log')).toEqual([expect.arrayContaining(['plugin-http-log-headers', 'plugin-http-log-queue'])]);
  });

  test('the rows that two databases do not share are found', () => {
    expect(ids('oauth2')).toEqual([expect.arrayContaining(['plugin-oauth2-tokens-runtime'])]);
    expect(ids('session')).toEqual([expect.arrayContaining(['plugin-session-storage-kong'])]);
    expect(ids('rate-limiting').filter((found) => found.includes('plugin-rl-counters-split'))).toHaveLength(2);
  });

  test('the queue of http-log works as 3.4.2 reads the old fields', () => {
    const [log] = (before as readonly Recorded[]).filter(({ name }) => name === 'http-log');
    expect(mended(log as Recorded).config).toMatchObject({ queue: { max_coalescing_delay: 1 } });
  });
});
