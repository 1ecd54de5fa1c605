import { spawn } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { CloudFormationClient } from '@aws-sdk/client-cloudformation';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { DescribeDBSnapshotsCommand, RDSClient } from '@aws-sdk/client-rds';
import { GetSecretValueCommand, SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { EDGE_OUTPUTS, SLOT_OUTPUTS } from '../../lib/blueprint/output-names';
import { CloudFormationStacks } from '../../lib/deployed/cloudformation-stacks';
import { ShiftTable } from '../../lib/deployed/shift-table';
import { loadSettings } from '../../lib/settings/load';
import { teardownToken } from '../../lib/teardown/token';
import type { ShiftRecord } from '../../lib/traffic/shift-record';
import type { Weights } from '../../lib/traffic/weights';
import { ACCOUNT, clientOptions, REGION } from '../../local/demo/run';
import { ROOT } from '../../local/world/places';
import { LiveRule } from './live-rule';
import { Road } from './road';

jest.setTimeout(120_000);
process.env.CDK_VALIDATION = 'false'; // of aws-cdk-lib; test/unit/aws-cdk/stacks-nag.test.ts has it on

interface Ended {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

describe('given an edge with a blue and a green cluster', () => {
  let road: Road;
  let edge: Record<string, string>;
  let blue: Record<string, string>;
  let rules: { proxy: LiveRule; admin: LiveRule };
  let table: ShiftTable;
  let cloudFormation: CloudFormationClient;
  let rds: RDSClient;
  let blueStackId: string;
  let statuses: number[] = [];
  let pulse: NodeJS.Timeout;

  const shiftTo = (weights: Weights) => Promise.all([rules.proxy.set(weights), rules.admin.set(weights)]);
  const stackOf = (name: string) => new CloudFormationStacks(cloudFormation).find(name);
  const request = (headers: Record<string, string> = {}) =>
    fetch(road.run.world.loadBalancerUrl(edge[EDGE_OUTPUTS.loadBalancerDns] ?? '', 80), { headers });
  /** The command as users run it, and `kill -9` of it and its children some seconds after it has said something. */
  const run = (args: readonly string[], killAt?: RegExp, killAfterSeconds = 0): Promise<Ended> =>
    new Promise((resolve) => {
      const child = spawn(process.execPath, [join(ROOT, 'dist/bin/kong-dual-cluster.js'), ...args], {
        cwd: road.folder,
        env: { ...process.env, ...road.run.world.environment },
        stdio: ['ignore', 'pipe', 'pipe'],
        detached: true,
      });
      let [stdout, stderr] = ['', ''];
      let killing = false;
      child.stdout.on('data', (chunk: Buffer) => (stdout += chunk.toString()));
      child.stderr.on('data', (chunk: Buffer) => {
        stderr += chunk.toString();
        if (killing || !killAt?.test(stderr)) return;
        killing = true;
        setTimeout(() => process.kill(-child.pid!, 'SIGKILL'), killAfterSeconds * 1000);
      });
      child.on('close', (code) => resolve({ code, stdout, stderr }));
    });
  /** The same on a terminal, where somebody types when asked. */
  const typing = (words: string, args: readonly string[]): Promise<Ended> =>
    new Promise((resolve) => {
      const terminal = 'import os, pty, sys; sys.exit(os.waitstatus_to_exitcode(pty.spawn(sys.argv[1:])))';
      const command = [process.execPath, join(ROOT, 'dist/bin/kong-dual-cluster.js'), ...args];
      const child = spawn('python3', ['-c', terminal, ...command], {
        cwd: road.folder,
        env: { ...process.env, ...road.run.world.environment },
        stdio: ['pipe', 'pipe', 'inherit'],
      });
      let stdout = '';
      let typed = false;
      child.stdout.on('data', (chunk: Buffer) => {
        stdout += chunk.toString();
        if (typed || !/type .* to go on: /.test(stdout)) return;
        typed = true;
        child.stdin.write(`${words}\n`);
      });
      child.on('close', (code) => resolve({ code, stdout, stderr: '' }));
    });
  const teardown = (...args: string[]) => run(['teardown', '--output', 'json', '--idle-for', '6s', ...args]);
  const refusal = async (ended: Promise<Ended>) => {
    const { code, stdout, stderr } = await ended;
    const told = stderr.trim().split('\n').at(-1) ?? '';
    const error = (told.startsWith('{') ? JSON.parse(told) : { error: { code: stderr } }) as {
      error: { code: string; found?: string; remedy?: string };
    };
    return { exit: code, stdout, ...error.error };
  };
  const record = (more: Partial<ShiftRecord>): ShiftRecord => ({
    run: '20261121T000000Z-1',
    from: 'blue',
    to: 'green',
    phase: 'done',
    stage: 1,
    stages: 1,
    share: 1,
    startedAt: new Date(Date.now() - 60_000).toISOString(),
    changedAt: new Date(Date.now() - 30_000).toISOString(),
    account: ACCOUNT,
    region: REGION,
    stackIds: { blue: blueStackId },
    weightsBefore: { blue: 100, green: 0 },
    host: 'a-machine',
    journal: '/nowhere',
    ...more,
  });
  const finalSnapshots = async () =>
    ((await rds.send(new DescribeDBSnapshotsCommand({ DBInstanceIdentifier: 'kong-blue' }))).DBSnapshots ?? []).filter(
      ({ TagList }) => TagList?.some(({ Key }) => Key === 'kong-dual-cluster:final'),
    );
  const token = () =>
    teardownToken({
      account: ACCOUNT,
      region: REGION,
      stackId: blueStackId,
      databaseResourceId: blue[SLOT_OUTPUTS.databaseResourceId] ?? '',
      slot: 'blue',
    });

  beforeAll(async () => {
    road = await Road.start();
    await road.writeSettings();
    const size = { count: 1 };
    await road.edit([
      { path: ['shift'], value: { periodSeconds: 1 } },
      { path: ['slots', 'blue', 'size'], value: size },
      { path: ['slots', 'green'], value: { version: '3.4', size, datastore: { new: {} } } },
    ]);
    edge = (await road.run.deploy(['kong-edge']))['kong-edge'] ?? {};
    const deployed = await road.run.deploy(['kong-blue', 'kong-green']);
    blue = deployed['kong-blue'] ?? {};
    cloudFormation = new CloudFormationClient(clientOptions(road.run));
    rds = new RDSClient(clientOptions(road.run));
    table = new ShiftTable(new DynamoDBClient(clientOptions(road.run)), edge[EDGE_OUTPUTS.shiftTable] ?? '');
    blueStackId = (await stackOf('kong-blue'))?.id ?? '';
    const ofRule = (arn: string, groups: Readonly<Record<'blue' | 'green', string>>) =>
      new LiveRule(road.run.world, arn, { blue: edge[groups.blue]!, green: edge[groups.green]! });
    const [proxyArn] = JSON.parse(edge[EDGE_OUTPUTS.weightedRuleArns] ?? '[]') as string[];
    rules = {
      proxy: ofRule(proxyArn!, EDGE_OUTPUTS.targetGroupArn),
      admin: ofRule(edge[EDGE_OUTPUTS.adminRuleArn]!, EDGE_OUTPUTS.adminTargetGroupArn),
    };
    // Users, from now on to the end: 404 is Kong's own answer, it has no routes.
    pulse = setInterval(
      () =>
        void request().then(
          ({ status }) => statuses.push(status),
          () => statuses.push(0),
        ),
      200,
    );
  }, 240_000);
  afterAll(async () => {
    clearInterval(pulse);
    await road?.stop();
  }, 60_000);

  test('when the live slot is named, then it is refused with the rule and its weight', async () => {
    expect(await refusal(teardown('--slot', 'blue'))).toMatchObject({
      exit: 8,
      stdout: '',
      code: 'TEARDOWN_SLOT_LIVE',
      found: expect.stringMatching(/^weight 100 in arn:.*listener-rule/) as string,
    });
  });

  test('when `cdk destroy` is asked for the live slot, then it fails before anything is deleted, and blue serves on', async () => {
    const before = await road.database('kong-blue');
    const failed = await road.run
      .cdk(['destroy', 'kong-blue', '--exclusively', '--force'])
      .catch((error: Error) => error);
    expect(String(failed)).toMatch(/DESTROY_LIVE_SLOT|DELETE_FAILED/);
    expect(await stackOf('kong-blue')).toMatchObject({ id: blueStackId, status: 'DELETE_FAILED' });
    expect(await road.database('kong-blue')).toEqual({ ...before, status: 'available' });
    expect(await road.sql(blue, 'select count(*) > 0 as migrated from schema_meta')).toEqual([{ migrated: true }]);
    statuses = [];
    await new Promise((resolve) => setTimeout(resolve, 1500));
    expect(new Set(statuses)).toEqual(new Set([404]));
  });

  describe('and all traffic on green', () => {
    beforeAll(() => shiftTo({ blue: 0, green: 100 }));

    test('when the shift was made in another account, then it is refused', async () => {
      await table.writeShift(record({ account: '999999999999' }));
      expect(await refusal(teardown())).toMatchObject({ exit: 8, code: 'TEARDOWN_OTHER_SYSTEM' });
    });

    test('when the stack is another one than in the shift, then it is refused', async () => {
      await table.writeShift(record({ stackIds: { blue: `${blueStackId}-before` } }));
      expect(await refusal(teardown())).toMatchObject({ exit: 8, code: 'TEARDOWN_OTHER_SYSTEM' });
    });

    test('when the shift has not ended, then it is refused', async () => {
      await table.writeShift(record({ phase: 'soaking' }));
      expect(await refusal(teardown())).toMatchObject({ exit: 8, code: 'TEARDOWN_SHIFT_UNFINISHED' });
    });

    test('when another run holds the lock, then it is refused with host and run', async () => {
      await table.writeShift(record({}));
      const holder = { run: 'other-run', command: 'shift start', host: 'elsewhere', pid: 1, by: 'arn:someone' };
      const held = await table.acquire({ ...holder, since: new Date().toISOString(), doing: 'baking' }, Date.now());
      expect(await refusal(teardown())).toMatchObject({
        exit: 5,
        found: expect.stringMatching(/elsewhere.*other-run/) as string,
      });
      await table.release(held!);
    });

    test('when a tester has called blue a moment ago, then it is refused', async () => {
      const secret = await new SecretsManagerClient(clientOptions(road.run)).send(
        new GetSecretValueCommand({ SecretId: edge[EDGE_OUTPUTS.testerSecretArn] }),
      );
      const name = edge[EDGE_OUTPUTS.testerHeaderName] ?? '';
      expect((await request({ [name]: `blue-${secret.SecretString}` })).status).toBe(404);
      await new Promise((resolve) => setTimeout(resolve, 2500));
      const told = await refusal(teardown('--idle-for', '60s', '--token', token()));
      expect(told).toMatchObject({ exit: 8, code: 'TEARDOWN_REQUESTS_SEEN' });
      await new Promise((resolve) => setTimeout(resolve, 5000));
    });

    test('when the token is of something else, or nobody can consent, then nothing is changed', async () => {
      expect(await refusal(teardown('--token', 'blue-000000000000'))).toMatchObject({
        exit: 8,
        code: 'TEARDOWN_TOKEN_WRONG',
      });
      expect(await refusal(teardown('--yes'))).toMatchObject({ exit: 8, code: 'CONSENT_MISSING' });
      expect(await finalSnapshots()).toEqual([]);
    });

    test('when only the commands are asked for, then they are printed and nothing is changed', async () => {
      const { code, stdout } = await teardown('--print');
      const { commands } = JSON.parse(stdout) as { commands: string[] };
      expect([code, commands.length]).toEqual([0, 5]);
      expect(commands[2]).toMatch(/--no-deletion-protection$/);
      expect(commands[3]).toBe('npx cdk destroy kong-blue --exclusively');
      expect(await finalSnapshots()).toEqual([]);
    });

    test('when it is killed four times on its way, then the same command ends it: one final snapshot, verified and kept', async () => {
      statuses = [];
      const args = ['teardown', '--output', 'json', '--idle-for', '6s', '--token', token()];
      for (const [place, seconds] of [
        [/final snapshot kong-blue-final-/, 0],
        [/cdk destroy kong-blue --exclusively/, 0],
        [/kong-blue: destroying/, 2],
      ] as const) {
        const killed = await run(args, place, seconds);
        expect([killed.code, killed.stdout]).toEqual([null, '']);
        expect((await loadSettings(road.run.settingsPath)).slots.blue).toBeDefined();
      }
      const late = await run(args, /settings and lock file/);
      expect([late.code, late.code === null ? '' : late.stderr]).toEqual([null, '']);

      const { code, stdout, stderr } = await run(args);
      expect([code, code === 0 ? '' : stderr]).toEqual([0, '']);
      const result = JSON.parse(stdout) as { finalSnapshot: { id: string }; deletionSnapshot?: { id: string } };
      expect(result).toMatchObject({
        slot: 'blue',
        stack: 'kong-blue',
        settings: 'green only',
        finalSnapshot: { verified: true },
        leftovers: expect.arrayContaining([expect.objectContaining({ retentionDays: 30 })]) as unknown[],
      });
      expect(await stackOf('kong-blue')).toBeUndefined();
      expect(await road.database('kong-blue')).toBeUndefined();
      expect(await finalSnapshots()).toMatchObject([
        { DBSnapshotIdentifier: result.finalSnapshot.id, Status: 'available' },
      ]);
      expect(result.deletionSnapshot?.id).not.toBe(result.finalSnapshot.id);
      expect(await loadSettings(road.run.settingsPath)).toMatchObject({ live: 'green', slots: { green: {} } });
      expect((await loadSettings(road.run.settingsPath)).slots.blue).toBeUndefined();
      expect(await readFile(road.run.settingsPath, 'utf8')).toMatch(/^# yaml-language-server/);
      expect(await table.readLock()).toBeUndefined();
      expect(statuses.length).toBeGreaterThan(10);
      expect(new Set(statuses)).toEqual(new Set([404]));
    });

    test('when it is run once more, then there is nothing to do and it says the same', async () => {
      const { code, stdout } = await teardown();
      expect(code).toBe(0);
      expect(JSON.parse(stdout)).toMatchObject({
        slot: 'blue',
        settings: 'green only',
        finalSnapshot: { verified: true },
      });
    });

    test('when everything is deployed, then blue is not brought back and green has the traffic', async () => {
      await road.run.cdk(['deploy', '--all', '--require-approval', 'never']);
      expect(await stackOf('kong-blue')).toBeUndefined();
      expect(await rules.proxy.weights()).toEqual({ blue: 0, green: 100 });
      expect((await request()).status).toBe(404);
    });

    test('when doctor looks, then the tester header stands out, and what is left is listed', async () => {
      const { code, stdout } = await run(['doctor', '--output', 'json']);
      const { findings } = JSON.parse(stdout) as { findings: { ok: boolean; what: string; found: string }[] };
      expect([code, findings.filter(({ ok }) => !ok).map(({ what }) => what)]).toEqual([2, ['tester header']]);
      expect(findings.filter(({ what }) => what.startsWith('snapshot kong-blue-final-'))).toHaveLength(1);
      expect(findings.filter(({ found }) => found.includes('of a slot that is gone')).length).toBeGreaterThan(1);
    });

    test('when the last slot is torn down by what a person types, then it goes although it carries the traffic', async () => {
      clearInterval(pulse);
      expect(await refusal(teardown('--slot', 'green', '--last'))).toMatchObject({ exit: 8, code: 'CONSENT_MISSING' });
      const wrong = await typing('kong-green', ['teardown', '--slot', 'green', '--last']);
      expect([wrong.code, wrong.stdout]).toEqual([8, expect.stringContaining('CONSENT_MISSING')]);
      expect(await stackOf('kong-green')).toMatchObject({ status: 'CREATE_COMPLETE' });
      const { code, stdout } = await typing('destroy live kong-green', ['teardown', '--slot', 'green', '--last']);
      expect([code, stdout]).toEqual([0, expect.stringContaining('kong-green is gone')]);
      expect(await stackOf('kong-green')).toBeUndefined();
    });
  });
});
