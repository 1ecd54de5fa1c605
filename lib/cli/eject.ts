import { ElasticLoadBalancingV2Client } from '@aws-sdk/client-elastic-load-balancing-v2';
import { adoptedPart, checkAfterEject, checkBeforeEject } from '../adoption/eject';
import { destroyCommand } from '../blueprint/deploy-command';
import { openStacks } from '../deployed/stacks';
import { EXIT, KongDualClusterError, type ExitCode } from '../errors';
import { findingLine } from '../finding';
import { loadSettings } from '../settings/load';
import { accountAndRegion } from './aws-clients';
import type { Context } from './context';

export interface EjectFlags {
  verify?: boolean;
}

/** @throws KongDualClusterError EJECT_NOT_ADOPTED, EJECT_NOT_READY (exit 6), EJECT_INCOMPLETE (exit 2) */
export async function runEject(context: Context, flags: EjectFlags): Promise<ExitCode> {
  const settings = await loadSettings(context.settingsPath);
  const adopted = adoptedPart(settings);
  if (!adopted) {
    throw new KongDualClusterError('EJECT_NOT_ADOPTED', 'nothing was adopted in these settings', {
      found: `${context.settingsPath} has no edge.adopted.targetGroups`,
      remedy: 'name the settings that `adopt` wrote with --settings FILE',
      exitCode: EXIT.usage,
    });
  }
  context.progress.step('load balancer and stacks');
  const { region } = await accountAndRegion(context, settings);
  const clients = {
    elb: new ElasticLoadBalancingV2Client({ region }),
    stacks: await openStacks(settings, { region }),
  };
  const findings = await (flags.verify ? checkAfterEject : checkBeforeEject)(clients, settings, adopted);
  context.progress.end();

  const bad = findings.filter((finding) => !finding.ok);
  const edge = `${settings.name}-edge`;
  const next = flags.verify
    ? [
        `everything is as it was before the adoption; ${context.settingsPath} describes nothing that exists any more and may go`,
      ]
    : [
        'ready. In this order:',
        `  ${destroyCommand(settings, edge)}     removes our rules; yours beneath answer at once`,
        '  kong-dual-cluster eject --verify          checks that nothing of ours is left',
      ];
  context.print([...findings.map(findingLine), ...(bad.length === 0 ? ['', ...next] : [])].join('\n'), {
    ready: bad.length === 0,
    findings,
  });
  if (bad.length === 0) return EXIT.done;
  throw new KongDualClusterError(
    flags.verify ? 'EJECT_INCOMPLETE' : 'EJECT_NOT_READY',
    flags.verify
      ? 'something of ours is left, or a rule of yours is not as it was'
      : 'the load balancer cannot be given back yet',
    {
      found: bad.map(({ what, found }) => `${what}: ${found}`).join('; '),
      remedy: bad[0]?.mend ?? '',
      exitCode: flags.verify ? EXIT.findings : EXIT.conflict,
    },
  );
}
