import { EXIT, KongDualClusterError } from '../../errors';
import type { Setting } from './read';

/**
 * Reads the KONG_* variables of a node: `NAME=value` lines (docker's --env-file, a shell's `export`), or an ECS task
 * definition as JSON, plain or as `aws ecs describe-task-definition` prints it. Of several containers the one with most
 * KONG_* variables counts. Secrets are known by name only.
 *
 * @throws KongDualClusterError ENV_FILE_LINE, ENV_FILE_FORM (exit 64)
 */
export function readEnvironment(text: string, file: string): readonly Setting[] {
  return text.trimStart().startsWith('{') ? ofTaskDefinition(text, file) : ofLines(text, file);
}

/** Set by images and by Kong's own start, or read apart from kong.conf. */
const NO_PARAMETERS = new Set(
  'asset conf docker_tag eula license license_data license_path password process_secrets sha256 version'.split(' '),
);

/** Only the upper-case form is read: Kong asks for `KONG_` and the name in capitals. */
function settingOf(written: string, value: string | undefined, file: string, line: number): Setting[] {
  if (!/^KONG_[A-Z0-9_]+$/.test(written)) return [];
  const name = written.slice('KONG_'.length).toLowerCase();
  if (NO_PARAMETERS.has(name)) return [];
  return [{ name, written, value, file, line, lastLine: line, origin: 'environment' }];
}

function ofLines(text: string, file: string): Setting[] {
  return text
    .replace(/^\uFEFF/, '')
    .split('\n')
    .flatMap((raw, index) => {
      const line = raw.trim();
      if (line === '' || line.startsWith('#')) return [];
      const match = /^(?:export\s+)?([A-Za-z_][A-Za-z0-9_.]*)(?:=(.*))?$/s.exec(line);
      if (!match) {
        throw new KongDualClusterError('ENV_FILE_LINE', `${file}:${index + 1}: no NAME=value`, {
          // What stands there may be a secret.
          found: `${line.length} characters`,
          remedy: 'give lines of NAME=value, or an ECS task definition as JSON',
          exitCode: EXIT.usage,
        });
      }
      return settingOf(match[1]!, match[2] === undefined ? undefined : unquoted(match[2]), file, index + 1);
    });
}

const unquoted = (value: string): string => /^(["'])(.*)\1$/s.exec(value.trim())?.[2] ?? value.trim();

interface Container {
  readonly environment?: readonly { readonly name?: unknown; readonly value?: unknown }[];
  readonly secrets?: readonly { readonly name?: unknown }[];
}

function ofTaskDefinition(text: string, file: string): Setting[] {
  const containers = containersOf(text, file);
  const lineOf = lineFinder(text);
  const all = containers.map((container) => [
    ...list(container.environment).map(({ name, value }) => ({ name: String(name), value: String(value) })),
    ...list(container.secrets).map(({ name }) => ({ name: String(name), value: undefined })),
  ]);
  const count = (variables: readonly { readonly name: string }[]) =>
    variables.filter(({ name }) => name.startsWith('KONG_')).length;
  const most = all.reduce((best, next) => (count(next) > count(best) ? next : best), all[0] ?? []);
  return most.flatMap(({ name, value }) => settingOf(name, value, file, lineOf(name)));
}

const list = <T>(value: readonly T[] | undefined): readonly T[] =>
  Array.isArray(value) ? (value as readonly T[]) : [];

function containersOf(text: string, file: string): Container[] {
  const refused = (found: string) =>
    new KongDualClusterError('ENV_FILE_FORM', `${file} holds no environment that can be read`, {
      found,
      remedy: 'give NAME=value lines, or the JSON of `aws ecs describe-task-definition`',
      exitCode: EXIT.usage,
    });
  let parsed: unknown;
  try {
    parsed = JSON.parse(text);
  } catch {
    throw refused('broken JSON');
  }
  const { taskDefinition } = parsed as { taskDefinition?: unknown };
  const { containerDefinitions } = (taskDefinition ?? parsed) as { containerDefinitions?: unknown };
  if (!Array.isArray(containerDefinitions)) throw refused('JSON without containerDefinitions');
  return (containerDefinitions as unknown[]).filter(
    (container): container is Container => typeof container === 'object' && container !== null,
  );
}

/** JSON.parse tells no positions: the line is that of the name in quotes. */
function lineFinder(text: string): (name: string) => number {
  return (name) => text.slice(0, Math.max(0, text.indexOf(JSON.stringify(name)))).split('\n').length;
}
