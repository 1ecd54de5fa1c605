import { EXIT, KongDualClusterError } from '../../errors';

export const denied = (url: string, what: string, status: number): KongDualClusterError =>
  new KongDualClusterError('ROUTER_DENIED', `${url} refuses ${what}`, {
    found: String(status),
    remedy:
      'correct username and password in the secret of shift.router.f5.credentials; AS3 wants a user with the role Administrator',
  });

export const untrusted = (url: string, code: string): KongDualClusterError =>
  new KongDualClusterError('ROUTER_UNTRUSTED', `the certificate of ${url} is not trusted`, {
    found: code,
    remedy:
      'set shift.router.f5.caFile to the certificate authority that signed it, in PEM; it is never left unchecked',
  });

/** Somebody who can wait tries again: the name is one of those that the runner takes for passing. */
export const unreachable = (url: string, found: string): Error =>
  Object.assign(new Error(`${url} does not answer: ${found}`), { name: 'ServiceUnavailable' });

/** The framework answers 404 for AS3 while that starts, after a reboot for minutes, and where it is not installed. */
export const notServed = (url: string): Error =>
  unreachable(url, 'AS3 is not there (404): it starts, or is not installed; look at restnoded.log on the unit');

export const standby = (url: string, status: string): KongDualClusterError =>
  new KongDualClusterError('ROUTER_UNIT_STANDBY', 'this unit is not the active one', {
    found: `${url} says ${status}`,
    remedy: 'let shift.router.f5.url be the active unit, best a floating address that follows it',
    exitCode: EXIT.preflightRefused,
  });

export const missing = (what: string): KongDualClusterError =>
  new KongDualClusterError('ROUTER_RULE_MISSING', 'the pool that splits the traffic is not declared', {
    found: `there is no ${what}`,
    remedy:
      'deploy the declaration that has it, or correct tenant, application and pool under shift.router.f5 in the settings',
    exitCode: EXIT.conflict,
  });

export const changed = (pool: string, found: string, remedy: string): KongDualClusterError =>
  new KongDualClusterError('ROUTER_RULE_CHANGED', 'the pool does not split between blue and green as it should', {
    found: `${pool}: ${found}`,
    remedy: `${remedy}; \`kong-dual-cluster shift abort\` writes the members from before the shift where its journal is`,
    exitCode: EXIT.conflict,
  });

export const sticky = (services: readonly string[]): KongDualClusterError =>
  new KongDualClusterError('ROUTER_STICKY', 'a service keeps its clients on a member, whatever the ratios', {
    found: services.join('; '),
    remedy: 'add to each of them in the declaration: "persistenceMethods": []',
    exitCode: EXIT.preflightRefused,
  });

export const writeFailed = (found: string, remedy: string): KongDualClusterError =>
  new KongDualClusterError('ROUTER_WRITE_FAILED', 'AS3 did not deploy the ratios', { found, remedy });

export const notEffective = (found: string): KongDualClusterError =>
  new KongDualClusterError('ROUTER_NOT_EFFECTIVE', 'no member of the rising slot takes connections', {
    found,
    remedy: 'look at the monitors of the pool; then run the same command again',
    exitCode: EXIT.inconclusive,
  });
