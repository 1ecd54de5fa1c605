import type { DeclarativeRule } from '../../rule';
import { deckConsumerGroupPluginsNotConverted } from './deck-consumer-group-plugins-not-converted';
import { deckRlaNestedNamespace } from './deck-rla-nested-namespace';
import { hybridOauth2 } from './hybrid-oauth2';
import { oidcCommunitySession } from './oidc-community-session';
import { pdkServerlessCache } from './pdk-serverless-cache';
import { aclBlacklistWhitelist } from './plugin-acl-blacklist-whitelist';
import { acmeAnyDomain } from './plugin-acme-any-domain';
import { acmeAuthMethod } from './plugin-acme-auth-method';
import { acmeNamespace } from './plugin-acme-namespace';
import { acmeStorageKong } from './plugin-acme-storage-kong';
import { aiRateLimitingArrays } from './plugin-ai-rate-limiting-arrays';
import { aiUpstreamPath } from './plugin-ai-upstream-path';
import { awsLambdaImds } from './plugin-aws-lambda-imds';
import { awsLambdaProxyScheme } from './plugin-aws-lambda-proxy-scheme';
import { awsLambdaRegion } from './plugin-aws-lambda-region';
import { azureRouteprefixFuture } from './plugin-azure-routeprefix-future';
import { botDetectionBlacklistWhitelist } from './plugin-bot-detection-blacklist-whitelist';
import { canaryHashNames } from './plugin-canary-hash-names';
import { collectorRemoved } from './plugin-collector-removed';
import { datadogQueue } from './plugin-datadog-queue';
import { forwardProxyXheaders } from './plugin-forward-proxy-xheaders';
import { functionsRemoved } from './plugin-functions-removed';
import { graphqlRlaRedis } from './plugin-graphql-rla-redis';
import { hideCredentialsDefault } from './plugin-hide-credentials-default';
import { hmacSha1Default } from './plugin-hmac-sha1-default';
import { hmacSignature } from './plugin-hmac-signature';
import { httpLog3xx } from './plugin-http-log-3xx';
import { httpLogHeaders } from './plugin-http-log-headers';
import { httpLogQueue } from './plugin-http-log-queue';
import { httpLogSecretRef } from './plugin-http-log-secret-ref';
import { ipRestrictionBlacklistWhitelist } from './plugin-ip-restriction-blacklist-whitelist';
import { ipRestrictionProtocols } from './plugin-ip-restriction-protocols';
import { jwtMultiToken } from './plugin-jwt-multi-token';
import { kafkaConsumeService } from './plugin-kafka-consume-service';
import { keyAuthEncFips } from './plugin-key-auth-enc-fips';
import { keyAuthTtl } from './plugin-key-auth-ttl';
import { ldapAdv403 } from './plugin-ldap-adv-403';
import { oasValidationContentType } from './plugin-oas-validation-content-type';
import { oauth2CodeBinding } from './plugin-oauth2-code-binding';
import { oauth2RefreshTtl } from './plugin-oauth2-refresh-ttl';
import { oauth2TokensRuntime } from './plugin-oauth2-tokens-runtime';
import { oidcHeaderClaims } from './plugin-oidc-header-claims';
import { oidcSessionRemoved } from './plugin-oidc-session-removed';
import { oidcSessionRenames } from './plugin-oidc-session-renames';
import { openidHttponly } from './plugin-openid-httponly';
import { opentelemetryAccessLogs } from './plugin-opentelemetry-access-logs';
import { opentelemetryQueue } from './plugin-opentelemetry-queue';
import { prometheusMetricsOff } from './plugin-prometheus-metrics-off';
import { prometheusRenames } from './plugin-prometheus-renames';
import { proxyCacheCtx } from './plugin-proxy-cache-ctx';
import { queueIntegers } from './plugin-queue-integers';
import { rateLimitingAdvancedPolicy } from './plugin-rate-limiting-advanced-policy';
import { rateLimitingPolicy } from './plugin-rate-limiting-policy';
import { rateLimitingSyncRate } from './plugin-rate-limiting-sync-rate';
import { redisSharedConfigFuture } from './plugin-redis-shared-config-future';
import { requestTerminationStatus } from './plugin-request-termination-status';
import { requestValidatorCt } from './plugin-request-validator-ct';
import { responseRatelimitingPolicy } from './plugin-response-ratelimiting-policy';
import { rlClusterHybrid } from './plugin-rl-cluster-hybrid';
import { rlCountersSplit } from './plugin-rl-counters-split';
import { rlaNamespace } from './plugin-rla-namespace';
import { samlPriority } from './plugin-saml-priority';
import { sessionCookieDiscard } from './plugin-session-cookie-discard';
import { sessionCookieHttponly } from './plugin-session-cookie-httponly';
import { sessionCookieIdletime } from './plugin-session-cookie-idletime';
import { sessionCookieLifetime } from './plugin-session-cookie-lifetime';
import { sessionCookieRenew } from './plugin-session-cookie-renew';
import { sessionCookieSamesite } from './plugin-session-cookie-samesite';
import { sessionDefaults } from './plugin-session-defaults';
import { sessionReadBodyForLogout } from './plugin-session-read-body-for-logout';
import { sessionStorageKong } from './plugin-session-storage-kong';
import { sessionV4 } from './plugin-session-v4';
import { statsdAdvanced } from './plugin-statsd-advanced';
import { statsdNames } from './plugin-statsd-names';
import { statsdQueue } from './plugin-statsd-queue';
import { syslogFacility } from './plugin-syslog-facility';
import { tlsVerifyDefault } from './plugin-tls-verify-default';
import { transformerUntrustedLua } from './plugin-transformer-untrusted-lua';
import { zipkinQueue } from './plugin-zipkin-queue';

/**
 * One rule for every entry about plugins that can be seen in a configuration, in the order in which they run: what a
 * tool leaves out is told before it is mended, a default is written down before it is looked at.
 */
export const PLUGIN_RULES: readonly DeclarativeRule[] = [
  deckConsumerGroupPluginsNotConverted,
  deckRlaNestedNamespace,
  pdkServerlessCache,
  rlClusterHybrid,
  samlPriority,
  aclBlacklistWhitelist,
  botDetectionBlacklistWhitelist,
  ipRestrictionBlacklistWhitelist,
  canaryHashNames,
  acmeAuthMethod,
  acmeAnyDomain,
  acmeNamespace,
  awsLambdaRegion,
  awsLambdaProxyScheme,
  awsLambdaImds,
  httpLogHeaders,
  httpLog3xx,
  httpLogSecretRef,
  httpLogQueue,
  statsdQueue,
  datadogQueue,
  opentelemetryQueue,
  zipkinQueue,
  queueIntegers,
  jwtMultiToken,
  prometheusMetricsOff,
  prometheusRenames,
  statsdNames,
  statsdAdvanced,
  functionsRemoved,
  proxyCacheCtx,
  rateLimitingPolicy,
  responseRatelimitingPolicy,
  rateLimitingAdvancedPolicy,
  rateLimitingSyncRate,
  rlaNamespace,
  rlCountersSplit,
  sessionV4,
  sessionCookieLifetime,
  sessionCookieIdletime,
  sessionCookieSamesite,
  sessionCookieHttponly,
  sessionCookieDiscard,
  sessionCookieRenew,
  oidcSessionRenames,
  oidcSessionRemoved,
  sessionDefaults,
  oauth2RefreshTtl,
  oauth2CodeBinding,
  oauth2TokensRuntime,
  sessionStorageKong,
  acmeStorageKong,
  keyAuthTtl,
  collectorRemoved,
  syslogFacility,
  requestTerminationStatus,
  ipRestrictionProtocols,
  requestValidatorCt,
  hmacSignature,
  graphqlRlaRedis,
  forwardProxyXheaders,
  ldapAdv403,
  transformerUntrustedLua,
  openidHttponly,
  keyAuthEncFips,
  azureRouteprefixFuture,
  redisSharedConfigFuture,
  hybridOauth2,
  oidcCommunitySession,
  sessionReadBodyForLogout,
  oasValidationContentType,
  aiRateLimitingArrays,
  aiUpstreamPath,
  kafkaConsumeService,
  opentelemetryAccessLogs,
  hideCredentialsDefault,
  hmacSha1Default,
  tlsVerifyDefault,
  oidcHeaderClaims,
];

/** The entries of the facts that these rules tell of. */
export const PLUGIN_CHANGES: readonly string[] = PLUGIN_RULES.map(({ id }) => id);
