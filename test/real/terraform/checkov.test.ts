import { mkdtempSync, readFileSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { checkov, compared, findCheckov } from '../../../local/terraform/checkov';
import type { Accepted, CheckovReport } from '../../../local/terraform/checkov';
import { SETTINGS, synthSettings } from './synth-settings';

const program = findCheckov();
const accepted = JSON.parse(readFileSync(join(__dirname, 'checkov-accepted.json'), 'utf8')) as Accepted[];

const describeWithCheckov = program
  ? describe
  : (name: string, tests: () => void) => describe.skip(`${name} (skipped: checkov could not be installed)`, tests);

describeWithCheckov('given checkov, when the example and every state of an upgrade are synthesised', () => {
  let folder: string;
  let report: CheckovReport;

  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'kdc-checkov-'));
    for (const [name, settings] of Object.entries(SETTINGS)) synthSettings(settings, folder, { prefix: `${name}.` });
    report = checkov(program!, folder);
  }, 180_000);
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  test('it read every stack and passed more than it found', () => {
    expect(readdirSync(folder).length).toBeGreaterThan(10);
    expect(report.passed).toBeGreaterThan(report.findings.length);
  });

  test('it finds nothing but what is accepted with its reason in checkov-accepted.json', () => {
    const { fresh } = compared(report.findings, accepted);
    expect(fresh.map(({ check, type, name, file, says }) => `${check} ${type}.${name} in ${file}: ${says}`)).toEqual(
      [],
    );
  });

  test('what is accepted is still there to be accepted', () => {
    expect(compared(report.findings, accepted).gone).toEqual([]);
  });
});
