import { changes, type Change } from '../../../lib/compatibility/changes';
import { BY_COMMAND, BY_PERSON, BY_STEP, DONE_BY } from '../../../lib/compatibility/coverage';
import { RULES } from '../../../lib/compatibility/declarative/rules';
import { KONG_CONF_CHANGES } from '../../../lib/compatibility/kong-conf';
import { SOURCE_CHANGES } from '../../../lib/compatibility/plugins/check';

const AREAS: readonly (readonly [Change['area'], string])[] = [
  ['core', 'Router, migrations, hybrid mode'],
  ['entity', 'Entities'],
  ['config', 'kong.conf and declarative files'],
  ['platform', 'Images, systems, PostgreSQL, licence'],
  ['admin-api', 'Admin API'],
  ['pdk', 'Custom plugins'],
  ['plugin', 'Bundled plugins'],
];

/** docs/breaking-changes.md, whole. `mended`: ids of which a `--write` mends something. */
export function breakingChanges(mended: ReadonlySet<string>): string {
  const all = [...changes().values()];
  const areas = AREAS.map(([area, title]) => {
    const entries = all.filter((change) => change.area === area);
    return `## ${title}\n\n| change | what | since | severity | category | when | detected by | fix |\n|---|---|---|---|---|---|---|---|\n${entries.map((change) => row(change, mended)).join('\n')}\n`;
  });
  return `${head(all, mended)}\n${areas.join('\n')}\n${recorded(all)}`;
}

function head(all: readonly Change[], mended: ReadonlySet<string>): string {
  const count = (isMeant: (change: Change) => boolean): number => all.filter(isMeant).length;
  const declarative = new Set(RULES.map(({ id }) => id));
  const detected = (id: string): boolean =>
    declarative.has(id) || KONG_CONF_CHANGES.includes(id) || SOURCE_CHANGES.includes(id);
  return `# Breaking changes

Made from \`lib/compatibility/facts/changes\` and the rules by
\`UPDATE_DOCS=1 npx jest test/unit/compatibility/coverage.test.ts --selectProjects unit\`; the same test fails when an entry is
met by nothing.

${all.length} changes between Kong 2.8 and 3.15, ${count(({ recorded: seen }) => seen !== undefined)} of them compared with
what Kong 2.8.5, 3.4.2 and decK 1.40.3 were seen to do (last section). \`check declarative\` finds ${count(({ id }) => declarative.has(id))},
\`check kong-conf\` ${count(({ id }) => KONG_CONF_CHANGES.includes(id))}, \`check plugins\` ${count(({ id }) => SOURCE_CHANGES.includes(id))};
of ${count(({ id }) => mended.has(id))} \`--write\` mends something by itself. ${count(({ id }) => !detected(id))} are met by a command, a step
of the runbook or a person alone.

- **since**: the first version that has it. **category**: the table of Kong's LTS guide it stands in. **when** a person acts:
  before green is deployed, during the time in which both clusters serve, after the teardown.
- **fix**: \`--write\` where a check mends it; what else does it; by hand. A finding says exactly what to do.
- Severity \`info\` asks for nothing. A change is told only where the upgrade reaches the version that has it.
`;
}

const cell = (text: string): string =>
  text
    .replaceAll('|', '\\|')
    .replaceAll('\n', ' ')
    .replace(/[<>]/g, (c) => (c === '<' ? '&lt;' : '&gt;'));

function row(change: Change, mended: ReadonlySet<string>): string {
  const { id, what, since, severity, category, when, edition } = change;
  const of = edition === 'enterprise' ? ' (Enterprise)' : '';
  return `| \`${id}\` | ${cell(what)} | ${since}${of} | ${severity} | ${category} | ${when} | ${detectedBy(id)} | ${fixOf(change, mended)} |`;
}

function detectedBy(id: string): string {
  return [
    RULES.some((rule) => rule.id === id) ? '`check declarative`' : '',
    KONG_CONF_CHANGES.includes(id) ? '`check kong-conf`' : '',
    SOURCE_CHANGES.includes(id) ? '`check plugins`' : '',
    BY_COMMAND[id] ?? '',
    BY_STEP[id] === undefined ? '' : `runbook \`${BY_STEP[id]}\``,
    BY_PERSON[id] === undefined ? '' : `by a person: ${cell(BY_PERSON[id] ?? '')}`,
  ]
    .filter(Boolean)
    .join('; ');
}

function fixOf({ id, fix, severity }: Change, mended: ReadonlySet<string>): string {
  if (mended.has(id)) return fix.mode === 'auto' ? '`--write`' : '`--write`, where it is plain';
  if (DONE_BY[id] !== undefined) return cell(DONE_BY[id] ?? '');
  return severity === 'info' ? 'none needed' : 'by hand';
}

function recorded(all: readonly Change[]): string {
  const rows = all.flatMap(({ id, recorded: seen }) => (seen === undefined ? [] : [`| \`${id}\` | ${cell(seen)} |`]));
  return `## What was seen\n\nReal Kong OSS 2.8.5 and 3.4.2, decK 1.40.3, PostgreSQL 15.18. Where this differs from the documents the entry follows it.\n\n| change | recorded |\n|---|---|\n${rows.join('\n')}\n`;
}
