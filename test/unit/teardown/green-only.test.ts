import { refusals } from '../../../lib/blueprint/refusals';
import { systemSpec } from '../../../lib/blueprint/system';
import { editSettings } from '../../../lib/settings/write';
import { parseSettings } from '../../../lib/settings/load';
import { ADOPTED_EDGE, EXISTING_DATASTORE, EXISTING_NETWORK } from '../blueprint/adopted';
import { BLUE, GREEN, lockOf, settingsOf } from '../blueprint/settings-of';

/** What teardown does to the settings, and that a later deploy takes them. */
const TORN = [
  { path: ['live'], value: 'green' },
  { path: ['slots', 'blue'], value: undefined },
];

describe('given settings after a teardown of blue', () => {
  test('when they are read, then nothing is refused and no stack of blue is made', () => {
    const text = [
      '# ours',
      'name: kong',
      'live: blue # the old one',
      'network: { create: {} }',
      'slots:',
      '  blue:',
      "    version: '2.8'",
      '    datastore: { new: {} }',
      '  # the new one',
      '  green:',
      "    version: '3.4'",
      '    datastore: { snapshot: { id: snap-1 } }',
      '',
    ].join('\n');
    const after = editSettings(text, 'dual-cluster.yaml', TORN);
    expect(after).toContain('# ours');
    expect(after).toContain('live: green # the old one');
    expect(after).not.toContain('blue');
    const { settings } = parseSettings(after, 'dual-cluster.yaml');
    expect(refusals(settings, lockOf('green'))).toEqual([]);
    expect(Object.keys(systemSpec(settings, lockOf('green')).slots)).toEqual(['green']);
  });

  test('when blue was adopted, then its target group and the rules stay in the edge', () => {
    const adopted = { ...BLUE, datastore: EXISTING_DATASTORE, adopted: { platform: 'ecs' as const, nodes: 2 } };
    const common = { live: 'green' as const, network: EXISTING_NETWORK, edge: { adopted: ADOPTED_EDGE } };
    const before = settingsOf({ ...common, slots: { blue: adopted, green: GREEN } });
    const after = settingsOf({ ...common, slots: { green: GREEN } });
    expect(refusals(after, lockOf('green'))).toEqual([]);
    const [was, is] = [before, after].map((settings) => systemSpec(settings, lockOf('green')).edge);
    expect(is!.rules).toEqual(was!.rules);
    expect(is!.targetGroups.blue.existingArn).toBe(ADOPTED_EDGE.targetGroups.blue);
  });
});
