import type { DeclarativeRule } from '../rule';
import { caCertificatesDigest } from './ca-certificates-digest';
import { confOpensslSeclevel2 } from './conf-openssl-seclevel2';
import { confOpenssl3 } from './conf-openssl3';
import { confPluginsMustBeListed } from './conf-plugins-must-be-listed';
import { consumerGroupCoreEntity } from './consumer-group-core-entity';
import { consumerGroupScopeHybrid } from './consumer-group-scope-hybrid';
import { declarativeUniqueness } from './declarative-uniqueness';
import { formatVersion3 } from './format-version-3';
import { lmdbKey511 } from './lmdb-key-511';
import { migrationNoRegexPrecheck } from './migration-no-regex-precheck';
import { PLUGIN_RULES } from './plugins';
import { routeMultipathPriority } from './route-multipath-priority';
import { routePathHandlingV1 } from './route-path-handling-v1';
import { routePlainPathNormalization } from './route-plain-path-normalization';
import { routeProtocolsDefault } from './route-protocols-default';
import { routeRegexBackreference } from './route-regex-backreference';
import { routeRegexLookaround } from './route-regex-lookaround';
import { routeRegexMeaning } from './route-regex-meaning';
import { routeRegexOverescape } from './route-regex-overescape';
import { routeRegexPercentEncoding } from './route-regex-percent-encoding';
import { routeRegexRustDialect } from './route-regex-rust-dialect';
import { routeRegexTilde } from './route-regex-tilde';
import { routeServicelessRegexNotConverted } from './route-serviceless-regex-not-converted';
import { routeWildcardStar } from './route-wildcard-star';
import { routerFlavorDefault } from './router-flavor-default';
import { serviceTlsVerifyDefault } from './service-tls-verify-default';
import { tagsWithSpace } from './tags-with-space';
import { targetsDuplicate } from './targets-duplicate';
import { targetsWeight0Health } from './targets-weight0-health';
import { vaultsBetaRenamed } from './vaults-beta-renamed';
import { workspaceReservedNames } from './workspace-reserved-names';

/** Regexes first become what the database migration makes of them; the rules behind look at that. */
const PATHS = [routeRegexPercentEncoding, routeWildcardStar, routeServicelessRegexNotConverted, routeRegexTilde];
const REGEXES = [
  routeRegexLookaround,
  routeRegexBackreference,
  routeRegexOverescape,
  routeRegexRustDialect,
  routeRegexMeaning,
  migrationNoRegexPrecheck,
];

/** Every rule, in the order in which they run: each sees the edits of those before it. */
export const RULES: readonly DeclarativeRule[] = [
  formatVersion3,
  vaultsBetaRenamed,
  ...PATHS,
  ...REGEXES,
  routerFlavorDefault,
  routePathHandlingV1,
  routeMultipathPriority,
  // The last of the routes': decoded, a plain path of a 2.x file may look like a regex.
  routePlainPathNormalization,
  routeProtocolsDefault,
  serviceTlsVerifyDefault,
  targetsDuplicate,
  targetsWeight0Health,
  declarativeUniqueness,
  lmdbKey511,
  caCertificatesDigest,
  confOpensslSeclevel2,
  confOpenssl3,
  consumerGroupCoreEntity,
  consumerGroupScopeHybrid,
  confPluginsMustBeListed,
  tagsWithSpace,
  workspaceReservedNames,
  ...PLUGIN_RULES,
].map((rule) => rule);

/** Ids of the entries in the facts that `check declarative` looks for. */
export const DECLARATIVE_CHANGES: readonly string[] = [...new Set(RULES.map(({ id }) => id))];
