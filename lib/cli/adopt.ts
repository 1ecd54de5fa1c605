import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { EC2Client } from '@aws-sdk/client-ec2';
import { ECSClient } from '@aws-sdk/client-ecs';
import { ElasticLoadBalancingV2Client } from '@aws-sdk/client-elastic-load-balancing-v2';
import { RDSClient } from '@aws-sdk/client-rds';
import { adopt, type Adoption } from '../adoption/adopt';
import { secretReference } from '../adoption/kong-container';
import { renderSettings, renderTakeover } from '../adoption/render';
import { ruleId } from '../adoption/takeover';
import { deployCommand } from '../blueprint/deploy-command';
import { EXIT, KongDualClusterError, type ExitCode } from '../errors';
import type { SecretRef } from '../settings/schema';
import type { Context } from './context';
import { diffLines } from './diff';

export interface AdoptFlags {
  loadBalancer: string;
  targetGroup: string;
  service?: string;
  database?: string;
  name: string;
  testerHeader: boolean;
  oidcSecret?: string[];
  kongVersion?: string;
  nodes?: number;
  nodeSubnets?: string[];
  databasePasswordSecret?: string;
  write?: boolean;
}

/** @throws KongDualClusterError ADOPT_…, SECRET_REFERENCE, ADOPT_FILE_EXISTS */
export async function runAdopt(context: Context, flags: AdoptFlags): Promise<ExitCode> {
  // An ARN says its region, so that --region is needed for names only.
  const region =
    context.region ?? [flags.loadBalancer, flags.targetGroup].map((text) => text.split(':')[3]).find(Boolean);
  const config = { region };
  const adoption = await adopt(
    {
      elb: new ElasticLoadBalancingV2Client(config),
      ecs: new ECSClient(config),
      rds: new RDSClient(config),
      ec2: new EC2Client(config),
    },
    {
      ...flags,
      nodeSubnetIds: flags.nodeSubnets,
      databasePassword: flags.databasePasswordSecret === undefined ? undefined : secret(flags.databasePasswordSecret),
      oidcSecrets: Object.fromEntries((flags.oidcSecret ?? []).map(oidcSecret)),
    },
    (step) => context.progress.step(`reading: ${step}`),
  );
  context.progress.end();
  const yaml = renderSettings(adoption.settings);
  const written = flags.write ? write(context.settingsPath, yaml) : undefined;
  context.print(asText(adoption, yaml, context.settingsPath, written), {
    settings: adoption.settings,
    rules: adoption.takeover.rules,
    declared: adoption.declared,
    notes: adoption.notes,
    ...(written === undefined ? {} : { file: context.settingsPath }),
  });
  return EXIT.done;
}

/** Never overwrites a file that says something else: it may hold a person's work. */
function write(path: string, yaml: string): 'new' | 'unchanged' {
  if (!existsSync(path)) {
    writeFileSync(path, yaml, { flag: 'wx' });
    return 'new';
  }
  const before = readFileSync(path, 'utf8');
  if (before === yaml) return 'unchanged';
  process.stderr.write(`${diffLines(before, yaml).join('\n')}\n`);
  throw new KongDualClusterError('ADOPT_FILE_EXISTS', 'the settings file exists and says something else', {
    found: `${path}, differences above (- in the file, + as read)`,
    remedy: 'take the lines over by hand, or write to another file with --settings FILE',
    exitCode: EXIT.findings,
  });
}

function asText(adoption: Adoption, yaml: string, path: string, written: 'new' | 'unchanged' | undefined): string {
  const { takeover, declared, notes, loadBalancer, settings } = adoption;
  const owners = (rule: { listenerArn: string; above: string }) => {
    const listener = loadBalancer.listeners.find((l) => l.arn === rule.listenerArn);
    return listener?.rules.find((r) => ruleId(r) === rule.above)?.Priority ?? 'default';
  };
  const section = (title: string, lines: readonly string[]) =>
    lines.length > 0 ? ['', `# ${title}`, ...lines.map((line) => `#   ${line}`)] : [];
  const next = written
    ? [
        `${path} ${written === 'new' ? 'is written' : 'says this already'}; next: ${deployCommand({}, `${settings.name}-edge`)}`,
      ]
    : ['nothing was written; run it again with --write'];
  return [
    ...(written ? [] : [yaml.trimEnd()]),
    ...section(`What ${settings.name}-edge will add; no rule of yours is changed`, renderTakeover(takeover, owners)),
    ...section('Declared by you, because it could not be read', declared),
    ...section('Worth knowing', notes),
    ...section('Next', next),
  ].join('\n');
}

function secret(text: string): SecretRef {
  const reference = secretReference(text);
  if (reference) return reference;
  throw new KongDualClusterError('SECRET_REFERENCE', 'a secret is given by the ARN of a Secrets Manager secret', {
    found: text.startsWith('arn:') ? text : 'something that is no ARN (not shown: it may be a secret)',
    remedy:
      'write arn:aws:secretsmanager:REGION:ACCOUNT:secret:NAME or, for a key of a JSON secret, the same with :FIELD behind it',
    exitCode: EXIT.usage,
  });
}

/** `CLIENT=ARN` for one client, `ARN` for all. */
function oidcSecret(text: string): [string, SecretRef] {
  const at = text.indexOf('=arn:');
  return at < 0 ? ['*', secret(text)] : [text.slice(0, at), secret(text.slice(at + 1))];
}
