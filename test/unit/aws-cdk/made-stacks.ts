import { mkdtempSync, readFileSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { App, Validations } from 'aws-cdk-lib';
import { FEATURE_FLAGS } from '../../../lib/aws-cdk/feature-flags';
import { makeStacks } from '../../../lib/aws-cdk/stacks';
import { systemSpec } from '../../../lib/blueprint/system';
import { loadSettings } from '../../../lib/settings/load';
import { lockPathOf, readLock } from '../../../lib/settings/lock-file';

const ROOT = join(__dirname, '../../..');

/** The example and the five states, by name. */
export const SETTINGS: Readonly<Record<string, string>> = Object.fromEntries([
  ['example', join(ROOT, 'examples/dual-cluster.yaml')],
  ...readdirSync(join(ROOT, 'test/fixtures/states')).map((name) => [
    name,
    join(ROOT, 'test/fixtures/states', name, 'dual-cluster.yaml'),
  ]),
]) as Record<string, string>;

export interface Resource {
  readonly Type: string;
  readonly Properties?: Readonly<Record<string, any>>;
}
export interface Template {
  readonly Resources: Readonly<Record<string, Resource>>;
  readonly Outputs?: Readonly<Record<string, { readonly Export?: { readonly Name: unknown } }>>;
}

const folder = mkdtempSync(join(tmpdir(), 'kdc-stacks-'));
process.on('exit', () => rmSync(folder, { recursive: true, force: true }));

/** The stacks of a settings file in an app of their own, as bin/app.ts makes them. */
export async function appOf(path: string, name?: string, into?: App): Promise<App> {
  const [settings, lock] = [await loadSettings(path), await readLock(lockPathOf(path))];
  const app = into ?? new App({ context: { ...FEATURE_FLAGS }, outdir: mkdtempSync(join(folder, 'cdk.out-')) });
  makeStacks(app, systemSpec({ ...settings, name: name ?? settings.name }, lock));
  return app;
}

/** Templates by the name of their stack. */
export function templatesOf(app: App): Record<string, Template> {
  return Object.fromEntries(
    app
      .synth()
      .stacks.map(({ stackName, templateFullPath }) => [
        stackName,
        JSON.parse(readFileSync(templateFullPath, 'utf8')) as Template,
      ]),
  );
}

/** What is acknowledged anywhere in the app: cdk-nag's rule and our reason, the finding in brackets left out. */
export function acknowledgements(app: App): { rule: string; reason: string }[] {
  return app.node
    .findAll()
    .flatMap(({ node }) => node.metadata)
    .filter(({ type }) => type === Validations.ACKNOWLEDGED_RULES_METADATA_KEY)
    .flatMap(({ data }) => Object.entries(data as Record<string, string>))
    .filter(([id]) => id.includes('AwsSolutions-'))
    .map(([id, reason]) => ({ rule: /AwsSolutions-[A-Z0-9]+/.exec(id)![0], reason }));
}
