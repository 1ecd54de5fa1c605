import { request as httpRequest } from 'node:http';
import { request as httpsRequest } from 'node:https';
import { FROZEN_MESSAGE } from '../blueprint/freeze';

/**
 * Whether writes pass, found out by a write that no Kong stores: a service without a host, which 2.8 and 3.4 refuse alike
 * (recorded: test/recorded/admin-api, `POST /services {}` is 400 "schema violation (host: required field missing)").
 */
export const PROBE = { method: 'POST', path: '/services', body: '{}' } as const;

export type ProbeAnswer =
  /** 423 with the message of the rule. */
  | { readonly kind: 'frozen' }
  /** Kong itself answered: it refused the body, or asked who is calling (RBAC). */
  | { readonly kind: 'open'; readonly status: number }
  /** The load balancer answered that it has no node to ask. */
  | { readonly kind: 'noNode'; readonly status: number }
  | { readonly kind: 'other'; readonly status: number; readonly body: string }
  | { readonly kind: 'unreachable'; readonly why: string };

export type Probe = () => Promise<ProbeAnswer>;

export type Verified =
  | { readonly verified: true; readonly note?: string }
  | { readonly verified: 'unreachable'; readonly found: string }
  | { readonly verified: false; readonly found: string };

/** Connecting and answering together, milliseconds. */
const TIMEOUT_MS = 5000;
/** A load balancer's nodes learn a rule one after the other: so many answers in a row must be right. */
const IN_A_ROW = 3;
const TRIES = 20;

/** The Admin listener as `readEdge` and the settings name it. */
export function probeUrl(dnsName: string, { port, certificateArn }: { port: number; certificateArn?: string }): string {
  return `${certificateArn === undefined ? 'http' : 'https'}://${dnsName}:${port}${PROBE.path}`;
}

/** The probe as a person runs it where the listener can be reached. */
export const probeCommand = (url: string): string =>
  `curl ${url.startsWith('https:') ? '-k ' : ''}-m 5 -X ${PROBE.method} -H 'Content-Type: application/json' -d '${PROBE.body}' ${url}`;

/** One write on a connection of its own. Never throws. */
export function probeWrite(url: string, timeoutMs = TIMEOUT_MS): Promise<ProbeAnswer> {
  return new Promise((resolve) => {
    const options = {
      method: PROBE.method,
      headers: { 'Content-Type': 'application/json', 'Content-Length': PROBE.body.length },
      agent: false as const,
      signal: AbortSignal.timeout(timeoutMs),
    };
    const answered = (status: number, body: string) => resolve(classify(status, body));
    const unreachable = (error: Error & { code?: string }) =>
      resolve({
        kind: 'unreachable',
        why:
          error.name === 'AbortError' || error.name === 'TimeoutError'
            ? `no answer in ${timeoutMs / 1000} s`
            : (error.code ?? error.message),
      });
    const request = url.startsWith('https:')
      ? // The certificate of an internal listener is made for a name of its owner's, not for the load balancer's, and
        // often by a private authority. Nothing secret is sent and nothing is believed but "423 or not".
        httpsRequest(url, { ...options, rejectUnauthorized: false })
      : httpRequest(url, options);
    request.on('error', unreachable);
    request.on('response', (response) => {
      let body = '';
      response.setEncoding('utf8');
      response.on('data', (chunk: string) => (body += chunk));
      response.on('error', unreachable);
      response.on('end', () => answered(response.statusCode ?? 0, body));
    });
    request.end(PROBE.body);
  });
}

export function classify(status: number, body: string): ProbeAnswer {
  if (status === 423 && body.includes(FROZEN_MESSAGE)) return { kind: 'frozen' };
  if (status === 400 && body.includes('schema violation')) return { kind: 'open', status };
  // Kong Enterprise with RBAC asks for a token before it looks at the body; the rule did not answer.
  if (status === 401 || status === 403) return { kind: 'open', status };
  if (status === 502 || status === 503 || status === 504) return { kind: 'noNode', status };
  return { kind: 'other', status, body: body.slice(0, 200) };
}

/**
 * Probes until the answers are what they should be, or for about 20 seconds.
 * @param wanted.nodes whether nodes of the Admin API stand behind the listener: those of an adopted slot do not, and
 *   then "no node" shows that the rule let the write through
 */
export async function verify(
  wanted: { readonly frozen: boolean; readonly nodes: boolean },
  probe: Probe,
  sleep: (milliseconds: number) => Promise<void>,
): Promise<Verified> {
  let right = 0;
  let last: ProbeAnswer = { kind: 'unreachable', why: 'not asked' };
  for (let attempt = 0; attempt < TRIES; attempt++) {
    last = await probe();
    if (last.kind === 'unreachable') return { verified: 'unreachable', found: last.why };
    right = isRight(last, wanted) ? right + 1 : 0;
    if (right === IN_A_ROW) {
      return last.kind === 'noNode'
        ? { verified: true, note: `the rule lets writes through; no node answers behind it (${last.status})` }
        : { verified: true };
    }
    if (right === 0) await sleep(1000);
  }
  return { verified: false, found: inWords(last) };
}

function isRight(answer: ProbeAnswer, { frozen, nodes }: { frozen: boolean; nodes: boolean }): boolean {
  if (frozen) return answer.kind === 'frozen';
  return answer.kind === 'open' || (answer.kind === 'noNode' && !nodes);
}

function inWords(answer: ProbeAnswer): string {
  switch (answer.kind) {
    case 'frozen':
      return 'a write is still answered 423';
    case 'open':
      return `a write still reaches Kong (${answer.status})`;
    case 'noNode':
      return `the load balancer has no node of the Admin API to ask (${answer.status})`;
    case 'other':
      return `a write is answered ${answer.status}: ${answer.body}`;
    case 'unreachable':
      return answer.why;
  }
}
