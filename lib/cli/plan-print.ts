import { EXIT, KongDualClusterError, type ExitCode } from '../errors';
import { planDocument, type PlanDocument, type ShiftOutlook, type ShiftWords } from '../render/plan-document';
import { planHtml } from '../render/plan-html';
import { planMarkdown } from '../render/plan-markdown';
import { planText } from '../render/plan-text';
import { upgradePlan } from '../strategy/plan';
import type { DatastoreKind, Edition, Mode, Platform, SituationInput } from '../strategy/situation';
import type { PlanOverrides } from '../traffic/plan-of-settings';
import type { Context } from './context';
import type { TrafficFlags } from './plan-stages';
import { versionFlag } from './version-flag';

/** What is said of the upgrade on the command line; what is not said is taken from the settings or assumed. */
export interface UpgradeFlags {
  readonly from?: string;
  /** A version; `blue` or `green` for the slot of a shift that is to rise. */
  readonly to?: string;
  readonly mode?: Mode;
  readonly edition?: Edition;
  readonly datastore?: DatastoreKind;
  readonly postgres?: number;
  readonly platform?: Platform;
  readonly downtimeAllowed?: boolean;
  /** False with `--no-spare-capacity`. */
  readonly spareCapacity?: boolean;
  readonly fresh?: boolean;
  readonly sharedDatabase?: boolean;
  readonly plugin?: readonly string[];
  readonly customPlugins?: boolean;
  readonly keyring?: boolean;
  readonly helm?: 'single' | 'split';
  readonly toMode?: Mode;
  readonly toEdition?: Edition;
  readonly asOf?: string;
  /** A declarative file, `-`, or the URL of an Admin API, to find runtime state in. */
  readonly declarative?: string;
}

/** Those of a shift, as of `shift start`. */
export interface ShiftFlags extends PlanOverrides {
  readonly minRequests?: number;
  readonly maxExtension?: string;
  readonly alarm?: readonly string[];
  readonly acceptThawed?: boolean;
}

export type PlanFlags = UpgradeFlags & ShiftFlags & TrafficFlags;

/** What `--declarative` tells; nothing without it. */
export async function foundIn(context: Context, { from, to }: Versions, flags: UpgradeFlags): Promise<Found> {
  if (flags.declarative === undefined) return {};
  const upgrade = { from: versionFlag('--from', from), to: versionFlag('--to', to) };
  return (await import('./plan-configuration.js')).configurationFacts(context, flags.declarative, upgrade);
}

export interface Versions {
  readonly from: string;
  readonly to: string;
}
export type Found = Pick<SituationInput, 'runtimeState' | 'customPlugins' | 'terraform'>;

/**
 * @param today day for which support is judged, unless `--as-of` names another
 * @throws KongDualClusterError VERSION_INVALID, and as `upgradePlan`
 */
export function planOf(
  versions: Versions,
  flags: UpgradeFlags,
  today = new Date().toISOString().slice(0, 10),
  found: Found = {},
): PlanDocument {
  const situation = { ...situationInput(versions, flags), ...found };
  return planDocument(
    upgradePlan(situation, {
      asOf: flags.asOf ?? today,
      ...(flags.postgres !== undefined && { postgresMajor: flags.postgres }),
    }),
  );
}

function situationInput({ from, to }: Versions, flags: UpgradeFlags): SituationInput {
  const { helm, platform } = flags;
  refuseOtherEdition('--from', from, '--edition', flags.edition);
  refuseOtherEdition('--to', to, '--to-edition', flags.toEdition);
  if (helm !== undefined && platform !== undefined && platform !== 'eks') {
    throw new KongDualClusterError('COMMAND_LINE', '--helm is for EKS', {
      found: `--platform ${platform} --helm ${helm}`,
      remedy: 'leave --helm out, or give --platform eks',
      exitCode: EXIT.usage,
    });
  }
  return defined({
    from: versionFlag('--from', from),
    to: versionFlag('--to', to),
    mode: flags.mode,
    edition: flags.edition,
    datastore: flags.datastore,
    platform: platform ?? (helm === undefined ? undefined : ('eks' as const)),
    downtimeAllowed: flags.downtimeAllowed,
    spareCapacity: flags.spareCapacity,
    fresh: flags.fresh,
    sharedDatabase: flags.sharedDatabase,
    pluginsAdded: flags.plugin,
    customPlugins: flags.customPlugins,
    keyring: flags.keyring,
    helm: helm === undefined ? undefined : { releases: helm },
    toMode: flags.toMode,
    toEdition: flags.toEdition,
  });
}

/** A version of three numbers is open source, one of four Enterprise: an option cannot say otherwise. */
function refuseOtherEdition(
  option: '--from' | '--to',
  text: string,
  other: string,
  edition: Edition | undefined,
): void {
  const version = versionFlag(option, text);
  if (edition === undefined || (version.edition() ?? edition) === edition) return;
  throw new KongDualClusterError(
    'COMMAND_LINE',
    `${option} and ${other} name two editions: three numbers are open source, four Enterprise`,
    {
      found: `${option} ${text} ${other} ${edition}`,
      remedy: `leave ${other} out, or give ${option} ${version.minor()}`,
      exitCode: EXIT.usage,
    },
  );
}

/** Without the keys that have no value. */
function defined<T extends object>(value: T): { [K in keyof T]: Exclude<T[K], undefined> } {
  return Object.fromEntries(Object.entries(value).filter(([, field]) => field !== undefined)) as {
    [K in keyof T]: Exclude<T[K], undefined>;
  };
}

/** Prints the plan in the form that `--output` names; with a shift that would be refused exit code 2. */
export function printPlan(
  context: Context,
  plan: PlanDocument,
  live?: { readonly shift: ShiftOutlook; readonly words: ShiftWords },
): ExitCode {
  const document: PlanDocument = live === undefined ? plan : { ...plan, shift: live.shift };
  context.print(() => planText(document, { colors: context.colors }, live?.words), document, {
    markdown: () => planMarkdown(document, live?.words),
    html: () => planHtml(document, live?.words),
  });
  return EXIT.done;
}
