import { RESERVED_ENVIRONMENT } from '../blueprint/environment';
import type { SecretRef } from '../settings/schema';

/** Version and edition by an image's name and tag: `kong:2.8.5`, `kong/kong-gateway:3.4.3.12-ubuntu`, `…/kong:2.8`. */
export function kongVersionOf(image: string): { version?: string; edition: 'oss' | 'enterprise' } {
  const edition = /kong-gateway|kong-ee|enterprise/.test(image) ? 'enterprise' : 'oss';
  const tag = /:([^/:@]+)(@.*)?$/.exec(image)?.[1] ?? '';
  const version = /^v?(\d+\.\d+(\.\d+){0,2})([-_].*)?$/.exec(tag)?.[1];
  return { ...(version === undefined ? {} : { version }), edition };
}

/** The image the blueprint takes when settings name none. */
export const defaultImage = (version: string, edition: 'oss' | 'enterprise'): string =>
  edition === 'enterprise' ? `kong/kong-gateway:${version}` : `kong:${version}`;

/** Set by the blueprint for every cluster, so that the settings refuse them. */
const isReserved = (name: string): boolean => name in RESERVED_ENVIRONMENT;
const SECRET_NAME =
  /(PASSWORD|PASSWD|SECRET|TOKEN|CREDENTIAL|LICENSE_DATA|PRIVATE_KEY|API_KEY|_AUTH|_KEY)$|SESSION_CONF/;
const SECRET_VALUE = /-----BEGIN |:\/\/[^/\s:]+:[^@\s]+@|"secret"\s*:/;
/** A key's path names a file, and a vault reference is resolved by Kong: nothing secret stands in the variable itself. */
const isHarmless = (name: string, value: string): boolean =>
  /^\{vault:\/\/.*\}$/.test(value) || (name.endsWith('_KEY') && /^\/[\w./-]+$/.test(value));

export interface ContainerSettings {
  /** `KONG_*` variables worth taking over, sorted; never a secret. */
  readonly environment: Readonly<Record<string, string>>;
  readonly secrets: Readonly<Record<string, SecretRef>>;
  /** Names of variables that hold a secret in clear. Their values go nowhere. */
  readonly inClear: readonly string[];
  /** Names whose reference cannot be written into the settings (SSM parameters, pinned versions). */
  readonly notReferable: readonly string[];
}

export function containerSettings(
  environment: Readonly<Record<string, string>>,
  secrets: Readonly<Record<string, string>>,
): ContainerSettings {
  const kong = Object.entries(environment).filter(([name]) => /^KONG_[A-Z0-9_]+$/.test(name));
  const inClear = kong.filter(([name, value]) => looksSecret(name, value)).map(([name]) => name);
  const references = Object.entries(secrets)
    .filter(([name]) => /^KONG_[A-Z0-9_]+$/.test(name) && !isReserved(name))
    .map(([name, valueFrom]) => [name, secretReference(valueFrom)] as const);
  return {
    environment: sortedRecord(kong.filter(([name]) => !isReserved(name) && !inClear.includes(name))),
    secrets: sortedRecord(references.flatMap(([name, ref]) => (ref ? [[name, ref] as const] : []))),
    inClear: inClear.sort(),
    notReferable: references
      .filter(([, ref]) => !ref)
      .map(([name]) => name)
      .sort(),
  };
}

export const looksSecret = (name: string, value: string): boolean =>
  value !== '' && !isHarmless(name, value) && (SECRET_NAME.test(name) || SECRET_VALUE.test(value));

/**
 * A secret as ECS names it, `ARN` or `ARN:json-key:version-stage:version-id` (AWS ECS documents, "Pass Secrets Manager
 * secrets through environment variables").
 * @returns undefined for anything else: an SSM parameter, or a reference pinned to a version
 */
export function secretReference(valueFrom: string): SecretRef | undefined {
  const parts = valueFrom.split(':');
  if (!/^arn:aws[a-z-]*:secretsmanager:/.test(valueFrom) || parts.length < 7 || parts[8] || parts[9]) return undefined;
  const field = parts[7];
  return { secretArn: parts.slice(0, 7).join(':'), ...(field ? { field } : {}) };
}

const sortedRecord = <T>(entries: (readonly [string, T])[]): Record<string, T> =>
  Object.fromEntries([...entries].sort(([a], [b]) => a.localeCompare(b)));
