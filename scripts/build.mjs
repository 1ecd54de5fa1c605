// lib, bin and local by tsc; the same constructs for cdktn; each custom resource's handler bundled into one file for Lambda;
// the JSON Schema for editors.
import { spawnSync } from 'node:child_process';
import { chmodSync, existsSync, mkdirSync, readFileSync, readdirSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { inCdktn, makeCdktn } from './cdktn.mjs';
import { ensureDependencies, prepare, root } from './prepare.mjs';

prepare(ensureDependencies);

/** Never half-written: somebody may be reading it. */
function writeWhole(path, bytes) {
  if (existsSync(path) && readFileSync(path).equals(bytes)) return;
  writeFileSync(`${path}.${process.pid}`, bytes);
  renameSync(`${path}.${process.pid}`, path);
}

const tsc = spawnSync(process.execPath, [join(root, 'node_modules/typescript/bin/tsc'), '-p', 'tsconfig.json'], {
  cwd: root,
  stdio: 'inherit',
});
if (tsc.status !== 0) process.exit(1);

const handlers = join(root, 'lib', 'handlers');
const names = readdirSync(handlers, { withFileTypes: true })
  .filter((entry) => entry.isDirectory() && existsSync(join(handlers, entry.name, 'index.ts')))
  .map((entry) => entry.name);
const { build } = await import('esbuild');
await Promise.all(
  names.map((name) =>
    build({
      entryPoints: [join(handlers, name, 'index.ts')],
      outfile: join(root, 'dist', 'handlers', name, 'index.js'),
      bundle: true,
      platform: 'node',
      target: 'node22',
      external: ['@aws-sdk/*'], // the Lambda runtime brings the SDK
      legalComments: 'none',
    }),
  ),
);

// For Terraform each handler as a zip, the same bytes in every build: its hash decides whether the function is updated.
const { zipSync } = await import('fflate');
for (const name of names) {
  const code = readFileSync(join(root, 'dist', 'handlers', name, 'index.js'));
  const epoch = new Date(1980, 0, 1); // in local time, as a zip's are
  const file = [code, { mtime: epoch, level: 9, os: 3, attrs: 0o644 << 16 }];
  writeWhole(join(root, 'dist', 'handlers', `${name}.zip`), zipSync({ 'index.js': file }));
}

makeCdktn(join(root, 'dist', 'lib'));

// Each app as one file: zod, yaml and the library are some 250 files, and reading them was a tenth of a synth. What the
// constructs come from is the user's own.
for (const [app, external] of [
  ['app', ['aws-cdk-lib', 'constructs']],
  ['terraform-app', ['cdktf', 'constructs', '@cdktf/provider-aws/*']],
]) {
  const { metafile } = await build({
    entryPoints: [join(root, 'bin', `${app}.ts`)],
    outfile: join(root, 'dist', 'bin', `${app}.js`),
    bundle: true,
    platform: 'node',
    target: 'node20',
    external,
    sourcemap: true,
    sourcesContent: false,
    minifySyntax: true,
    legalComments: 'none',
    metafile: true,
  });
  const bundled = new Set(
    Object.keys(metafile.inputs).flatMap((path) => /^node_modules\/((?:@[^/]+\/)?[^/]+)/.exec(path)?.[1] ?? []),
  );
  writeFileSync(
    join(root, 'dist', 'bin', `${app}.licenses.txt`),
    [...bundled]
      .map((name) => `${name}\n\n${readFileSync(join(root, 'node_modules', name, 'LICENSE'), 'utf8')}`)
      .join('\n\n'),
  );
}

const forCdktn = inCdktn(readFileSync(join(root, 'dist', 'bin', 'terraform-app.js'), 'utf8'));
writeFileSync(join(root, 'dist', 'bin', 'cdktn-app.js'), forCdktn);

const jsonSchema = join(root, 'dist', 'lib', 'settings', 'json-schema.js');
if (existsSync(jsonSchema)) {
  const { jsonSchema: make } = await import(pathToFileURL(jsonSchema).href).then((module) => module.default ?? module);
  const path = join(root, 'schema', 'dual-cluster.schema.json');
  const text = `${JSON.stringify(make(), null, 2)}\n`;
  mkdirSync(join(root, 'schema'), { recursive: true });
  if (!existsSync(path) || readFileSync(path, 'utf8') !== text) writeFileSync(path, text);
}

for (const program of ['kong-dual-cluster', 'app', 'terraform-app', 'cdktn-app']) {
  const path = join(root, 'dist', 'bin', `${program}.js`);
  if (existsSync(path)) chmodSync(path, 0o755);
}
writeFileSync(join(root, 'dist', '.built'), `${new Date().toISOString()}\n`);
