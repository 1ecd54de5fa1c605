import { EXIT, KongDualClusterError } from '../../errors';
import type { NginxSettings } from '../../settings/router-schema';
import { allOn, type Weights } from '../../traffic/weights';
import { conflict, has } from '../failures';
import type { PlaceReading } from '../router';
import type { Refusal } from './node-state';
import { slotFile, writtenBy } from './slot-file';

/** Foreign weights, and who wrote them as far as the file's header says. */
export const foreignWeights = (places: readonly PlaceReading[], expected: readonly Weights[]): KongDualClusterError =>
  conflict(
    places,
    expected,
    places.map((place) => {
      const by = writtenBy((place.verbatim as { readonly text: string }).text);
      return `${has(place)} (${by === 'the runner' ? 'written by another run' : by})`;
    }),
  );

export const fileMissing = (node: string, settings: NginxSettings): KongDualClusterError =>
  new KongDualClusterError('ROUTER_FILE_MISSING', 'the file that splits the traffic is not there', {
    found: `${node}: no ${settings.file}`,
    remedy: `put it there, with all traffic on the slot that is live now (here blue), and include it in http{}:\n${slotFile(allOn('blue'), settings)}`,
    exitCode: EXIT.conflict,
  });

/** Lines of a foreign file that are shown; it may be anything. */
const LINES = 6;

export const fileChanged = (node: string, settings: NginxSettings, text: string): KongDualClusterError => {
  const lines = text.split('\n').filter((line) => !/^\s*(#|$)/.test(line));
  const more = lines.length > LINES ? ' …' : '';
  return new KongDualClusterError(
    'ROUTER_FILE_CHANGED',
    'the file does not split between blue and green as it should',
    {
      found: `${node}: ${
        lines.length === 0
          ? 'nothing but comments'
          : lines
              .slice(0, LINES)
              .map((line) => line.trim().slice(0, 120))
              .join(' ')
      }${more} in ${settings.file}`,
      remedy: `\`kong-dual-cluster shift abort\` writes the text from before the shift where its journal is; else put there, with the slot that is live now (here blue):\n${slotFile(allOn('blue'), settings)}`,
      exitCode: EXIT.conflict,
    },
  );
};

export const silent = (node: NginxSettings['nodes'][number], cause: Error): KongDualClusterError =>
  new KongDualClusterError('ROUTER_NODE_SILENT', 'a node does not answer', {
    found: `${node.name}: ${cause.message}`,
    remedy: `try it by hand: echo true | ${node.shell.length > 0 ? node.shell.join(' ') : 'sh -s'}`,
    cause,
  });

/** What a script says that it did not do, as an error; the file is as it was before, or was never touched. */
export function refused(node: string, { failed, said }: Refusal, settings: NginxSettings): KongDualClusterError {
  const { file, test, reload, pidFile } = settings;
  const error = (code: string, problem: string, found: string, remedy: string, exitCode: 1 | 6 = EXIT.error) =>
    new KongDualClusterError(code, problem, { found: `${node}: ${found}`, remedy, exitCode });
  const rejected = (problem: string, found: string, remedy: string) =>
    error('ROUTER_RELOAD_REJECTED', problem, found, remedy);
  switch (failed) {
    case 'changed':
      return error(
        'ROUTER_CONFLICT',
        'somebody else wrote the file at the same moment',
        `${file} is not what was read just before`,
        'find out who did; then `kong-dual-cluster shift abort` puts everything back',
        EXIT.conflict,
      );
    case 'test':
      return rejected(
        'a node does not take the configuration; its old one is back and goes on running',
        said || `\`${test}\` failed`,
        `mend what \`${test}\` says on ${node}`,
      );
    case 'unused':
      return rejected(
        'the configuration of a node does not use the file as it should; its old one is back and goes on running',
        said,
        `include ${file} in http{}, name both upstreams, and use proxy_pass http://$${settings.variable}`,
      );
    case 'reload':
    case 'unloaded':
      return rejected(
        'a node did not load the configuration; its old file is back',
        said || `\`${reload}\` failed`,
        `look at the error log of nginx on ${node}`,
      );
    case 'stopped':
      return rejected(
        'nginx is not running on a node; nothing was written there',
        `no master process of nginx in ${pidFile}`,
        `start nginx on ${node}, correct pidFile, or take the node out of the settings`,
      );
    case 'late':
    case 'busy':
      return error(
        'ROUTER_NODE_SILENT',
        'a node was too slow; nothing was written there',
        failed === 'late' ? 'the write arrived more than 2.5 s after it was allowed' : 'another write is under way',
        'look at the load of the node and the way to it, then run it again',
      );
    case 'unreadable':
      return rejected(
        'the file cannot be looked at on a node',
        said,
        `correct shift.router.nginx.file, or make it on ${node}`,
      );
    default:
      return rejected(
        'a node cannot write the file',
        said || failed,
        `check the rights on ${file} and its folder on ${node}`,
      );
  }
}
