import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { withPart } from '../aws-cdk/security-doc';

const DOCUMENT = join(__dirname, '../../../docs/security.md');
const ACCEPTED = join(__dirname, '../../real/terraform/checkov-accepted.json');

interface Accepted {
  readonly check: string;
  readonly type: string;
  readonly reason: string;
}

describe('docs/security.md', () => {
  const accepted = JSON.parse(readFileSync(ACCEPTED, 'utf8')) as Accepted[];

  test('lists every accepted finding of checkov with its reason (UPDATE_DOCS=1 writes it)', () => {
    const rows = accepted.map(({ check, type, reason }) => `| ${check} | \`${type}\` | ${reason} |`);
    const table = ['| check | resources | reason |', '|---|---|---|', ...rows].join('\n');
    const found = readFileSync(DOCUMENT, 'utf8');
    const current = withPart(found, 'checkov', table);
    if (process.env.UPDATE_DOCS === '1') writeFileSync(DOCUMENT, current);
    else expect(found).toBe(current);
  });

  test('each is there once, with a reason of a sentence', () => {
    expect(new Set(accepted.map(({ check, type }) => `${check} ${type}`)).size).toBe(accepted.length);
    for (const { reason } of accepted) expect(reason).toMatch(/\w+ .{20,}/);
  });
});
