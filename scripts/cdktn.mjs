// dist/lib/cdktn is the compiled dist/lib/cdktf with the two modules' names replaced: the community continuation of CDK for
// Terraform kept the API of cdktf 0.21, so the constructs are written once.
import { existsSync, mkdirSync, readFileSync, readdirSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

const NAMES = { cdktf: 'cdktn', '@cdktf/provider-aws': '@cdktn/provider-aws' };
/** `require("…")`, `import("…")`, `from "…"`, `import "…"`, also of a path below. */
const SPECIFIER = /(\b(?:require|import)\(\s*|\b(?:from|import)\s+)(["'])(@cdktf\/provider-aws|cdktf)(?=\/|\2)/g;

export const inCdktn = (code) =>
  code
    .replace(SPECIFIER, (_, before, quote, name) => `${before}${quote}${NAMES[name]}`)
    .replace(/\n\/\/# sourceMappingURL=.*\s*$/, '\n');

/** @param lib the compiled library; writes what differs and takes away what has no original any more */
export function makeCdktn(lib) {
  const [from, to] = [join(lib, 'cdktf'), join(lib, 'cdktn')];
  const files = readdirSync(from, { recursive: true }).filter((file) => /\.(js|d\.ts)$/.test(file));
  for (const file of files) {
    const path = join(to, file);
    const code = inCdktn(readFileSync(join(from, file), 'utf8'));
    if (existsSync(path) && readFileSync(path, 'utf8') === code) continue;
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(`${path}.${process.pid}`, code);
    renameSync(`${path}.${process.pid}`, path);
  }
  for (const file of readdirSync(to, { recursive: true })) {
    if (files.includes(file) || !existsSync(join(to, file)) || statSync(join(to, file)).isDirectory()) continue;
    if (!/\.\d+$/.test(file)) rmSync(join(to, file)); // another build is writing those
  }
}
