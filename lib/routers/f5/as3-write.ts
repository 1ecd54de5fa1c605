import type { MayWrite } from '../router';
import type { Answer, BigIp } from './big-ip';
import { writeFailed } from './f5-errors';
import type { Json } from './pool';

/** Milliseconds between two looks at a task. */
const POLL_MS = 500;
/** AS3 deploys a tenant in seconds; a burst of other declarations is queued before it ("Burst handling", AS3 3.23). */
const TASK_MS = 120_000;
/** While a task goes on, the lock is asked for this often, milliseconds: whoever has lost it does not wait on. */
const SIGN_OF_LIFE_MS = 5000;
/** Another configuration is under way: said as 503. */
const BUSY_MS = 3000;
const BUSY_ATTEMPTS = 5;

export interface Waiting {
  readonly sleep: (milliseconds: number) => Promise<void>;
  /** Milliseconds; only differences count. */
  readonly now: () => number;
}

/** What became of a write: deployed, or refused because somebody changed the tenant since it was read. */
export type Deployed = 'deployed' | 'stale';

/** AS3 says of a lock key that does not match: "The hash you submitted does not match the hash on the current Tenant." */
const STALE = /hash you submitted does not match/i;

/**
 * One JSON patch of a tenant, deployed by AS3 as a task. The answer 202 says nothing yet: a task may end with 422, 500 or
 * 503 (AS3, "Method GET", /task).
 * @param refuse asked before each attempt: throws when the patch would do more than it says
 * @throws KongDualClusterError ROUTER_WRITE_FAILED
 */
export async function deploy(
  unit: BigIp,
  tenant: string,
  request: Json,
  { sleep, now }: Waiting,
  mayWrite: MayWrite | undefined,
  refuse: () => Promise<void>,
): Promise<Deployed> {
  for (let attempt = 1; ; attempt += 1) {
    await refuse();
    await mayWrite?.();
    const answer = await unit.ask(
      'POST',
      `/mgmt/shared/appsvcs/declare/${encodeURIComponent(tenant)}?async=true`,
      request,
    );
    const id = (answer.body as { readonly id?: unknown } | undefined)?.id;
    const [what, results] =
      answer.status === 202 && typeof id === 'string'
        ? [`task ${id}`, await ended(unit, id, { sleep, now }, mayWrite)]
        : ['AS3', resultsOf(answer)];
    const failed = results.filter(({ code }) => code !== 200);
    if (failed.length === 0) return 'deployed';
    if (failed.some(({ message, response }) => STALE.test(`${message} ${response}`))) return 'stale';
    const isBusy = failed.every(({ code }) => code === 503);
    if (!isBusy || attempt === BUSY_ATTEMPTS) {
      throw writeFailed(
        `${what}: ${failed.map(toldResult).join('; ')}`,
        isBusy
          ? 'the device is at work on other declarations: wait until they are done, then run the same command again'
          : 'mend what AS3 says, often another part of the tenant; the same declaration can be tried by hand as a dry run',
      );
    }
    await sleep(BUSY_MS);
  }
}

/**
 * Waits for the declarations that AS3 was given before: one of a process that died could be deployed after what is written
 * now was found to be there already. @throws KongDualClusterError ROUTER_WRITE_FAILED when one does not end
 */
export async function quiet(unit: BigIp, { sleep, now }: Waiting): Promise<void> {
  const end = now() + TASK_MS;
  let waitedFor: ReadonlySet<string> | undefined;
  for (;;) {
    const { body } = await unit.ask('GET', '/mgmt/shared/appsvcs/task');
    const { items } = (body ?? {}) as { readonly items?: unknown };
    const open = (Array.isArray(items) ? (items as { id?: unknown; results?: unknown }[]) : [])
      .filter(({ results }) => isOpen(results))
      .map(({ id }) => String(id));
    // Others that come later are guarded by the lock key.
    waitedFor ??= new Set(open);
    const still = open.filter((id) => waitedFor?.has(id));
    if (still.length === 0) return;
    if (now() >= end)
      throw writeFailed(`task ${still.join(', ')} of before is still in progress after ${TASK_MS / 1000} s`, AT_WORK);
    await sleep(POLL_MS);
  }
}

const AT_WORK =
  'look at GET /mgmt/shared/appsvcs/task and at restnoded.log on the unit; then run the same command again';

interface Result {
  readonly code: number;
  readonly message: string;
  readonly response: string;
  readonly tenant: string;
}

async function ended(
  unit: BigIp,
  id: string,
  { sleep, now }: Waiting,
  mayWrite: MayWrite | undefined,
): Promise<Result[]> {
  const end = now() + TASK_MS;
  let signOfLife = now();
  for (;;) {
    const answer = await unit.ask('GET', `/mgmt/shared/appsvcs/task/${encodeURIComponent(id)}`);
    const { results } = (answer.body ?? {}) as { readonly results?: unknown };
    if (answer.status !== 200 || !isOpen(results)) return resultsOf(answer);
    if (now() >= end)
      throw writeFailed(`task ${id} is still in progress after ${TASK_MS / 1000} s; it may be deployed later`, AT_WORK);
    if (now() - signOfLife >= SIGN_OF_LIFE_MS) {
      await mayWrite?.();
      signOfLife = now();
    }
    await sleep(POLL_MS);
  }
}

/** A task that has no verdict yet has the code 0. */
const isOpen = (results: unknown): boolean =>
  Array.isArray(results) &&
  (results as { code?: unknown; message?: unknown }[]).some(
    ({ code, message }) => code === 0 && message !== 'task cancelled',
  );

/** The results of an answer, or the answer itself as one. */
function resultsOf({ status, body }: Answer): Result[] {
  const { results, ...whole } = (body ?? {}) as Record<string, unknown>;
  const list = Array.isArray(results) && results.length > 0 ? (results as Record<string, unknown>[]) : [whole];
  return list.map(({ code, message, response, tenant, errors }) => ({
    code: typeof code === 'number' ? code : status,
    message: short(message),
    response: short(response ?? errors),
    tenant: short(tenant),
  }));
}

const toldResult = ({ code, message, response, tenant }: Result): string =>
  [tenant, code, message, response].filter((part) => part !== '').join(' ');

const LENGTH = 300;

const short = (value: unknown): string => {
  const text = value === undefined || value === null ? '' : typeof value === 'string' ? value : JSON.stringify(value);
  return text.length > LENGTH ? `${text.slice(0, LENGTH)} …` : text;
};
