import { checkDeclarative } from '../compatibility/declarative/check';
import { RULES } from '../compatibility/declarative/rules';
import type { Upgrade } from '../compatibility/changes';
import { runtimeStateOf } from '../strategy/found-runtime-state';
import type { SituationInput } from '../strategy/situation';
import { documentOf } from './check-declarative';
import type { Context } from './context';

/** What a plan takes from a configuration: runtime state that two databases do not share, and plugins that Kong does not bring. */
export async function configurationFacts(
  context: Context,
  target: string,
  upgrade: Upgrade,
): Promise<Pick<SituationInput, 'runtimeState' | 'customPlugins'>> {
  context.progress.step(`reading ${target}`);
  const isUrl = /^https?:\/\//.test(target);
  const document = await documentOf(context, isUrl ? undefined : target, isUrl ? target : undefined, upgrade);
  const { findings } = checkDeclarative(
    document,
    { upgrade, formatVersion: document.formatVersion, conf: undefined },
    RULES,
  );
  context.progress.end();
  return {
    runtimeState: runtimeStateOf(findings),
    ...(findings.some(({ id }) => id === 'conf-plugins-must-be-listed') && { customPlugins: true }),
  };
}
