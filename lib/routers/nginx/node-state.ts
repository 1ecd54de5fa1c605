import { digest } from './slot-file';

/** What a node's script said. */
export interface NodeState {
  /** Content of the file; undefined when there is none. */
  readonly content: string | undefined;
  readonly loaded: boolean;
  /** Why it is not loaded, in words. */
  readonly why: string;
  /** Hundredths of a second of the node's uptime when it was asked. */
  readonly uptime: number;
}

export interface Refusal {
  readonly failed: string;
  readonly said: string;
}

/** A process of nginx: pid, and its start in clock ticks since boot, so that a pid used again is another one. */
type Worker = `${number}:${number}`;

interface LoadFacts {
  readonly content: string;
  /** Seconds since the epoch when the file's inode last changed. */
  readonly changed: number;
  readonly clock: number;
  readonly uptime: number;
  readonly ticks: number;
  readonly workers: readonly Worker[];
  /** Of the last load that we saw: hash of the file, and the workers that it made. */
  readonly receipt: { readonly hash: string; readonly workers: readonly string[] } | undefined;
}

export function answerOf(output: string): NodeState | Refusal {
  // What a login prints before (a banner, a message of the day) says nothing, whatever it says.
  const answer = output.split(/^begin=ok\r?$/m).at(-1) ?? '';
  const lines = new Map(answer.split(/\r?\n/).map((line) => split(line)));
  const get = (key: string): string => lines.get(key) ?? '';
  const decoded = (key: string): string => Buffer.from(get(key), 'base64').toString('utf8');
  if (lines.has('failed')) return { failed: get('failed'), said: decoded('said').trim() };
  const uptime = Number(get('uptime'));
  const state = { uptime: Math.round(uptime * 100) };
  if (!lines.has('content')) return { ...state, content: undefined, loaded: false, why: 'the file is not there' };
  const content = decoded('content');
  if (get('master') === '') return { ...state, content, loaded: false, why: 'nginx is not running' };
  const [hash, ...workers] = get('receipt').trim().split(' ');
  const why = notLoaded({
    content,
    changed: timeOf(get('changed')),
    // Without fractions (busybox) the second that has begun.
    clock: Number.parseFloat(get('clock')),
    uptime,
    ticks: Number(get('ticks')),
    workers: get('workers').split(' ').filter(Boolean) as Worker[],
    receipt: hash ? { hash, workers } : undefined,
  });
  return { ...state, content, loaded: why === undefined, why: why ?? '' };
}

/**
 * Why the workers cannot be said to run this file; undefined when they surely do. A worker never reads its configuration
 * again: one that was made by a load that we saw runs what was loaded then; any other runs this file when it started
 * after the file last changed. Clocks are read so that a doubt counts against it.
 */
export function notLoaded({ content, changed, clock, uptime, ticks, workers, receipt }: LoadFacts): string | undefined {
  if (workers.length === 0) return 'nginx has no worker that accepts';
  const ours = receipt?.hash === digest(content);
  const old = workers.filter((worker) => {
    if (receipt?.workers.includes(worker)) return !ours;
    const started = Number(worker.split(':')[1]) / ticks;
    const certainly = started <= uptime && clock - uptime - 0.01 + started >= changed;
    return !certainly;
  });
  if (old.length === 0) return undefined;
  return `written but not loaded: ${old.length} of ${workers.length} workers are from before (pid ${old.map((worker) => worker.split(':')[0]).join(', ')})`;
}

/** `2026-11-21 21:58:58.820607613 +0000`, as stat prints it, in seconds; never is a file that changed later than anything. */
function timeOf(text: string): number {
  const [, day, time, fraction = ''] = /^(\S+) (\d\d:\d\d:\d\d)(\.\d+)?/.exec(text) ?? [];
  if (day === undefined) return Infinity;
  const seconds = Date.parse(`${day}T${time}Z`) / 1000;
  return fraction === '' ? seconds + 1 : seconds + Number(`0${fraction}`);
}

const split = (line: string): [string, string] => {
  const at = line.indexOf('=');
  return at < 0 ? [line, ''] : [line.slice(0, at), line.slice(at + 1)];
};
