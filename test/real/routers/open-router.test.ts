import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { router as schema } from '../../../lib/settings/router-schema';

const SECRET = { secretArn: 'arn:aws:secretsmanager:eu-west-1:123456789012:secret:front-AbCdEf' };

/** As it is installed, in a process of its own: each router is a file that is loaded when it is used. */
const SCRIPT = `
  const { openRouter } = require(process.argv[1]);
  const edge = { weightedRuleArns: [], targetGroupArns: {}, adminTargetGroupArns: {} };
  const settings = { shift: { router: JSON.parse(process.argv[2]) } };
  openRouter({ settings, edge, region: 'eu-west-1', elb: {} }).then((router) =>
    process.stdout.write(router.capabilities.name),
  );
`;
const opened = (router: unknown): string =>
  execFileSync(
    process.execPath,
    ['-e', SCRIPT, join(__dirname, '../../../dist/lib/cli/open-router.js'), JSON.stringify(schema.parse(router))],
    { encoding: 'utf8' },
  );

test.each<[string, unknown]>([
  [
    'f5',
    {
      f5: {
        url: 'https://big-ip.example.com',
        credentials: SECRET,
        tenant: 'edge',
        application: 'kong',
        pool: 'both',
        members: { blue: ['10.0.1.1'], green: ['10.0.2.1'] },
      },
    },
  ],
  [
    'kongUpstream',
    {
      kongUpstream: {
        adminUrls: ['http://front:8001'],
        adminToken: SECRET,
        upstream: 'slots',
        targets: { blue: ['blue:8000'], green: ['green:8000'] },
      },
    },
  ],
  ['kongCanary', { kongCanary: { adminUrls: ['http://front:8001'], adminToken: SECRET, plugins: ['to-green'] } }],
])('%s is opened by its settings, and no secret is read before it is needed', (name, given) => {
  expect(opened(given)).toBe(name);
});

test('a target of both slots is refused by the settings', () => {
  const targets = { blue: ['kong:8000'], green: ['kong:8000'] };
  expect(schema.safeParse({ kongUpstream: { adminUrls: ['http://front:8001'], upstream: 'x', targets } }).success).toBe(
    false,
  );
});
