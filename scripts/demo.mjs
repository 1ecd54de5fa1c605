// npm run demo: installs what is missing, then the demo itself, which leaves no process and no folder behind.
import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { ensureBuild, ensureDependencies, ensurePostgres, ensurePython, prepare, root } from './prepare.mjs';

if (!process.argv.includes('--help')) prepare(ensureDependencies, ensureBuild, ensurePostgres, ensurePython);
else prepare(ensureDependencies, ensureBuild);

const demo = spawn(process.execPath, [join(root, 'dist', 'local', 'demo', 'main.js'), ...process.argv.slice(2)], {
  stdio: 'inherit',
});
// Ctrl-C reaches the whole foreground group; this process only waits for the demo to clean up.
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => demo.kill(signal));
demo.on('exit', (code) => process.exit(code ?? 1));
