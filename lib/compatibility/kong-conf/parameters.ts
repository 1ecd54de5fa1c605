import type { KongVersion } from '../../release/kong-version';
import { KongVersion as Version } from '../../release/kong-version';
import { changes, type Upgrade } from '../changes';
import first from '../facts/kong-conf/2.8-3.4.json';
import second from '../facts/kong-conf/3.4-3.14.json';
import { KNOWN_MINORS } from './known-minors';

export type Edition = 'oss' | 'enterprise';

type KnownMinor = (typeof KNOWN_MINORS)[number];
type ByMinor<T> = Partial<Record<KnownMinor, T>>;

/** An entry of `facts/kong-conf/`, of both files together. */
export interface Parameter {
  readonly name: string;
  /** By edition and minor; a minor that is not there does not know the parameter. `""` is no default. */
  readonly defaults: Readonly<Record<Edition, ByMinor<string>>>;
  /** Accepted values; a minor that is not there accepts more than a list. */
  readonly values: ByMinor<readonly string[]>;
  /** The parameter that has its place now. */
  readonly replacement?: string;
  /** The minor that began to warn about it. */
  readonly deprecated?: string;
  /** The value that describes what versions without the parameter did. */
  readonly until?: string;
  /** Its default matters only while this parameter is set and not off. */
  readonly onlyWith?: string;
  /** The first and the last minor that knew it, where both lie between two lists. */
  readonly lived?: readonly string[];
  /** Derived by Kong, not for kong.conf. */
  readonly internal?: boolean;
  readonly note?: string;
  /** What real Kong was seen to do. */
  readonly recorded?: string;
  /** Ids of the entries in `facts/changes/`. */
  readonly changes: readonly string[];
  /** The version that changed it, where no entry says so. */
  readonly since?: string;
  readonly sources: readonly string[];
}

interface Entry {
  readonly name: string;
  readonly all?: ByMinor<string>;
  readonly oss?: ByMinor<string>;
  readonly enterprise?: ByMinor<string>;
  readonly values?: ByMinor<readonly string[]>;
  readonly changes?: readonly string[];
}
interface FactsFile {
  readonly sources: readonly string[];
  readonly parameters: readonly Entry[];
}

let known: ReadonlyMap<string, Parameter> | undefined;

/** Every parameter by its name. */
export function parameters(): ReadonlyMap<string, Parameter> {
  known ??= read();
  return known;
}

function read(): ReadonlyMap<string, Parameter> {
  const map = new Map<string, Parameter>();
  const [early, late] = [first as FactsFile, second as FactsFile];
  const lateNames = new Set(late.parameters.map(({ name }) => name));
  for (const [file, isEarly] of [
    [early, true],
    [late, false],
  ] as const) {
    for (const { all, oss = all ?? {}, enterprise = all ?? {}, ...entry } of file.parameters) {
      const before = map.get(entry.name);
      // What Enterprise's later lists leave out although 3.4 knows it (injected directives) is taken for unchanged.
      const silent = isEarly && !lateNames.has(entry.name) ? enterprise['3.4'] : undefined;
      const carried = silent === undefined ? {} : { '3.10': silent, '3.14': silent };
      map.set(entry.name, {
        ...before,
        ...entry,
        defaults: {
          oss: { ...before?.defaults.oss, ...oss },
          enterprise: { ...carried, ...enterprise, ...before?.defaults.enterprise },
        },
        values: { ...before?.values, ...entry.values },
        changes: [...(before?.changes ?? []), ...(entry.changes ?? [])],
        sources: [...(before?.sources ?? []), ...file.sources],
      });
    }
  }
  return map;
}

/** What one version of one edition makes of a parameter. */
export interface State {
  /** Undefined: it does not know it. */
  readonly default: string | undefined;
  /** Undefined: no list. */
  readonly values: readonly string[] | undefined;
}

/** A parameter before and after an upgrade. */
export interface Step {
  readonly before: State;
  readonly after: State;
  /** The minors between which it changed, where the facts do not say in which: `3.4 and 3.10`. */
  readonly between?: string;
}

/** Open source ends with 3.9; the facts know 2.8 and 3.4 of it. */
export const stepOf = (parameter: Parameter, { from, to }: Upgrade, editions: readonly [Edition, Edition]): Step => {
  const before = stateAt(parameter, from, editions[0], 'early');
  const after = stateAt(parameter, to, editions[1], 'late');
  const between = isSame(before.state, after.state) ? undefined : (before.between ?? after.between);
  return { before: before.state, after: after.state, ...(between === undefined ? {} : { between }) };
};

function stateAt(
  parameter: Parameter,
  version: KongVersion,
  edition: Edition,
  unsure: 'early' | 'late',
): { readonly state: State; readonly between?: string } {
  const [born, died] = parameter.lived ?? [];
  if (born && died && version.isAtLeastMinor(born) && Version.parse(died).isAtLeastMinor(version.minor())) {
    return { state: { default: '', values: undefined } };
  }
  const minors = edition === 'oss' ? KNOWN_MINORS.slice(0, 2) : KNOWN_MINORS;
  const below = minors.filter((minor) => version.isAtLeastMinor(minor)).at(-1) ?? KNOWN_MINORS[0];
  const above = minors.find((minor) => minor === version.minor() || !version.isAtLeastMinor(minor)) ?? below;
  const earlier = stateOf(parameter, below, edition);
  const later = stateOf(parameter, above, edition);
  if (below === above || isSame(earlier, later)) return { state: earlier };
  // Of one that is deprecated the entry tells that, not when it came.
  const isComing = earlier.default === undefined && parameter.deprecated !== undefined;
  const entries = isComing ? [] : parameter.changes;
  const since = [parameter.since, ...entries.map((id) => changes().get(id)?.since)].find(
    (text) => text !== undefined && isWithin(Version.parse(text), below, above),
  );
  if (since !== undefined) return { state: version.isAtLeastMinor(Version.parse(since).minor()) ? later : earlier };
  return { state: unsure === 'early' ? earlier : later, between: `${below} and ${above}` };
}

const isWithin = (version: KongVersion, below: string, above: string): boolean =>
  version.isAtLeastMinor(below) && version.minor() !== below && Version.parse(above).isAtLeastMinor(version.minor());

const stateOf = (parameter: Parameter, minor: KnownMinor, edition: Edition): State => ({
  default: parameter.defaults[edition][minor],
  values: parameter.values[minor],
});

const isSame = (one: State, other: State): boolean =>
  isSameValue(one.default, other.default) && String(one.values) === String(other.values);

/** Lists are the same with and without spaces after their commas. */
export const isSameValue = (one: string | undefined, other: string | undefined): boolean =>
  one === other ||
  (one !== undefined && other !== undefined && one.replace(/,\s+/g, ',') === other.replace(/,\s+/g, ','));

/** The editions that an upgrade may be of: a version of three numbers is open source, one of four Enterprise. */
export function editionsOf({ from, to }: Upgrade): readonly (readonly [Edition, Edition])[] {
  const of = (version: KongVersion): Edition | undefined =>
    version.isAtLeastMinor('3.10') || /^\d+(\.\d+){3}/.test(version.toString())
      ? 'enterprise'
      : version.namesNoPatch()
        ? undefined
        : 'oss';
  const [before, after] = [of(from), of(to)];
  if (before === undefined && after === undefined)
    return [
      ['oss', 'oss'],
      ['enterprise', 'enterprise'],
    ];
  return [[before ?? after!, after ?? before!]];
}
