// `npm run conformance`: drives both backends with the same settings, compares what they mean and prints how many facts
// were compared, case by case. The numbers come from the comparison itself (test/unit/conformance); exit code 1 when
// something differs that is not meant to.
import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ensureBuild, ensureDependencies, prepare, root } from './prepare.mjs';

prepare(ensureDependencies, ensureBuild);
const jest = join(root, 'node_modules/jest/bin/jest.js');

/** Columns of the table, with the aspects that each of them sums up. */
const COLUMNS = {
  network: ['network'],
  entry: ['load balancers', 'listeners', 'target groups'],
  rules: ['rules'],
  flows: ['security groups', 'flows'],
  tasks: ['tasks', 'services', 'autoscaling'],
  database: ['databases', 'secrets'],
  steps: ['migrations', 'launch', 'order'],
  watch: ['alarms', 'dashboard'],
  machines: ['machines', 'events', 'table'],
  functions: ['functions', 'logs'],
  rights: ['permissions'],
  outputs: ['outputs'],
};

const folder = mkdtempSync(join(tmpdir(), 'kong-dual-cluster-conformance-'));
try {
  const file = join(folder, 'result.json');
  const run = spawnSync(
    process.execPath,
    [jest, 'test/unit/conformance/conformance.test.ts', '--selectProjects', 'unit', '--silent', '--verbose=false'],
    { cwd: root, encoding: 'utf8', env: { ...process.env, KONG_DUAL_CLUSTER_CONFORMANCE: file } },
  );
  if (existsSync(file)) print(JSON.parse(readFileSync(file, 'utf8')));
  if (run.status !== 0) process.stderr.write(run.stderr);
  process.exitCode = run.status === 0 ? 0 : 1;
} finally {
  rmSync(folder, { recursive: true, force: true });
}

function print({ rows, intended }) {
  const known = new Set(Object.values(COLUMNS).flat());
  const other = [...new Set(rows.flatMap(({ aspects }) => Object.keys(aspects)))].filter((name) => !known.has(name));
  const columns = other.length === 0 ? COLUMNS : { ...COLUMNS, other };
  const all = { name: 'all', aspects: {} };
  for (const { aspects } of rows)
    for (const [aspect, one] of Object.entries(aspects)) all.aspects[aspect] = sum([all.aspects[aspect], one]);
  const lines = [...rows, all].map(({ name, aspects }) => [
    name,
    ...Object.values(columns).map((its) => cell(sum(its.map((aspect) => aspects[aspect])))),
    cell(sum(Object.values(aspects))),
  ]);
  const table = [['case', ...Object.keys(columns), 'facts'], ...lines];
  const widths = table[0].map((_, column) => Math.max(...table.map((line) => line[column].length)));
  const text = (line) =>
    line.map((each, i) => (i === 0 ? each.padEnd(widths[i]) : each.padStart(widths[i]))).join('  ');
  const rule = widths.map((width) => '─'.repeat(width)).join('  ');
  const [head, ...body] = table.map(text);
  const wrong = sum(Object.values(all.aspects)).wrong;
  console.log([head, rule, ...body.slice(0, -1), rule, body.at(-1)].join('\n'));
  console.log(`
A number: facts compared between aws-cdk and cdktf. ~n: n of them differ and are meant to. ✗n: n of them differ.
Meant, and why (test/unit/conformance/intended.ts):
${[...new Set(intended)].map((because) => `  - ${because}`).join('\n')}

${wrong === 0 ? 'both backends mean the same' : `${wrong} facts differ that should not`}`);
}

function sum(parts) {
  const total = { facts: 0, meant: 0, wrong: 0 };
  for (const part of parts) for (const key of Object.keys(total)) total[key] += part?.[key] ?? 0;
  return total;
}

function cell({ facts, meant, wrong }) {
  return `${facts}${meant === 0 ? '' : ` ~${meant}`}${wrong === 0 ? '' : ` ✗${wrong}`}`;
}
