import { spawnSync } from 'node:child_process';
import { join } from 'node:path';

const INDEX = join(__dirname, '../../dist/lib/index.js');

/** What requiring the package costs and loads, in a process of its own. */
function required(): { milliseconds: number; packages: string[]; names: string[] } {
  const script = `
    const start = performance.now();
    const loaded = require(${JSON.stringify(INDEX)});
    const milliseconds = performance.now() - start;
    const packages = Object.keys(require.cache).map((file) => /node_modules[\\\\/]((?:@[^\\\\/]+[\\\\/])?[^\\\\/]+)/.exec(file)?.[1]);
    console.log(JSON.stringify({ milliseconds, packages: [...new Set(packages.filter(Boolean))], names: Object.keys(loaded) }));`;
  const { stdout, stderr } = spawnSync(process.execPath, ['-e', script], { encoding: 'utf8' });
  if (stdout === '') throw new Error(`${stderr}\nthe package is built by \`npm run build\``);
  return JSON.parse(stdout) as ReturnType<typeof required>;
}

describe("require('kong-dual-cluster')", () => {
  test('loads no backend, no AWS SDK, no YAML and no zod', () => {
    expect(required().packages).toEqual(['semver']);
  });

  test('takes less than 50 ms (the best of five)', () => {
    expect(Math.min(...Array.from({ length: 5 }, () => required().milliseconds))).toBeLessThan(50);
  });

  test('gives the pure rooms', () => {
    expect(required().names).toEqual(
      expect.arrayContaining(['KongVersion', 'systemSpec', 'refuse', 'validateWeights', 'KongDualClusterError']),
    );
  });
});
