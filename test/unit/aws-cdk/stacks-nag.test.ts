process.env.CDK_VALIDATION = 'true'; // whole systems with the template validation of aws-cdk-lib on

import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Validations } from 'aws-cdk-lib';
import { AwsSolutionsChecks } from 'cdk-nag';
import { SETTINGS, acknowledgements, appOf } from './made-stacks';
import { acknowledgedTable, iamTable, withPart } from './security-doc';

const DOCUMENT = join(__dirname, '../../../docs/security.md');

async function findings(path: string): Promise<string[]> {
  const app = await appOf(path);
  Validations.of(app).addPlugins(new AwsSolutionsChecks(app));
  try {
    app.synth();
    return [];
  } catch (error) {
    return (error as Error).message.split('\n').filter((line) => line.trim() !== '');
  }
}

describe('given the AwsSolutions rules of cdk-nag and the template validation of aws-cdk-lib', () => {
  afterEach(() => {
    jest.restoreAllMocks();
    process.exitCode = undefined; // cdk-nag sets it
  });

  test.each(Object.keys(SETTINGS))(
    'when %s is synthesised, then nothing is reported',
    async (name) => {
      expect(await findings(SETTINGS[name]!)).toEqual([]);
    },
    60_000,
  );

  test('when nothing is acknowledged, then something is reported', async () => {
    jest.spyOn(Validations.prototype, 'acknowledge').mockImplementation(() => undefined);
    expect((await findings(SETTINGS.example!)).join()).toContain('AwsSolutions-EC23');
  }, 60_000);

  test('every acknowledgement names a rule and a reason of a sentence', async () => {
    for (const path of Object.values(SETTINGS)) {
      for (const { rule, reason } of acknowledgements(await appOf(path))) {
        expect([rule, reason]).toEqual([
          expect.stringMatching(/^AwsSolutions-[A-Z]+\d+$/),
          expect.stringMatching(/\w+ .{20,}/),
        ]);
      }
    }
  });
});

describe('docs/security.md', () => {
  test('lists every statement with its reason, and every acknowledged finding (UPDATE_DOCS=1 writes it)', async () => {
    const { table, unexplained } = await iamTable();
    expect(unexplained).toEqual([]);
    const found = readFileSync(DOCUMENT, 'utf8');
    const current = withPart(withPart(found, 'IAM', table), 'cdk-nag', await acknowledgedTable());
    if (process.env.UPDATE_DOCS === '1') writeFileSync(DOCUMENT, current);
    else expect(found).toBe(current);
  });
});
