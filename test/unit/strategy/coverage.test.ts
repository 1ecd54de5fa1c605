import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { EXIT, KongDualClusterError } from '../../../lib/errors';
import { COVERAGE } from '../../../lib/strategy/coverage';
import { upgradePlan } from '../../../lib/strategy/plan';
import { situationOf, type SituationInput } from '../../../lib/strategy/situation';
import { AS_OF } from './situations';

const DOC = join(__dirname, '..', '..', '..', 'docs', 'upgrade-runbook-coverage.md');
const clauses = COVERAGE.flatMap(({ situation, clauses: all }) => all.map((clause) => ({ situation, ...clause })));

test.each(clauses)('$situation: $clause', ({ steps, warning, refusedAs, strategy, shownBy }) => {
  if (refusedAs !== undefined) {
    let error: unknown;
    try {
      upgradePlan(shownBy, { asOf: AS_OF });
    } catch (caught) {
      error = caught;
    }
    expect(error).toBeInstanceOf(KongDualClusterError);
    expect(error).toMatchObject({ code: refusedAs, exitCode: EXIT.preflightRefused });
    return;
  }
  const plan = upgradePlan(shownBy, { asOf: AS_OF });
  expect(plan.runbook.map(({ id }) => id)).toEqual(expect.arrayContaining([...steps]));
  expect(steps.length).toBeGreaterThan(0);
  if (strategy !== undefined) expect(plan.strategy.name).toBe(strategy);
  if (warning !== undefined) expect(plan.warnings.map(({ code }) => code)).toContain(warning);
});

test('a clause names its steps in the order of the runbook', () => {
  for (const { clause, steps, refusedAs, shownBy } of clauses) {
    if (refusedAs !== undefined) continue;
    const ids = upgradePlan(shownBy, { asOf: AS_OF }).runbook.map(({ id }) => id);
    // Remedies are named by importance.
    if (clause.startsWith('remedy') || clause.startsWith('backup first')) continue;
    expect([clause, [...steps].sort((a, b) => ids.indexOf(a) - ids.indexOf(b))]).toEqual([clause, [...steps]]);
  }
});

const command = (input: SituationInput): string => {
  const { from, to, mode, datastore, platform, downtimeAllowed, spareCapacity, fresh, sharedDatabase } = input;
  const full = situationOf(input, []);
  return [
    `${from.toString()} → ${to.toString()}`,
    mode,
    datastore,
    platform === 'eks' ? `eks, ${full.helm.releases === 'split' ? 'split releases' : 'single release'}` : platform,
    downtimeAllowed && 'downtime allowed',
    spareCapacity === false && 'no spare capacity',
    fresh && 'fresh datastore',
    sharedDatabase && 'shared database',
    input.pluginsAdded !== undefined && `plugin ${input.pluginsAdded.join(', ')}`,
    input.toMode !== undefined && `to ${input.toMode}`,
    input.toEdition !== undefined && `to ${input.toEdition}`,
    input.keyring && 'keyring',
    input.customPlugins && 'custom plugins',
    input.runtimeState !== undefined && 'runtime state known',
  ]
    .filter(Boolean)
    .join(', ');
};

function page(): string {
  const lines = COVERAGE.flatMap(({ situation, clauses: all }) => [
    '',
    `## ${situation[0]!.toUpperCase()}${situation.slice(1)}`,
    '',
    '| what the runbook must know | where it stands | shown by |',
    '|---|---|---|',
    ...all.map(({ clause, steps, warning, refusedAs, strategy, shownBy }) => {
      const where = [
        ...(refusedAs === undefined ? [] : [`refused: \`${refusedAs}\``]),
        ...(strategy === undefined ? [] : [`strategy ${strategy}`]),
        ...steps.map((id) => `\`${id}\``),
        ...(warning === undefined ? [] : [`warning \`${warning}\``]),
      ];
      return `| ${clause} | ${where.join(', ')} | ${command(shownBy)} |`;
    }),
  ]);
  return `# What the runbook of \`plan\` covers

Each clause of what an upgrade guide must know, with the steps of the runbook that say it and a situation whose runbook
has them. Made from \`lib/strategy/coverage.ts\` by a test that looks for each step (\`UPDATE_DOCS=1\` writes it anew).
${lines.join('\n')}
`;
}

test('docs/upgrade-runbook-coverage.md is current (UPDATE_DOCS=1 writes it)', () => {
  if (process.env.UPDATE_DOCS === '1') writeFileSync(DOC, page());
  expect(readFileSync(DOC, 'utf8')).toBe(page());
});
