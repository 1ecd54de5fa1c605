import { EXIT, KongDualClusterError } from '../errors';
import { dayOf, FACTS_AS_OF, hasEdition, latestPatch, postgresMajors, releaseOf } from './catalogue';
import { bestWay, takes } from './hops';
import type { HopFact } from './hops';
import { KongVersion } from './kong-version';
import type { Edition } from './kong-version';
import type { Editions, Hop, PathOptions, UpgradePath } from './hop';
import { pathWarnings } from './path-warnings';
import { stepRefused } from './steps';

/**
 * The stops from one version to another: the fewest hops that Kong documents, long-term version to long-term version
 * where there is one. `2.6` to `3.4` is 2.6 → 2.8 → 3.4; whether one upgrade may go from one version to the other at
 * once is `requireStep`. Each hop is one run of migrations; only the last stop needs to serve.
 *
 * Up to 2.4 it is minor by minor (0.36 → 1.3 → 1.5 → 2.1 → 2.2 → 2.3 → 2.4), because the direct hops from 2.1 on lead to
 * 2.8 only. Versions that Kong's chain leaves out come to it by the rule of its guides (earlier than 1.5 goes to 1.5
 * first, earlier than 2.1 to 2.1); Enterprise 0.30 to 0.35 by way of 0.34, 0.35 and 0.36.
 *
 * @throws KongDualClusterError VERSION_INVALID, DATE_INVALID, and with exit code 8 and an alternative:
 * VERSION_STEP_UNSUPPORTED (a downgrade, an unknown version, no way), EDITION_WITHOUT_RELEASE, HYBRID_WRPC_ONLY
 */
export function upgradePath(from: KongVersion | string, to: KongVersion | string, options: PathOptions): UpgradePath {
  const [start, target] = [from, to].map((version) =>
    typeof version === 'string' ? KongVersion.parse(version) : version,
  ) as [KongVersion, KongVersion];
  const day = dayOf(options.asOf);
  if ([start, target].some((version) => releaseOf(version.minor()) === undefined)) {
    throw stepRefused(start, target, undefined);
  }
  const editions = editionsOf(start, target, options.edition);
  requireEditions(start, target, editions);
  const { mode = 'traditional' } = options;
  if (mode === 'hybrid') requireCommonProtocol(start, target, editions.to);

  const hops = hopsOf(start, target, editions, mode);
  const warnings = pathWarnings({
    start,
    target,
    hops,
    editions,
    day,
    mode,
    datastore: options.datastore ?? (mode === 'db-less' ? 'off' : undefined),
    postgresMajor: options.postgresMajor,
  });
  return { from: start.toString(), to: target.toString(), hops, warnings, factsAsOf: FACTS_AS_OF };
}

function editionsOf(start: KongVersion, target: KongVersion, given: Edition | undefined): Editions {
  // Nothing leads from Enterprise back: who asks for open source runs it.
  const implied = target.edition() ?? onlyEditionOf(target);
  const from =
    start.edition() ?? given ?? onlyEditionOf(start) ?? target.edition() ?? (implied === 'oss' ? 'oss' : undefined);
  return { from, to: implied ?? from };
}

function onlyEditionOf(version: KongVersion): Edition | undefined {
  const [oss, enterprise] = [hasEdition(version.minor(), 'oss'), hasEdition(version.minor(), 'enterprise')];
  return oss === enterprise ? undefined : oss ? 'oss' : 'enterprise';
}

function requireEditions(start: KongVersion, target: KongVersion, editions: Editions): void {
  for (const [version, edition] of [
    [start, editions.from],
    [target, editions.to],
  ] as const) {
    if (edition === undefined || hasEdition(version.minor(), edition)) continue;
    const other: Edition = edition === 'oss' ? 'enterprise' : 'oss';
    throw new KongDualClusterError(
      'EDITION_WITHOUT_RELEASE',
      `Kong published no ${NAME[edition]} release of ${version.minor()}`,
      {
        found: version.toString(),
        remedy: `name the ${NAME[other]} version, ${latestPatch(version.minor(), other) ?? version.minor()}`,
        exitCode: EXIT.preflightRefused,
      },
    );
  }
  if (editions.from === 'enterprise' && editions.to === 'oss') {
    throw new KongDualClusterError('VERSION_STEP_UNSUPPORTED', 'Kong documents no way from Enterprise to open source', {
      found: `${start.toString()} → ${target.toString()}`,
      remedy: hasEdition(target.minor(), 'enterprise')
        ? `stay with Enterprise: ${latestPatch(target.minor(), 'enterprise') ?? target.minor()}`
        : `stay with Enterprise; ${target.minor()} exists as open source only`,
      exitCode: EXIT.preflightRefused,
    });
  }
}

const NAME: Readonly<Record<Edition, string>> = { oss: 'open-source', enterprise: 'Enterprise' };

/**
 * Control and data planes of some versions of 3.1 speak no protocol that an older or a newer one speaks: no hybrid
 * deployment stops there, and one that runs there leaves it inside the minor first.
 */
function requireCommonProtocol(start: KongVersion, target: KongVersion, edition: Edition | undefined): void {
  const isWrpcOnly = (version: KongVersion): boolean =>
    releaseOf(version.minor())!.wrpcOnly?.includes(version.toString()) === true;
  const refused = isWrpcOnly(target) ? target : isWrpcOnly(start) ? start : undefined;
  const sameMinor = start.minor() === target.minor();
  // Inside the minor it is left behind, except by an image tag of open source, which has no such patch.
  const leaves = sameMinor && !(target.namesNoPatch() && edition === 'oss');
  if (refused === undefined || (refused === start && leaves) || start.compare(target) === 0) return;
  const way = latestPatch(refused.minor(), 'enterprise')!;
  throw new KongDualClusterError(
    'HYBRID_WRPC_ONLY',
    `control and data planes of ${refused.toString()} speak wRPC only, which neither older versions nor 3.2 and later speak`,
    {
      found: `${start.toString()} → ${target.toString()} in hybrid mode`,
      remedy:
        refused === target
          ? `go to ${way} instead (3.1.1.2 and later speak both protocols)`
          : `upgrade ${start.toString()} → ${way} first (3.1.1.2 and later speak both protocols)` +
            (sameMinor ? '' : `, then ${way} → ${target.toString()}`) +
            (edition === 'oss' ? '; no open-source patch of 3.1 speaks both' : ''),
      exitCode: EXIT.preflightRefused,
    },
  );
}

function hopsOf(
  start: KongVersion,
  target: KongVersion,
  editions: Editions,
  mode: PathOptions['mode'],
): readonly Hop[] {
  if (start.minor() === target.minor()) return patchHop(start, target, editions, mode);
  // Open source that becomes Enterprise may do so at any stop that both have.
  const edition = editions.from === editions.to ? editions.to : undefined;
  const way =
    start.compare(target) > 0
      ? undefined
      : bestWay(start.minor(), target.minor(), (hop) => takes(hop, target, edition));
  if (way === undefined) throw stepRefused(start, target, undefined);
  let running = editions.from;
  return way.map((fact, i) => {
    running = editionAt(fact.from, running, editions.to);
    const isLast = i === way.length - 1;
    return hopOf(fact, isLast ? target : KongVersion.parse(fact.to), isLast ? editions.to : running, mode);
  });
}

/** Open source becomes Enterprise at the first stop that both have; then Enterprise goes on. */
const editionAt = (minor: string, running: Edition | undefined, last: Edition | undefined): Edition | undefined =>
  running === 'oss' && last === 'enterprise' && hasEdition(minor, 'enterprise') ? 'enterprise' : running;

function hopOf(fact: HopFact, stop: KongVersion, edition: Edition | undefined, mode: PathOptions['mode']): Hop {
  const { from, to, kind, edition: only, note, deckConvert, guide, preflight, sources } = fact;
  const patches = latestPatches(to, mode);
  return {
    from,
    to,
    kind,
    version: stop.namesNoPatch() ? ((edition && patches[edition]) ?? to) : stop.toString(),
    latestPatch: patches,
    ...(postgresMajors(to) && { postgres: postgresMajors(to) }),
    ...(only !== undefined && { edition: only }),
    ...(note !== undefined && { note }),
    ...(deckConvert !== undefined && { deckConvert }),
    ...(guide !== undefined && { guide }),
    ...(preflight !== undefined && { preflight }),
    sources,
  };
}

/** One step inside a minor, or none: `3.4` is whatever patch its image holds, so nothing says that it is older. */
function patchHop(
  start: KongVersion,
  target: KongVersion,
  { from, to }: Editions,
  mode: PathOptions['mode'],
): readonly Hop[] {
  const minor = start.minor();
  const latest = to && latestPatch(minor, to);
  const goal =
    target.namesNoPatch() && !start.namesNoPatch() && latest !== undefined ? KongVersion.parse(latest) : target;
  const changesEdition = from !== to;
  const isNewer = changesEdition || start.compare(goal) < 0;
  if (!isNewer) {
    if (target.namesNoPatch() || start.compare(target) === 0) return [];
    throw stepRefused(start, target, undefined);
  }
  return [
    {
      from: start.toString(),
      to: goal.toString(),
      kind: 'patch',
      version: goal.toString(),
      latestPatch: latestPatches(minor, mode),
      ...(postgresMajors(minor) && { postgres: postgresMajors(minor) }),
      sources: ['https://developer.konghq.com/gateway/upgrade/'],
    },
  ];
}

/** Without those at which a hybrid deployment must not stop. */
function latestPatches(minor: string, mode: PathOptions['mode']): Hop['latestPatch'] {
  const excluded = (mode === 'hybrid' && releaseOf(minor)?.wrpcOnly) || [];
  const [oss, enterprise] = (['oss', 'enterprise'] as const).map((edition) => {
    const patch = latestPatch(minor, edition);
    return patch === undefined || excluded.includes(patch) ? undefined : patch;
  });
  return { ...(oss !== undefined && { oss }), ...(enterprise !== undefined && { enterprise }) };
}
