import { spawnSync } from 'node:child_process';
import { cpSync, existsSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';

const ROOT = join(__dirname, '../..');
const CFN_LINT = join(ROOT, 'node_modules/.cache/kong-dual-cluster/venv/bin/cfn-lint');

/** What cfn-lint says and what is left as it is, with the reason. Nothing else may be found. */
const LEFT: Readonly<Record<string, string>> = {
  W3005:
    'aws-cdk-lib writes DependsOn for every resource of a construct that is depended on, beside the reference that already orders it (its own Provider and Lambda functions too); twice said is harmless',
  W6001:
    'one output lists the subnets of the migrations task, which are the edge’s: whoever runs it by hand copies one line',
};

/** Settings files, each in a folder of its own with its lock file. */
const CASES: Record<string, string> = {
  ...Object.fromEntries(
    readdirSync(join(ROOT, 'examples'))
      .filter((name) => name.endsWith('.yaml'))
      .map((name) => [`examples/${name}`, join(ROOT, 'examples', name)]),
  ),
  ...Object.fromEntries(
    readdirSync(join(ROOT, 'test/fixtures/states')).map((name) => [
      name,
      join(ROOT, 'test/fixtures/states', name, 'dual-cluster.yaml'),
    ]),
  ),
};

interface Finding {
  readonly Rule: { readonly Id: string };
  readonly Message: string;
  readonly Filename: string;
  readonly Location: { readonly Start: { readonly LineNumber: number } };
}

describe('given the cdk command, when a settings file is synthesised', () => {
  let folder: string;
  const seen = new Set<string>();
  beforeAll(() => (folder = mkdtempSync(join(tmpdir(), 'kdc-lint-'))));
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  /** `npx cdk synth` in the folder of the settings, as a person runs it. */
  function synth(name: string, settings: string): { stderr: string; templates: string[] } {
    const home = join(folder, basename(name, '.yaml'));
    cpSync(settings, join(home, 'dual-cluster.yaml'));
    const lock = settings.replace(/\.yaml$/, '.lock.json');
    if (existsSync(lock)) cpSync(lock, join(home, 'dual-cluster.lock.json'));
    const { KONG_DUAL_CLUSTER_SETTINGS: _, ...inherited } = process.env;
    const cdk = spawnSync(
      process.execPath,
      [
        join(ROOT, 'node_modules/aws-cdk/bin/cdk'),
        'synth',
        '--quiet',
        '--app',
        `node ${join(ROOT, 'dist/bin/app.js')}`,
      ],
      {
        cwd: home,
        encoding: 'utf8',
        // No credentials and no network: the region would come from them. The template validation of aws-cdk-lib stays on
        // for the example alone, because it takes longer than the rest.
        env: {
          ...inherited,
          AWS_REGION: 'eu-central-1',
          AWS_EC2_METADATA_DISABLED: 'true',
          CDK_DISABLE_CLI_TELEMETRY: 'true',
          CDK_VALIDATION: String(name.startsWith('examples/')),
        },
      },
    );
    if (cdk.status !== 0) throw new Error(cdk.stderr);
    const out = join(home, 'cdk.out');
    const templates = readdirSync(out).filter((file) => file.endsWith('.template.json'));
    return { stderr: cdk.stderr, templates: templates.map((file) => join(out, file)) };
  }

  function lint(templates: readonly string[]): string[] {
    const result = spawnSync(CFN_LINT, ['--format', 'json', '--', ...templates], { encoding: 'utf8' });
    if (result.error) throw result.error;
    const findings = JSON.parse(result.stdout) as Finding[];
    for (const { Rule } of findings) seen.add(Rule.Id);
    return findings
      .filter(({ Rule }) => LEFT[Rule.Id] === undefined)
      .map((f) => `${f.Rule.Id} ${basename(f.Filename)}:${f.Location.Start.LineNumber} ${f.Message}`);
  }

  test.each(Object.keys(CASES))(
    '%s: cdk says nothing that asks for attention, and cfn-lint finds nothing',
    (name) => {
      const { stderr, templates } = synth(name, CASES[name]!);
      expect(templates.length).toBeGreaterThanOrEqual(2);
      expect(stderr).not.toMatch(/warn|deprecat|feature flags|error/i);
      expect(lint(templates)).toEqual([]);
    },
    180_000,
  );

  test('what is left as it is was still there to be left', () => {
    expect([...seen].sort()).toEqual(Object.keys(LEFT));
  });
});
