import { EXIT, KongDualClusterError, type ExitCode } from '../errors';
import type { Context } from './context';
import { DeployedSystem, here } from './system';

/** @throws KongDualClusterError SHIFT_NOT_RUNNING (exit 64) */
export async function runShiftPause(context: Context): Promise<ExitCode> {
  const system = await DeployedSystem.open(context);
  const lock = await system.table.readLock();
  const request = { what: 'pause', by: system.caller, at: new Date().toISOString() } as const;
  const isDead = lock?.host === here.host && !here.isAlive(lock.pid);
  if (lock === undefined || isDead || !lock.command.startsWith('shift') || !(await system.table.ask(request))) {
    throw new KongDualClusterError('SHIFT_NOT_RUNNING', 'no shift is running that could be paused', {
      found: lock
        ? `${lock.command} holds the lock${isDead ? `, and is dead (process ${lock.pid})` : ''}`
        : 'nobody holds the lock',
      remedy: isDead
        ? 'nobody watches the alarms: kong-dual-cluster shift resume, or kong-dual-cluster shift abort'
        : '`kong-dual-cluster shift status` says where the traffic is',
      exitCode: EXIT.usage,
    });
  }
  context.print(
    `asked the run on ${lock.host} to hold at its next look: ${lock.doing}\nit goes on watching the alarms; go on: kong-dual-cluster shift resume`,
    { asked: 'pause', lock },
  );
  return EXIT.done;
}
