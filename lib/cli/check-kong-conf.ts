import { checkKongConf, readEnvironment, readKongConf } from '../compatibility/kong-conf';
import { EXIT, KongDualClusterError, type ExitCode } from '../errors';
import { readInput, refuseOut, reportFindings, upgradeOf, writeWhole, type KongConfFlags } from './check';
import type { Context } from './context';

/** A kong.conf has a few hundred lines; the longest with all comments 150 kB. */
const LIMIT = 10_000_000;

/** `check kong-conf`: a kong.conf, KONG_* variables, or both. */
export async function runCheckKongConf(
  context: Context,
  file: string | undefined,
  flags: KongConfFlags,
): Promise<ExitCode> {
  const { envFile, write, force = false, keepBehaviour = false } = flags;
  const upgrade = upgradeOf(flags);
  refuseFlags(file, flags);
  if (write !== undefined) await refuseOut(write, file, force);
  const conf = file === undefined ? undefined : readKongConf(await readInput(file, LIMIT), file);
  const environment = envFile === undefined ? [] : readEnvironment(await readInput(envFile, LIMIT), envFile);
  const checked = checkKongConf({ conf, environment, upgrade, keepBehaviour });
  if (write !== undefined) await writeWhole(write, checked.rewritten!, { input: file, force });
  if (envFile === undefined)
    context.progress.note('KONG_* variables win over the file: give those of a node with --env-file');
  context.progress.note(
    `${checked.settings} settings looked at; ${checked.newParameters} parameters are new in ${upgrade.to.toString()}, and are told only where they change something unasked`,
  );
  for (const limit of checked.limits) context.progress.note(limit);
  return reportFindings(context, {
    target: [file, envFile].filter((name) => name !== undefined).join(' and '),
    upgrade,
    findings: checked.findings,
    rules: checked.rules,
    ...(write === undefined ? {} : { rewritten: checked.mended, wrote: write }),
  });
}

function refuseFlags(file: string | undefined, { envFile, write, keepBehaviour }: KongConfFlags): void {
  const refused = (problem: string, remedy: string) =>
    new KongDualClusterError('CONF_NOTHING_GIVEN', problem, { remedy, exitCode: EXIT.usage });
  if (file === undefined && envFile === undefined) {
    throw refused('there is nothing to check', 'name a kong.conf, --env-file, or both');
  }
  if (file === undefined && (write !== undefined || keepBehaviour)) {
    throw refused('only a kong.conf can be written', 'name the kong.conf, or leave --write and --keep-behaviour out');
  }
}
