import { Route53Client } from '@aws-sdk/client-route-53';
import type { Route53Settings } from '../../settings/router-schema';
import { nameServersOf } from './name-servers';
import { Route53Router } from './route53-router';

/** Attempts of a call: Route 53 takes five requests a second from an account, all callers together. */
const ATTEMPTS = 6;
const TIMEOUTS = { connectionTimeout: 3000, requestTimeout: 8000, throwOnRequestTimeout: true };

/** The router of `shift.router.route53`. @param region whose partition the zone is in; Route 53 itself is global */
export function openRoute53(settings: Route53Settings, region: string): Route53Router {
  const client = new Route53Client({ region, maxAttempts: ATTEMPTS, requestHandler: TIMEOUTS });
  const { hostedZoneId, names, type, setIdentifiers, sample } = settings;
  return new Route53Router(client, {
    hostedZoneId,
    names,
    type,
    setIdentifiers,
    ...(sample && { nameServers: () => nameServersOf(client, hostedZoneId) }),
  });
}
