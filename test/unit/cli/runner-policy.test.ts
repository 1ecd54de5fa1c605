import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { dirname, join, normalize, relative } from 'node:path';

const ROOT = join(__dirname, '..', '..', '..');
const text = (path: string): string => readFileSync(join(ROOT, path), 'utf8');

/** Prefix of the actions of a client, by its package. */
const SERVICE: Readonly<Record<string, string>> = {
  'application-auto-scaling': 'application-autoscaling',
  cloudformation: 'cloudformation',
  cloudwatch: 'cloudwatch',
  dynamodb: 'dynamodb',
  ecs: 'ecs',
  'elastic-load-balancing-v2': 'elasticloadbalancing',
  'route-53': 'route53',
  s3: 's3',
  scheduler: 'scheduler',
  'secrets-manager': 'secretsmanager',
  sfn: 'states',
  sns: 'sns',
  sts: 'sts',
};
/** Where an action is not called as the operation is (Service Authorization Reference). */
const ACTION: Readonly<Record<string, string>> = { 's3:ListObjectsV2': 's3:ListBucket' };
/** Calls of loaded files that no `shift` makes. */
const NOT_OF_A_SHIFT: Readonly<Record<string, readonly string[]>> = {
  // It needs no permission.
  'lib/cli/aws-clients.ts': ['sts:GetCallerIdentity'],
  // `freeze` writes; a shift reads.
  'lib/datastore/freeze.ts': ['elasticloadbalancing:ModifyRule'],
  // Of a deletion, which `teardown` and `doctor` look at.
  'lib/deployed/cloudformation-stacks.ts': [
    'cloudformation:DescribeStackEvents',
    'cloudformation:DescribeStackResources',
  ],
};
/** What no call asks for by its name: the schedule is given a role. */
const BESIDE = ['iam:PassRole'];

/** Files that the verbs of `shift` load, now or later. */
function loaded(path: string, seen: Set<string>): void {
  // The program itself knows every command; evidence asks it for its version.
  if (seen.has(path) || path === 'lib/cli/program.ts') return;
  seen.add(path);
  const code = text(path).replace(/^(im|ex)port type [^;]*;/gm, '');
  for (const [, from] of code.matchAll(/(?:from|import\()\s*'(\.[^']+)'/g)) {
    const base = normalize(join(dirname(path), from!.replace(/\.js$/, '')));
    const file = [`${base}.ts`, join(base, 'index.ts')].find((each) => existsSync(join(ROOT, each)));
    if (file) loaded(file, seen);
  }
}

function calls(path: string): string[] {
  const code = text(path);
  return [...code.matchAll(/import (?:type )?\{([^}]*)\} from '@aws-sdk\/client-([^']+)'/g)].flatMap(
    ([, names, client]) =>
      [...names!.matchAll(/\b([A-Z]\w+)Command\b/g)].map(([, operation]) => {
        const name = `${SERVICE[client!] ?? client}:${operation}`;
        return ACTION[name] ?? name;
      }),
  );
}

const policy = JSON.parse(
  /<!-- policy of the runner -->\s*```json\n([\s\S]*?)```/.exec(text('docs/security.md'))?.[1] ?? 'null',
) as { Statement: { Action: string[]; Resource: string | string[]; Sid: string }[] };

describe('the policy of whoever runs a shift (docs/security.md)', () => {
  const files = new Set<string>();
  for (const name of readdirSync(join(ROOT, 'lib/cli')))
    if (/^shift(-.*)?\.ts$/.test(name)) loaded(relative(ROOT, join(ROOT, 'lib/cli', name)), files);
  const needed = [...files].flatMap((path) => calls(path).filter((action) => !NOT_OF_A_SHIFT[path]?.includes(action)));
  const allowed = policy.Statement.flatMap(({ Action }) => Action);

  test('allows every call that the code of `shift` makes, and nothing else', () => {
    expect([...allowed].sort()).toEqual([...new Set([...needed, ...BESIDE])].sort());
  });

  test('names each action once, and a resource wherever AWS knows one', () => {
    expect(new Set(allowed).size).toBe(allowed.length);
    const everything = policy.Statement.filter(({ Resource }) => Resource === '*').flatMap(({ Action }) => Action);
    expect(everything.filter((action) => !/:(Describe|GetMetricData)/.test(action))).toEqual([]);
  });
});
