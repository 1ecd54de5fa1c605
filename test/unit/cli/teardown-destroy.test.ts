import { existsSync, mkdtempSync, readFileSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { destroy } from '../../../lib/cli/teardown-destroy';
import type { Work } from '../../../lib/cli/teardown-finish';
import type { SlotDeployed } from '../../../lib/teardown/read-subject';

/**
 * A project in a folder whose app writes the stack, and in Terraform's place a program that notes how it was called and says
 * and does what the test wants. RDS answers as `describe-db-instances` and `modify-db-instance` do: an instance that is gone
 * is a DBInstanceNotFoundFault.
 */
const root = realpathSync(mkdtempSync(join(tmpdir(), 'kdc-destroy-')));
const { TERRAFORM_BINARY_NAME } = process.env;
afterEach(() => {
  if (TERRAFORM_BINARY_NAME === undefined) delete process.env.TERRAFORM_BINARY_NAME;
  else process.env.TERRAFORM_BINARY_NAME = TERRAFORM_BINARY_NAME;
});
afterAll(() => rmSync(root, { recursive: true, force: true }));

const APP = `const { appendFileSync, mkdirSync, writeFileSync } = require('fs');
const stack = process.env.CDKTF_OUTDIR + '/stacks/kong-blue';
mkdirSync(stack, { recursive: true });
writeFileSync(stack + '/cdk.tf.json', '{}');
appendFileSync('calls', 'app for ' + process.env.KONG_DUAL_CLUSTER_DESTROY + '\\n');

`;

interface World {
  /** What Terraform says and how it ends, by its command. */
  readonly terraform?: Partial<Record<'init' | 'destroy', string>>;
  /** What `destroy` leaves. */
  readonly leaves?: 'nothing' | 'parameters' | 'database';
  readonly app?: string;
  /** Ctrl-C is pressed when this is said. */
  readonly interruptAt?: string;
}

function world({ terraform = {}, leaves = 'nothing', app = APP, interruptAt = 'nowhere' }: World) {
  let interrupt: () => void = () => undefined;
  const folder = mkdtempSync(join(root, 'project-'));
  const calls = () =>
    existsSync(join(folder, 'calls')) ? readFileSync(join(folder, 'calls'), 'utf8').trimEnd().split('\n') : [];
  const note = (line: string) => writeFileSync(join(folder, 'calls'), `${line}\n`, { flag: 'a' });
  writeFileSync(join(folder, 'cdktf.json'), JSON.stringify({ app: `"${process.execPath}" app.js` }));
  writeFileSync(join(folder, 'app.js'), app);
  const program = join(folder, 'terraform');
  writeFileSync(
    program,
    `#!${process.execPath}
const [, , chdir, command] = process.argv;
require('fs').appendFileSync('${folder}/calls', 'terraform ' + command + '\\n');
${Object.entries(terraform)
  .map(([command, script]) => `if (command === '${command}') { ${script} }`)
  .join('\n')}
`,
    { mode: 0o755 },
  );
  process.env.TERRAFORM_BINARY_NAME = program;
  const isDestroyed = () => calls().includes('terraform destroy');
  const said: string[] = [];
  const hints: string[] = [];
  const work = {
    context: {
      settingsPath: join(folder, 'dual-cluster.yaml'),
      progress: {
        step: () => undefined,
        update: () => undefined,
        end: () => undefined,
        note: (line: string) => {
          said.push(line);
          if (line.includes(interruptAt)) interrupt();
        },
      },
      ifInterrupted: (hint: string) => hints.push(hint),
      onInterrupt: (stop: () => void) => (interrupt = stop),
    },
    system: {
      settings: { name: 'kong', terraform: {} },
      region: 'eu-central-1',
      stacks: {
        find: () =>
          Promise.resolve(
            isDestroyed() && leaves !== 'parameters'
              ? undefined
              : { name: 'kong-blue', id: 'id', outputs: { StateId: 'id' } },
          ),
      },
    },
    rds: {
      send: ({ constructor: { name } }: { constructor: { name: string } }) => {
        if (name === 'ModifyDBInstanceCommand') {
          note('protection off');
          return Promise.resolve({});
        }
        if (isDestroyed() && leaves !== 'database') {
          return Promise.reject(Object.assign(new Error('no instance'), { name: 'DBInstanceNotFoundFault' }));
        }
        return Promise.resolve({
          DBInstances: [
            {
              DBInstanceIdentifier: 'kong-blue',
              Engine: 'postgres',
              DBInstanceStatus: 'available',
              DeletionProtection: true,
            },
          ],
        });
      },
    },
  } as unknown as Work;
  return { work, calls, said, hints, folder };
}
const DEPLOYED = {
  slot: 'blue',
  stackName: 'kong-blue',
  stack: { name: 'kong-blue', id: 'id', outputs: {} },
  database: { identifier: 'kong-blue', resourceId: 'db-1', ours: true, reading: { identifier: 'kong-blue' } },
} as unknown as SlotDeployed;

describe('given a slot that Terraform made, when it is destroyed', () => {
  test('then the stack is written as one that may be, and its protection goes off last of all before', async () => {
    const { work, calls, said } = world({ terraform: { destroy: 'console.log("Destroy complete!")' } });
    await destroy(work, DEPLOYED);
    expect(calls()).toEqual(['app for kong-blue', 'terraform init', 'protection off', 'terraform destroy']);
    expect(said).toContain('  Destroy complete!');
  });

  test('and the app fails, then nothing of the slot was touched', async () => {
    const { work, calls } = world({ app: 'console.error("refused"); process.exit(8)' });
    await expect(destroy(work, DEPLOYED)).rejects.toMatchObject({ code: 'TERRAFORM_APP_FAILED' });
    expect(calls()).toEqual([]);
  });

  test('and `init` fails, then nothing of the slot was touched', async () => {
    const { work, calls } = world({
      terraform: { init: 'console.error("Error: Failed to get existing workspaces"); process.exit(1)' },
    });
    await expect(destroy(work, DEPLOYED)).rejects.toMatchObject({
      code: 'TEARDOWN_STACK_LEFT',
      found: 'terraform init ended with exit code 1: Failed to get existing workspaces',
    });
    expect(calls()).toEqual(['app for kong-blue', 'terraform init']);
  });

  test('and Terraform ends with an error, then its words are told, whatever is gone', async () => {
    const { work } = world({ terraform: { destroy: 'console.log("Error: deleting ECS Service"); process.exit(1)' } });
    await expect(destroy(work, DEPLOYED)).rejects.toMatchObject({
      code: 'TEARDOWN_STACK_LEFT',
      found: 'terraform destroy ended with exit code 1: deleting ECS Service',
      remedy: expect.stringContaining('run the same command again'),
    });
  });

  test('and somebody holds the lock on its state, then the way to free it is told', async () => {
    const locked =
      'console.log("Error: Error acquiring the state lock\\n\\nLock Info:\\n  ID:        a-b-c"); process.exit(1)';
    const { work, folder } = world({ terraform: { destroy: locked } });
    await expect(destroy(work, DEPLOYED)).rejects.toMatchObject({
      code: 'TERRAFORM_STATE_LOCKED',
      remedy: expect.stringContaining(`-chdir=${folder}/cdktf.out/stacks/kong-blue force-unlock a-b-c`),
    });
  });

  test('and it is interrupted, then Terraform is asked to end and the exit code says interrupted', async () => {
    const { work } = world({
      interruptAt: 'Destroying',
      terraform: {
        destroy:
          'process.on("SIGINT", () => { console.log("Error: execution halted"); process.exit(1); }); setInterval(() => 0, 1000); console.log("Destroying")',
      },
    });
    await expect(destroy(work, DEPLOYED)).rejects.toMatchObject({
      code: 'TEARDOWN_STACK_LEFT',
      exitCode: 130,
      found: 'terraform destroy ended with exit code 1: execution halted',
    });
  });

  test('then an interruption is told what goes on and where it is written', async () => {
    const { work, hints } = world({});
    await destroy(work, DEPLOYED);
    expect(hints.at(-1)).toMatch(/saves its state \(.*\/kong-blue\/destroy-\d+\.log\); run the same command again/);
  });
});

describe('given that Terraform says all is destroyed', () => {
  beforeEach(() => {
    // Twenty seconds in no time: what was deleted may still be seen for a moment.
    let now = Date.now();
    jest.spyOn(Date, 'now').mockImplementation(() => (now += 15_000));
  });
  afterEach(() => jest.restoreAllMocks());

  test.each([
    ['parameters', 'the parameter StateId'],
    ['database', 'the database kong-blue (available)'],
  ] as const)('when the %s stand, then it is another state than this stack’s', async (leaves, what) => {
    const { work } = world({ leaves });
    await expect(destroy(work, DEPLOYED)).rejects.toMatchObject({
      code: 'TEARDOWN_STACK_LEFT',
      found: expect.stringContaining(what),
    });
  });
});
