import { EXIT, KongDualClusterError } from '../../errors';
import { changes, type Upgrade } from '../changes';
import type { Category, CompatibilityFinding, Severity } from '../finding';
import type { RuleResult } from '../summary';
import { CONDITIONS, conditionsMet } from './conditions';
import { shownEnterprise } from './edition-shown';
import { isKnown, KNOWN_MINORS } from './known-minors';
import { editionsOf, parameters, type Parameter } from './parameters';
import type { KongConf, Setting } from './read';
import { rewrite, type Done } from './rewrite';
import { newParameters, verdicts, type Verdict } from './rules';
import { Settings } from './settings';

export { readEnvironment } from './environment';
export { readKongConf, type KongConf, type Setting } from './read';

/** Entries of `facts/changes/` that `check kong-conf` finds. */
export const KONG_CONF_CHANGES: readonly string[] = [
  ...new Set([
    ...[...parameters().values()].flatMap((parameter) => parameter.changes),
    ...CONDITIONS.map(({ change }) => change),
  ]),
].sort();

export interface KongConfCheck {
  /** Undefined where a node is set up by its environment alone. */
  readonly conf: KongConf | undefined;
  readonly environment: readonly Setting[];
  readonly upgrade: Upgrade;
  /** Set defaults that change to what they were. */
  readonly keepBehaviour: boolean;
}

export interface KongConfResult {
  readonly findings: readonly CompatibilityFinding[];
  /** The mended file; undefined without a file. */
  readonly rewritten: string | undefined;
  /** Findings that the mended file no longer has. */
  readonly mended: number;
  /** Settings that were looked at. */
  readonly settings: number;
  /** Parameters that only the new version has. */
  readonly newParameters: number;
  readonly rules: readonly RuleResult[];
  /** What the lists do not say about this upgrade, as sentences. */
  readonly limits: readonly string[];
}

/** @throws KongDualClusterError CONF_VERSIONS, CONF_NOT_KONG_CONF (exit 64) */
export function checkKongConf({ conf, environment, upgrade, keepBehaviour }: KongConfCheck): KongConfResult {
  refuseVersions(upgrade);
  const settings = new Settings(conf?.settings ?? [], environment);
  if (conf) refuseStranger(conf);
  const found = verdicts(settings, upgrade);
  const rewritten = conf && rewrite(conf, found, upgrade, keepBehaviour);
  const file = conf?.file ?? environment[0]?.file ?? 'kong.conf';
  const findings = [
    ...found.map((verdict) => findingOf(verdict, file, rewritten?.done.get(verdict), conf !== undefined)),
    ...conditionsMet({ settings, upgrade, editions: editionsOf(upgrade).map((editions) => editions[1]) }).map(
      ({ condition, change, message }): CompatibilityFinding => {
        const setting =
          settings.get(condition.parameter) ?? settings.all().find(({ name }) => name.startsWith(condition.parameter));
        return {
          id: condition.parameter,
          result: 'non-compliant',
          severity: condition.severity ?? change.severity,
          category: change.category,
          // What a version after this upgrade takes away can wait.
          when: condition.severity === 'future' ? 'after' : change.when,
          ...placeOf(setting, file, conf !== undefined),
          field: setting?.written ?? condition.parameter,
          message,
          fix: { mode: 'manual', how: condition.how ?? change.fix.how },
          sources: [...change.source, `facts: ${change.id}`],
        };
      },
    ),
    ...(conf?.idle ?? []).map((line): CompatibilityFinding => ({
      id: 'line-without-setting',
      result: 'non-compliant',
      severity: 'info',
      category: 'compatible',
      when: 'before',
      entity: 'kong.conf',
      field: null,
      file,
      line,
      message: 'no comment and no `name = value`: Kong skips the line without a word',
      fix: { mode: 'manual', how: 'make it a comment or a setting' },
      sources: ['Kong/kong kong/conf_loader/init.lua (Penlight pl.config)'],
    })),
  ].sort(
    (a, b) =>
      Number(a.line === null) - Number(b.line === null) ||
      (a.line ?? 0) - (b.line ?? 0) ||
      (a.id < b.id ? -1 : Number(a.id > b.id)),
  );
  return {
    findings,
    rewritten: rewritten?.text,
    mended: rewritten?.done.size ?? 0,
    settings: settings.all().length,
    newParameters: newParameters(upgrade),
    limits: [...limitsOf(upgrade), ...(keepBehaviour ? assumedOf(settings, upgrade) : [])],
    rules: [...new Set(findings.map(({ id }) => id))].map((id) => ({
      id,
      result: 'non-compliant',
      entities: settings.all().length,
    })),
  };
}

const placeOf = (
  setting: Setting | undefined,
  file: string,
  hasConf: boolean,
): Pick<CompatibilityFinding, 'entity' | 'file' | 'line'> => ({
  entity: (setting?.origin ?? (hasConf ? 'file' : 'environment')) === 'environment' ? 'environment' : 'kong.conf',
  file: setting?.file ?? file,
  line: setting?.line ?? null,
});

function findingOf(verdict: Verdict, file: string, done: Done | undefined, hasConf: boolean): CompatibilityFinding {
  const { name, setting, parameter, severity, message, how } = verdict;
  const entries = (parameter?.changes ?? []).flatMap((id) => changes().get(id) ?? []);
  const variable = setting?.origin === 'environment' ? `; it stands in the environment as ${setting.written}` : '';
  const keep =
    verdict.mend?.kind !== 'pin'
      ? ''
      : hasConf
        ? `; --keep-behaviour sets ${verdict.mend.value}`
        : `; KONG_${name.toUpperCase()}=${verdict.mend.value} keeps what was`;
  return {
    id: name,
    result: 'non-compliant',
    severity,
    category: entries[0]?.category ?? CATEGORY[severity] ?? 'changed-behaviour',
    when: entries[0]?.when ?? 'before',
    ...placeOf(setting, file, hasConf),
    field: setting?.written ?? name,
    message,
    fix: { mode: done === undefined ? 'manual' : 'auto', how: `${how}${variable}${keep}` },
    sources: sourcesOf(parameter, entries.map(({ id, source }) => [...source, `facts: ${id}`]).flat()),
  };
}

const CATEGORY: Partial<Record<Severity, Category>> = {
  removed: 'removed-or-deprecated',
  renamed: 'removed-or-deprecated',
  deprecated: 'removed-or-deprecated',
  info: 'compatible',
};

const sourcesOf = (parameter: Parameter | undefined, ofEntries: readonly string[]): readonly string[] => [
  ...new Set([
    ...(ofEntries.length > 0 ? ofEntries : (parameter?.sources ?? ['Kong/kong kong/conf_loader/init.lua'])),
    ...(parameter?.recorded === undefined ? [] : [`recorded: ${parameter.recorded}`]),
  ]),
];

function limitsOf(upgrade: Upgrade): readonly string[] {
  const inside = [upgrade.from, upgrade.to].filter(
    (version) => !KNOWN_MINORS.some((minor) => minor === version.minor()),
  );
  const isOpenSource = editionsOf(upgrade).some(([, after]) => after === 'oss');
  return [
    ...(inside.length > 0
      ? [
          `the lists of parameters are those of ${KNOWN_MINORS.join(', ')}: where nothing says in which minor between them one changed, the finding says so`,
        ]
      : []),
    ...(isOpenSource && upgrade.to.isAtLeastMinor('3.5')
      ? ['of open source the lists end with 3.4: what its later minors changed is not looked at']
      : []),
  ];
}

/** Of which edition the defaults are that were kept. */
function assumedOf(settings: Settings, upgrade: Upgrade): readonly string[] {
  if (editionsOf(upgrade).length < 2) return [];
  const shown = shownEnterprise(settings, upgrade);
  const name = 'give --from with its edition, as 2.8.5 (open source) or 2.8.4.9 (Enterprise)';
  return [
    shown === undefined
      ? `--keep-behaviour sets only what both editions of ${upgrade.from.toString()} did alike: ${name}`
      : `--keep-behaviour keeps what Enterprise did, because ${shown.written} is set, which only Enterprise reads; if that is wrong, ${name}`,
  ];
}

function refuseVersions({ from, to }: Upgrade): void {
  if (isKnown({ from, to })) return;
  const last = KNOWN_MINORS.at(-1)!;
  throw new KongDualClusterError(
    'CONF_VERSIONS',
    `the parameters of kong.conf are known from ${KNOWN_MINORS[0]} to ${last}`,
    {
      found: `--from ${from.toString()} --to ${to.toString()}`,
      remedy: `check the part of the way between ${KNOWN_MINORS[0]} and ${last}; for the rest read Kong's changelog`,
      exitCode: EXIT.usage,
    },
  );
}

/** A file of `name = value` lines of which Kong knows none. */
function refuseStranger({ file, settings }: KongConf): void {
  if (settings.length === 0 || settings.some(({ name }) => parameters().has(name.toLowerCase().replace(/^_+/, ''))))
    return;
  if (settings.some(({ name }) => /^(nginx|pluginserver|vault)_/.test(name))) return;
  throw new KongDualClusterError('CONF_NOT_KONG_CONF', `${file} is no kong.conf`, {
    found: `${settings.length} settings, none of them a parameter of Kong; ${settings[0]!.written.slice(0, 40)}`,
    remedy: settings.some(({ name }) => name.startsWith('KONG_'))
      ? 'KONG_* variables are read with --env-file'
      : 'name the kong.conf of a node',
    exitCode: EXIT.usage,
  });
}
