import type { Upgrade } from '../changes';
import type { Severity } from '../finding';
import { converted } from './converted';
import { shownEnterprise } from './edition-shown';
import { isInjected, nearest, shown } from './names';
import { editionsOf, isSameValue, parameters, stepOf, type Edition, type Parameter, type Step } from './parameters';
import type { Setting } from './read';
import type { Settings } from './settings';

/** Limits of which the new default only takes more; the old one, written down, is a finding of its own (conditions.ts). */
const RAISED_LIMITS: ReadonlySet<string> = new Set(['cluster_max_payload']);

/** What `--write` does about a finding. */
export type Mend =
  | { readonly kind: 'rename'; readonly to: string; readonly value: string }
  | { readonly kind: 'comment-out' }
  | { readonly kind: 'value'; readonly value: string }
  /** Only with `--keep-behaviour`: set at the end of the file. */
  | { readonly kind: 'pin'; readonly value: string; readonly comment: string };

/** What an upgrade makes of one setting, or of a parameter that is not set. */
export interface Verdict {
  readonly name: string;
  /** Undefined: it is not set. */
  readonly setting: Setting | undefined;
  /** Undefined for a name that no list has. */
  readonly parameter: Parameter | undefined;
  readonly severity: Severity;
  readonly message: string;
  readonly how: string;
  readonly mend?: Mend;
}

type Told = Pick<Verdict, 'severity' | 'message' | 'how' | 'mend'>;
/** Most severe first: what a minor of both editions is told. */
const ORDER: readonly Severity[] = [
  'breaking',
  'renamed',
  'removed',
  'behaviour',
  'default-changed',
  'deprecated',
  'info',
];
const EDITION: Readonly<Record<Edition, string>> = { oss: 'open source', enterprise: 'Enterprise' };

/** Everything that the lists of parameters say about these settings. */
export function verdicts(settings: Settings, upgrade: Upgrade): Verdict[] {
  const found = settings.all().flatMap((setting) => aboutSetting(setting, settings, upgrade));
  const names = namesOf(settings);
  const edition = shownEnterprise(settings, upgrade) && 'enterprise';
  for (const parameter of parameters().values()) {
    if (names.has(parameter.name) || parameter.internal) continue;
    const told = ofEditions(
      upgrade,
      (editions) => aboutUnset(parameter, stepOf(parameter, upgrade, editions), settings, upgrade),
      edition,
    );
    if (told) found.push({ name: parameter.name, setting: undefined, parameter, ...told });
  }
  return found;
}

/** What is set, also under a name that it had before. */
function namesOf(settings: Settings): ReadonlySet<string> {
  const names = settings.all().flatMap(({ name }) => [name, parameters().get(name)?.replacement ?? name]);
  return new Set(names.flatMap((name) => [name, name.replace(/_file$/, '')]));
}

/** Parameters that the new version has and the old one has not. */
export const newParameters = (upgrade: Upgrade): number =>
  [...parameters().values()].filter(
    (parameter) =>
      !parameter.internal &&
      editionsOf(upgrade).some((editions) => {
        const { before, after } = stepOf(parameter, upgrade, editions);
        return before.default === undefined && after.default !== undefined;
      }),
  ).length;

function aboutSetting(setting: Setting, settings: Settings, upgrade: Upgrade): Verdict[] {
  const base = setting.name.replace(/_file$/, '');
  const parameter =
    parameters().get(setting.name) ?? (setting.origin === 'environment' ? parameters().get(base) : undefined);
  if (parameter === undefined) {
    if (isInjected(setting.name)) return [];
    return [{ name: setting.name, setting, parameter, severity: 'info', ...aboutUnknown(setting) }];
  }
  const told = ofEditions(upgrade, (editions) =>
    aboutSet(setting, parameter, stepOf(parameter, upgrade, editions), editions, settings, upgrade),
  );
  return told ? [{ name: parameter.name, setting, parameter, ...told }] : [];
}

/**
 * What both editions are told alike is told once; what one of them is told names it. `shown`: the edition that the file
 * shows, of which an old default is kept where the two differ.
 */
function ofEditions(
  upgrade: Upgrade,
  tell: (editions: readonly [Edition, Edition]) => Told | undefined,
  shown?: Edition,
): Told | undefined {
  const all = editionsOf(upgrade).map((editions) => ({ edition: editions[1], told: tell(editions) }));
  // Where one edition knows nothing of it, the other one is meant.
  const meant = all.filter(({ told }) => told === undefined || !isForeign(told));
  const heard = (meant.length > 0 ? meant : all).flatMap(({ edition, told }) => (told ? [{ edition, told }] : []));
  const worst = [...heard].sort((a, b) => ORDER.indexOf(a.told.severity) - ORDER.indexOf(b.told.severity))[0];
  if (worst === undefined) return undefined;
  const isOfAll = heard.length === all.length && heard.every(({ told }) => told.message === worst.told.message);
  if (isOfAll || all.length === 1) return worst.told;
  const { mend, ...told } = worst.told;
  const canPin = isPinOf(heard.map((each) => each.told));
  const message = heard.map(({ edition, told: { message } }) => `${EDITION[edition]}: ${message}`).join('; ');
  const ofShown = heard.find(({ edition }) => edition === shown)?.told;
  if (shown !== undefined && mend?.kind === 'pin') {
    return ofShown ? { ...ofShown, message } : { ...told, message };
  }
  return {
    ...told,
    message,
    ...(mend?.kind === 'pin' && !(canPin && heard.length === all.length)
      ? { how: `${told.how}; to keep what was, give --from with its edition, as 2.8.5 or 2.8.4.9` }
      : mend === undefined
        ? {}
        : { mend }),
  };
}

const isPinOf = (all: readonly Told[]): boolean =>
  new Set(all.map(({ mend }) => (mend?.kind === 'pin' ? mend.value : undefined))).size === 1;

const isForeign = (told: Told): boolean => 'foreign' in told;

function aboutUnknown({ written, name, origin }: Setting): Pick<Verdict, 'message' | 'how'> {
  const lower = name.toLowerCase();
  if (written.startsWith('\uFEFF')) {
    return {
      message: 'the file begins with a byte order mark, so Kong does not know its first setting',
      how: 'save it without a byte order mark',
    };
  }
  if (name !== lower && parameters().has(lower)) {
    return {
      message: `${written}: Kong's names are lower case, it ignores this one without a word`,
      how: `write ${lower}`,
    };
  }
  const near = nearest(name);
  const meant = near === undefined ? undefined : origin === 'file' ? near : `KONG_${near.toUpperCase()}`;
  return {
    message: `${written}: no parameter of Kong that is known here; Kong ignores such names without a word${meant === undefined ? '' : `. Meant is probably ${meant}`}`,
    how: meant === undefined ? 'take it out, unless a plugin of yours reads it' : `write ${meant} if it is that`,
  };
}

function aboutSet(
  setting: Setting,
  parameter: Parameter,
  { before, after, between }: Step,
  editions: readonly [Edition, Edition],
  settings: Settings,
  upgrade: Upgrade,
): (Told & { foreign?: true }) | undefined {
  const { name, replacement, note } = parameter;
  const to = upgrade.to.toString();
  const what = shown(name, setting.value);
  const when = between === undefined ? '' : ` (it went between ${between}; the lists do not say in which minor)`;
  const why = note === undefined ? '' : `: ${note}`;
  if (after.default === undefined) {
    if (before.default === undefined && !isGone(parameter, upgrade, editions[1])) {
      const other = parameter.defaults[editions[1] === 'oss' ? 'enterprise' : 'oss'];
      const owner = Object.keys(other).length > 0 && editions[1] === 'oss' ? ' is for Enterprise: open-source' : ':';
      return {
        foreign: true,
        severity: 'info',
        message: `${what}${owner} Kong does not know it, before and after, and ignores it without a word`,
        how: 'nothing changes; take it out when you can',
      };
    }
    if (before.default === undefined) {
      const news = replacement === undefined ? '' : `; set ${replacement} if you want what it meant`;
      return {
        severity: 'info',
        message: `${what}: Kong does not read it, before and after, and says nothing${why}`,
        how: `nothing changes; take it out when you can${news}`,
      };
    }
    if (replacement !== undefined) return renamed(setting, what, parameter, 'renamed', to, when);
    return {
      severity: 'removed',
      message: `${what}: Kong ${to} does not read it, and says nothing${why}${when}`,
      how: 'take it out',
      mend: { kind: 'comment-out' },
    };
  }
  if (after.values && setting.value && !setting.value.startsWith('{vault://') && settings.isEffective(setting)) {
    if (!after.values.includes(setting.value)) return rejected(setting, parameter, after.values, to);
  }
  if (name === 'trusted_ips') {
    const bad = (setting.value ?? '').split(',').find((part) => part.trim() && !isAddress(part.trim()));
    if (bad !== undefined) {
      return {
        severity: 'breaking',
        message: `${name}: Kong does not start, because of the entry ${bad.trim()}`,
        how: 'give IPv4 or IPv6 addresses, CIDR blocks, or unix:',
      };
    }
  }
  if (parameter.deprecated !== undefined && upgrade.to.isAtLeastMinor(parameter.deprecated)) {
    if (replacement !== undefined) return renamed(setting, what, parameter, 'deprecated', to, when);
    const isDefault = isSameValue(setting.value, after.default);
    return {
      severity: isDefault ? 'info' : 'deprecated',
      message: `${what}: Kong ${to} warns about it at start${isDefault ? '; it is the default' : ', and goes on obeying it'}`,
      how: isDefault ? 'take it out' : `plan to live with the default, ${after.default || 'none'}`,
    };
  }
  // Set to the default, or to what was so anyhow, it changes nothing.
  const idle = ['', after.default, parameter.until].some((value) => isSameValue(setting.value, value));
  if (before.default === undefined && setting.value !== undefined && !idle) {
    return {
      foreign: true,
      severity: 'info',
      message: `${what}: Kong ${upgrade.from.toString()} does not know it and ignores it; Kong ${to} obeys it${when}`,
      how: `see that you want it; ${after.default || 'none'} is the default`,
    };
  }
  return undefined;
}

/** Dropped by a version before this upgrade, so that it does nothing in both. */
const isGone = ({ defaults, lived }: Parameter, { from }: Upgrade, edition: Edition): boolean =>
  from.isAtLeastMinor('3.0') && (Object.keys(defaults[edition]).length > 0 || lived !== undefined);

function renamed(
  setting: Setting,
  what: string,
  { name, replacement, recorded }: Parameter,
  severity: Severity,
  to: string,
  when: string,
): Told {
  const value = converted(replacement!, setting.value);
  const seen = severity !== 'deprecated' && recorded !== undefined ? ` (recorded: ${recorded})` : '';
  return {
    severity,
    message:
      severity === 'deprecated'
        ? `${what}: its name is ${replacement} now; Kong ${to} takes the old one still`
        : `${what}: Kong ${to} does not read it, and says nothing; its name is ${replacement} now${seen}${when}`,
    how:
      value === undefined
        ? `set ${replacement}; the value of ${name} has to be put into its form by hand`
        : `set ${replacement}${value === setting.value ? '' : ` = ${value}`} instead`,
    ...(value === undefined ? {} : { mend: { kind: 'rename', to: replacement!, value } }),
  };
}

function rejected(setting: Setting, { name, note }: Parameter, values: readonly string[], to: string): Told {
  const meant = NEAREST_VALUE[name]?.(values);
  return {
    severity: 'breaking',
    message: `${shown(name, setting.value)}: Kong ${to} does not accept it and does not start; it takes ${values.join(', ')}${note === undefined ? '' : ` (${note})`}`,
    how:
      name === 'database'
        ? 'move the data to PostgreSQL before the upgrade (database = postgres)'
        : meant === undefined
          ? `set one of ${values.join(', ')}`
          : `set ${meant}, and see that the database accepts it`,
    ...(meant === undefined ? {} : { mend: { kind: 'value', value: meant } }),
  };
}

/** Where one of the accepted values is the nearest to all others. */
const NEAREST_VALUE: Readonly<Record<string, (values: readonly string[]) => string | undefined>> = {
  pg_ssl_version: (values) => values.find((value) => value === 'tlsv1_2'),
};

const isAddress = (text: string): boolean =>
  text === 'unix:' ||
  /^\d{1,3}(\.\d{1,3}){3}(\/\d{1,2})?$/.test(text) ||
  (/^[0-9a-f:.]+(\/\d{1,3})?$/i.test(text) && text.includes(':'));

function aboutUnset(
  { name, until, onlyWith, note, deprecated }: Parameter,
  { before, after, between }: Step,
  settings: Settings,
  { from, to }: Upgrade,
): Told | undefined {
  if (after.default === undefined) return undefined;
  if (onlyWith !== undefined && !settings.isOn(onlyWith)) return undefined;
  const when = between === undefined ? '' : ` (between ${between}; the lists do not say in which minor)`;
  const why = note === undefined ? '' : `: ${note}`;
  if (before.default === undefined) {
    if (until === undefined || isSameValue(until, after.default)) return undefined;
    return {
      severity: 'behaviour',
      message: `${name} is new, ${after.default} where it is not set; Kong ${from.toString()} behaved as with ${until}${why}${when}`,
      how: `look whether ${after.default} is right for you`,
      mend: { kind: 'pin', value: until, comment: `new, ${after.default} where it is not set` },
    };
  }
  if (isSameValue(before.default, after.default)) return undefined;
  // No value means "not set", which can not be written; and what is not accepted any more can not be kept.
  const canKeep =
    !RAISED_LIMITS.has(name) &&
    before.default !== '' &&
    !before.default.startsWith('<') &&
    (after.values?.includes(before.default) ?? true);
  const warns =
    deprecated !== undefined && to.isAtLeastMinor(deprecated) ? '; Kong warns about that parameter at start' : '';
  return {
    severity: 'default-changed',
    message: `${name} is not set: its default goes from ${before.default || 'none'} to ${after.default || 'none'}${when}`,
    how: canKeep
      ? `look whether ${after.default || 'none'} is right for you${warns}`
      : `set ${name} if ${after.default || 'none'} is not right for you`,
    ...(canKeep
      ? {
          mend: {
            kind: 'pin',
            value: before.default,
            comment: `default ${before.default}, now ${after.default || 'none'}`,
          },
        }
      : {}),
  };
}
