import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const ROOT = join(__dirname, '../../..');

/** Every module that a program of Node loads until it ends, in a process of its own. */
function modulesOf(code: string, settings?: string): string[] {
  const folder = mkdtempSync(join(tmpdir(), 'kdc-lazy-'));
  try {
    if (settings !== undefined) writeFileSync(join(folder, 'dual-cluster.yaml'), settings);
    const told = `process.on('exit', () => console.log(JSON.stringify(Object.keys(require.cache))));`;
    const output = execFileSync(process.execPath, ['-e', told + code], {
      cwd: folder,
      encoding: 'utf8',
      env: { PATH: process.env.PATH, AWS_REGION: 'eu-central-1' },
    });
    return JSON.parse(output.trim().split('\n').at(-1)!) as string[];
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

const requiring = (path: string) => `require(${JSON.stringify(join(ROOT, 'dist', path))});`;
const barrels = (modules: string[]) =>
  modules.filter((path) => /@cdkt[fn][\\/]provider-aws[\\/]lib[\\/](index|lazy-index)\.js$/.test(path));
/** Of the provider's thousand and more. */
const resources = (modules: string[]) =>
  new Set(modules.flatMap((path) => /@cdkt[fn][\\/]provider-aws[\\/]lib[\\/]([^\\/]+)[\\/]/.exec(path)?.[1] ?? []));

const SETTINGS = `name: kong
terraform: {}
live: blue
network: { create: {} }
slots: { blue: { version: '2.8', datastore: { new: { engineVersion: '15.18' } } } }
`;

// The whole of provider-aws takes 2 s and 600 MB to load.
describe('what is loaded of the AWS provider', () => {
  test.each([
    ['kong-dual-cluster/cdktf', 'lib/cdktf/index.js'],
    ['kong-dual-cluster/cdktn', 'lib/cdktn/index.js'],
  ])('%s loads the resources it makes and never the whole', (_, path) => {
    const modules = modulesOf(requiring(path));
    expect(barrels(modules)).toEqual([]);
    expect(resources(modules).size).toBeGreaterThan(20);
    expect(resources(modules).size).toBeLessThan(60);
  });

  test('the app neither, from settings to stacks', () => {
    const modules = modulesOf(requiring('bin/terraform-app.js'), SETTINGS);
    expect(barrels(modules)).toEqual([]);
    expect(resources(modules).size).toBeLessThan(60);
  });

  test.each(['@cdktf/provider-aws', '@cdktn/provider-aws'])('the whole of %s would be seen', (name) => {
    expect(barrels([require.resolve(name)])).toHaveLength(1);
  });

  test('the library itself loads nothing of it, and no cdktf', () => {
    expect(modulesOf(requiring('lib/index.js')).filter((path) => /cdkt[fn]/.test(path))).toEqual([]);
  });
});
