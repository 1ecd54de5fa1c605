/** What stands for a value that is nobody's business. */
export const REDACTED = '[redacted]';

/** Keys whose values are secrets wherever they stand; a reference (an ARN, the name of a field) is none. */
const SECRET_KEY = /secret|passw(or)?d|passphrase|token|authorization|credential|api[-_]?key|private[-_]?key|cookie/i;
const REFERENCE = /arn$|name$|^field$|^secretArn$|Seconds$/i;
/** Free maps and commands of the owner's: names stay, values go. */
const OWNERS = /^(environment|env|shell)$/i;

/** Texts that are secrets, or hold one, whatever they stand under. */
const PATTERNS: readonly (readonly [RegExp, string])[] = [
  // user:password@ of a URL
  [/(\b[a-z][a-z0-9+.-]*:\/\/)[^\s/?#@"']+@/gi, `$1${REDACTED}@`],
  // ?token=…
  [/([?&;](?:[\w.-]*(?:token|key|secret|password|signature|sig|code|auth)[\w.-]*)=)[^\s&#;"']+/gi, `$1${REDACTED}`],
  [/\b(bearer|basic)\s+[A-Za-z0-9._~+/=-]{8,}/gi, `$1 ${REDACTED}`],
  // access key ids of AWS, JSON Web Tokens, private keys
  [/\b(?:AKIA|ASIA)[A-Z0-9]{16}\b/g, REDACTED],
  [/\beyJ[A-Za-z0-9_-]{5,}\.[A-Za-z0-9_-]+\.[A-Za-z0-9_-]*/g, REDACTED],
  [/-----BEGIN [A-Z ]*PRIVATE KEY-----[\s\S]*?(?:-----END [A-Z ]*PRIVATE KEY-----|$)/g, REDACTED],
];

/** Plain data with every secret taken out that can be known by its key or by how it looks. */
export function withoutSecrets(value: unknown, key = ''): unknown {
  const isSecret = SECRET_KEY.test(key) && !REFERENCE.test(key);
  if (typeof value === 'string') return isSecret || OWNERS.test(key) ? REDACTED : textWithoutSecrets(value);
  if (typeof value === 'number') return isSecret ? REDACTED : value;
  if (Array.isArray(value)) {
    const inside = OWNERS.test(key) || isSecret ? key : '';
    return value.map((each: unknown) => withoutSecrets(each, inside));
  }
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([name, each]) => [name, withoutSecrets(each, OWNERS.test(key) ? key : name)]),
  );
}

export const textWithoutSecrets = (text: string): string =>
  PATTERNS.reduce((result, [pattern, instead]) => result.replace(pattern, instead), text);
