import { mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { cdkCommand, destroyArguments, runCdk } from '../../../lib/teardown/cdk-command';

const root = realpathSync(mkdtempSync(join(tmpdir(), 'kdc-cdk-')));
afterAll(() => rmSync(root, { recursive: true, force: true }));

test('given a stack, when it is to be destroyed, then alone and without a question', () => {
  expect(destroyArguments('kong-blue')).toEqual(['destroy', 'kong-blue', '--exclusively', '--force']);
});

describe('given settings in a folder', () => {
  const project = join(root, 'project');
  const settings = join(project, 'systems', 'dual-cluster.yaml');
  beforeAll(() => {
    mkdirSync(join(project, 'systems'), { recursive: true });
    mkdirSync(join(project, 'node_modules', 'aws-cdk', 'bin'), { recursive: true });
    writeFileSync(join(project, 'cdk.json'), '{}');
    writeFileSync(join(project, 'node_modules', 'aws-cdk', 'package.json'), '{"name": "aws-cdk"}');
    writeFileSync(join(project, 'node_modules', 'aws-cdk', 'bin', 'cdk'), '');
  });

  test('when cdk.json and cdk are in a folder above, then they are found there', () => {
    expect(cdkCommand(settings, ['destroy'])).toEqual({
      program: process.execPath,
      args: [join(project, 'node_modules', 'aws-cdk', 'bin', 'cdk'), 'destroy'],
      folder: project,
    });
  });

  test('when the project has no cdk, then the one beside this package is run in the settings’ folder', () => {
    const bare = join(root, 'bare');
    mkdirSync(bare);
    const { args, folder } = cdkCommand(join(bare, 'dual-cluster.yaml'), ['destroy']);
    expect(args[0]).toMatch(/node_modules\/aws-cdk\/bin\/cdk$/);
    expect(folder).toBe(bare);
  });
});

test('given a command, when it runs, then every line is handed on, with its exit code', async () => {
  const lines: string[] = [];
  const script = 'console.log("one\\ntwo"); console.error(process.env.WORD); process.exit(3)';
  const command = { program: process.execPath, args: ['-e', script], folder: root };
  expect(await runCdk(command, { WORD: 'three' }, (line) => lines.push(line))).toBe(3);
  expect(lines.sort()).toEqual(['one', 'three', 'two']);
});
