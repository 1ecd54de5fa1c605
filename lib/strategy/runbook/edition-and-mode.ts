import { editionAfter, imageOf, type Situation } from '../situation';
import type { RunbookStep } from '../upgrade-plan';
import { after, before, SOURCE } from './step';

/** What a change of edition needs beside its stop. */
export function editionChange(situation: Situation): RunbookStep[] {
  const { edition, from } = situation;
  if (editionAfter(situation) === edition) return [];
  return [
    before({
      id: 'edition-change',
      title: `Open source to Enterprise: at the version that runs, ${from.minor()}, before any other stop`,
      commands: [`docker pull ${imageOf(from.minor(), 'enterprise')}`],
      why: 'Kong supports the change only between equal versions, and it cannot be reversed. The Enterprise image’s own migrations do it: `up` and `finish`, with nothing pending before.',
      expected: `an Enterprise image of ${from.minor()} exists, and \`kong migrations list\` is clean on the old cluster`,
      check:
        'afterwards every entity is there, in the workspace `default`; what Enterprise does is known here from documents only, nothing of it was recorded',
      undo: 'nothing to undo: it only reads',
      sources: [SOURCE.ossToEnterprise, SOURCE.guide21],
    }),
  ];
}

/** Traditional to hybrid, when the upgrade is through. */
export function modeChange({ mode, toMode, to, platform }: Situation): RunbookStep[] {
  if (toMode !== 'hybrid' || mode !== 'traditional') return [];
  return [
    after({
      id: 'traditional-to-hybrid',
      title: 'Traditional to hybrid, as a change of its own after the upgrade',
      commands: [
        'kong hybrid gen_cert cluster.crt cluster.key',
        'KONG_ROLE=control_plane KONG_CLUSTER_CERT=cluster.crt KONG_CLUSTER_CERT_KEY=$CLUSTER_KEY_FILE kong start -c $KONG_CONF',
        'KONG_ROLE=data_plane KONG_DATABASE=off KONG_CLUSTER_CONTROL_PLANE=$CONTROL_PLANE:8005 KONG_CLUSTER_CERT=cluster.crt KONG_CLUSTER_CERT_KEY=$CLUSTER_KEY_FILE KONG_LUA_SSL_TRUSTED_CERTIFICATE=system,cluster.crt kong start -c $DP_KONG_CONF',
      ],
      why: 'Not in the same step: two changes at once leave open which one is at fault. A control plane is one more node on the same database; data planes join it and take the traffic by weights; then the traditional nodes go.',
      expected: `control and data planes of ${to.toString()}; rate limits of \`cluster\` became \`redis\` before; oauth2 is not used, it does not work in hybrid mode${platform === 'eks' ? '; two Helm releases, one with role control_plane and one with role data_plane' : ''}`,
      check:
        'each data plane answers /status/ready with 200; sync_status of the control plane is `normal` also for one that has refused everything (recorded)',
      undo: 'the traditional nodes are still on the same database: weights of the load balancer, until they are taken away',
      sources: [SOURCE.guide28, SOURCE.hybrid, SOURCE.recordedHybrid],
    }),
  ];
}
