import { hasEdition, latestPatch } from '../release/catalogue';
import { KongVersion, type Edition } from '../release/kong-version';
import type { Hop } from '../release/hop';
import type { Settings } from '../settings/schema';

export type Mode = 'traditional' | 'hybrid' | 'db-less';
export type DatastoreKind = 'postgres' | 'cassandra' | 'off';
export type Platform = 'ecs' | 'eks' | 'ec2';
export type { Edition };

/** Data that requests make and that only the database of the slot they reach knows. */
export interface RuntimeState {
  /** The oauth2 plugin: tokens and codes. */
  readonly oauth2: boolean;
  /** The session plugin with storage `kong`. */
  readonly sessions: boolean;
  /** The acme plugin with storage `kong`. */
  readonly acme: boolean;
  /** key-auth credentials with a ttl. */
  readonly keyAuthTtl: boolean;
  /** rate-limiting, response-ratelimiting or rate-limiting-advanced that count in the database. */
  readonly clusterRateLimits: boolean;
}

export interface Helm {
  /** All Kong nodes in one release, or in several (proxy, admin, portal) on the same database. */
  readonly releases: 'single' | 'split';
  /** In the order of the upgrade; the first runs `up`, the last `finish`. */
  readonly releaseNames: readonly string[];
  readonly namespace: string;
  readonly chart: string;
  /** Chart version that is installed; `$CHART_NOW` where not known. */
  readonly chartNow: string;
  /** Chart version to go to, in a step of its own; `$CHART_NEW` where not known. */
  readonly chartNew: string;
  /** Whether Kong Ingress Controller configures Kong. */
  readonly ingressController: boolean;
}

/** What is upgraded and what is allowed: all that the choice of a strategy and its runbook depend on. */
export interface Situation {
  readonly from: KongVersion;
  readonly to: KongVersion;
  readonly mode: Mode;
  readonly datastore: DatastoreKind;
  readonly platform: Platform;
  readonly edition: Edition;
  /** Users may be without the gateway for a while. */
  readonly downtimeAllowed: boolean;
  /** A second cluster of the same size, with a database of its own, can run beside the first. */
  readonly spareCapacity: boolean;
  /** A new empty datastore instead of the old data. */
  readonly fresh: boolean;
  /** Both versions on one database, which Kong calls blue-green. */
  readonly sharedDatabase: boolean;
  /** Key of the settings: Terraform deploys. Absent: AWS CDK. */
  readonly terraform?: Settings['terraform'];
  /** Names of plugins that the new cluster has and the old one has not. */
  readonly pluginsAdded: readonly string[];
  readonly customPlugins: boolean;
  readonly keyring: boolean;
  readonly runtimeState: RuntimeState | 'unknown';
  readonly helm: Helm;
  /** Where the mode changes with, that is after, the upgrade. */
  readonly toMode?: Mode;
  /** Where the edition changes. */
  readonly toEdition?: Edition;
  /** The path, as `upgradePath` found it. */
  readonly hops: readonly Hop[];
}

export type SituationInput = Pick<Situation, 'from' | 'to'> &
  Partial<Omit<Situation, 'from' | 'to' | 'hops' | 'helm'>> & { readonly helm?: Partial<Helm> };

/**
 * The situation with everything filled in that was not said: a traditional, open-source Kong on PostgreSQL and ECS, no
 * downtime allowed, capacity for a second cluster, one Helm release `kong`, runtime state not looked at. Enterprise is
 * taken from a version with four numbers; `datastore` from the mode where the mode is DB-less.
 */
export function situationOf(input: SituationInput, hops: readonly Hop[]): Situation {
  const mode = input.mode ?? 'traditional';
  const releases = input.helm?.releases ?? ((input.helm?.releaseNames?.length ?? 1) > 1 ? 'split' : 'single');
  return {
    mode,
    datastore: mode === 'db-less' ? 'off' : 'postgres',
    platform: 'ecs',
    downtimeAllowed: false,
    spareCapacity: true,
    fresh: false,
    sharedDatabase: false,
    pluginsAdded: [],
    customPlugins: false,
    keyring: false,
    runtimeState: 'unknown',
    ...withoutUndefined(input),
    ...editionsOf(input),
    helm: {
      releases,
      releaseNames: releases === 'split' ? ['kong-admin', 'kong-proxy'] : ['kong'],
      namespace: 'kong',
      chart: 'kong/kong',
      chartNow: '$CHART_NOW',
      chartNew: '$CHART_NEW',
      ingressController: false,
      ...withoutUndefined(input.helm ?? {}),
    },
    hops,
  };
}

/** As the path reads them: a number says more than an option, and nothing leads from Enterprise back. */
function editionsOf({ from, to, ...given }: SituationInput): { edition: Edition; toEdition: Edition } {
  const target = given.toEdition ?? to.edition() ?? onlyEditionOf(to);
  const edition = from.edition() ?? given.edition ?? onlyEditionOf(from) ?? (given.toEdition ? 'oss' : target) ?? 'oss';
  return { edition, toEdition: target ?? edition };
}

/** Whether neither the versions nor the caller have said which edition runs. */
export const editionIsAssumed = ({ from, edition }: SituationInput): boolean =>
  from.edition() === undefined && edition === undefined && onlyEditionOf(from) === undefined;

function onlyEditionOf(version: KongVersion): Edition | undefined {
  const [oss, enterprise] = [hasEdition(version.minor(), 'oss'), hasEdition(version.minor(), 'enterprise')];
  return oss === enterprise ? undefined : oss ? 'oss' : 'enterprise';
}

function withoutUndefined<T extends object>(value: T): T {
  return Object.fromEntries(Object.entries(value).filter(([, field]) => field !== undefined)) as T;
}

/** The edition after the upgrade. */
export const editionAfter = ({ edition, toEdition }: Pick<Situation, 'edition' | 'toEdition'>): Edition =>
  toEdition ?? edition;

/** Whether a hop goes from a 2.x (or older) version to a 3.x one. */
export const crossesMajor3 = ({ from, to }: Pick<Situation, 'from' | 'to'>): boolean =>
  !from.isAtLeastMinor('3.0') && to.isAtLeastMinor('3.0');

/** A version whose migrations run, with the image that runs them. */
export interface Stop {
  /** `3.4`; for a step inside a minor the version itself. */
  readonly version: string;
  readonly edition: Edition;
  readonly image: string;
  /** Undefined where the edition changes and the version does not. */
  readonly hop?: Hop;
}

/**
 * The stops of a private copy, in order. A change from open source to Enterprise is a stop of its own at the first
 * version that both editions have, because Kong supports that change only between equal versions (Kong: Migrate from
 * OSS to Enterprise); a step inside a minor does both at once.
 */
export function stopsOf(situation: Situation): Stop[] {
  const { from, hops } = situation;
  const last = editionAfter(situation);
  let running = situation.edition;
  const stops: Stop[] = [];
  const become = (version: string): void => {
    running = last;
    stops.push({ version, edition: last, image: imageOf(version, last) });
  };
  for (const hop of hops) {
    const minor = KongVersion.parse(hop.from).minor();
    if (running !== last && hop.kind !== 'patch' && hasEdition(minor, last)) become(minor);
    if (hop.kind === 'patch') running = last;
    stops.push({ version: hop.to, edition: running, image: imageOf(hop.version, running, hop), hop });
  }
  if (running !== last) become(hops.at(-1)?.to ?? from.minor());
  return stops;
}

/**
 * The official image, with the newest patch of the edition that the facts know where the version names none. Of old
 * Enterprise versions no patch and no public image is known: `$KONG_IMAGE_1_3` stands for the one that you have.
 */
export function imageOf(version: string, edition: Edition, hop?: Hop): string {
  const named = KongVersion.parse(version);
  const tag =
    named.edition() === edition ? version : (hop?.latestPatch[edition] ?? latestPatch(named.minor(), edition));
  if (edition === 'enterprise') {
    return tag === undefined ? `$KONG_IMAGE_${version.replace(/\W/g, '_')}` : `kong/kong-gateway:${tag}`;
  }
  return `kong:${tag ?? version}`;
}
