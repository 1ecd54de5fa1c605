import { commandsByHand, planTable, resultText, type TeardownResult } from '../../../lib/cli/teardown-text';
import type { FinalSnapshot } from '../../../lib/teardown/final-snapshot';
import type { SlotDeployed } from '../../../lib/teardown/read-subject';

const FINAL: FinalSnapshot = {
  id: 'kong-blue-final-20261121-203000',
  arn: 'arn:final',
  takenAt: '2026-11-21T20:30:00.000Z',
  sizeGib: 100,
  verified: true,
};
const deployed = (ours: boolean): SlotDeployed => ({
  slot: 'blue',
  stackName: 'kong-blue',
  stack: { name: 'kong-blue', id: 'arn:stack', status: 'CREATE_COMPLETE', outputs: {} },
  database: {
    identifier: ours ? 'kong-blue' : 'legacy',
    resourceId: 'db-1',
    ours,
    reading: { allocatedStorageGib: 100, storageType: 'gp3', instanceClass: 'db.t4g.medium' } as never,
  },
});
const plan = (ours = true) => ({ settings: { name: 'kong' }, deployed: deployed(ours), testerHeader: false });

describe('given a slot of ours, when what a teardown does is shown', () => {
  const table = planTable({ ...plan(), nodes: 3, final: FINAL });

  test('then everything that goes is named with its size', () => {
    const goes = table.split('\n').filter((line) => line.startsWith('  goes'));
    expect(goes.join('\n')).toMatch(/stack kong-blue .*\n.*3 Kong nodes.*\n.*database kong-blue, 100 GiB gp3/);
  });

  test('then what stays is named: the edge, the other slot, both snapshots', () => {
    const stays = table.split('\n').filter((line) => line.startsWith('  stays'));
    expect(stays.join('\n')).toMatch(/kong-edge.*kong-green/);
    expect(stays.join('\n')).toMatch(/kong-blue-final-20261121-203000.*verified/);
    expect(stays.join('\n')).toContain('CloudFormation');
  });

  test('then by hand it is snapshot, wait, protection off, destroy, settings: in this order', () => {
    const commands = commandsByHand(plan(), FINAL.id, [{ Key: 'k', Value: 'v' }], 'eu-central-1');
    expect(commands.map((line) => /(create-db|wait|modify-db|cdk destroy|teardown)/.exec(line)?.[0])).toEqual([
      'create-db',
      'wait',
      'modify-db',
      'cdk destroy',
      'teardown',
    ]);
    expect(commands[0]).toContain('--tags Key=k,Value=v');
  });
});

describe('given a slot that Terraform made', () => {
  const terraform = { name: 'kong', terraform: {} };

  test('when what a teardown does is shown, then no status is made up, and nobody speaks of CloudFormation', () => {
    const { stack: _, ...rest } = deployed(true);
    const stack = { name: 'kong-blue', id: 'id', outputs: {} };
    const table = planTable({ ...plan(), settings: terraform, deployed: { ...rest, stack }, nodes: 3, final: FINAL });
    expect(table).toMatch(/goes +stack kong-blue$/m);
    expect(table).not.toMatch(/CloudFormation|undefined/);
  });

  test('when it is done by hand, then the stack is written as one that may be destroyed', () => {
    const commands = commandsByHand({ ...plan(), settings: terraform }, FINAL.id, [], 'eu-central-1');
    expect(commands).toContain(
      'KONG_DUAL_CLUSTER_DESTROY=kong-blue npx cdktf synth && terraform -chdir=cdktf.out/stacks/kong-blue init && terraform -chdir=cdktf.out/stacks/kong-blue destroy',
    );
  });
});

describe('given a slot on a database that is not ours', () => {
  test('when what a teardown does is shown, then the database stays and nobody touches it', () => {
    const table = planTable({ ...plan(false), nodes: undefined, final: undefined });
    expect(table).toMatch(/stays +database legacy, which is not of our making/);
    expect(table).not.toMatch(/goes +database/);
    expect(commandsByHand(plan(false), FINAL.id, [], 'eu-central-1').join('\n')).not.toContain('aws rds');
  });
});

test('given a result, when it is told, then both snapshots, what expires and what is next are in it', () => {
  const result: TeardownResult = {
    slot: 'blue',
    stack: 'kong-blue',
    finalSnapshot: FINAL,
    deletionSnapshot: { id: 'kong-blue-snapshot-database-1', arn: 'arn:cfn' },
    settings: 'green only',
    leftovers: [{ name: 'kong-blue-NodeLogs-1', bytes: 1, retentionDays: 30 }],
    next: ['kong-dual-cluster unfreeze'],
  };
  const text = resultText(result, 'dual-cluster.yaml');
  for (const part of [
    FINAL.id,
    'kong-blue-snapshot-database-1',
    'kong-blue-NodeLogs-1, 30 days',
    'unfreeze',
    'green only',
  ])
    expect(text).toContain(part);
});
