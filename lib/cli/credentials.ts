/**
 * When the credentials end, milliseconds since the epoch; undefined when they do not end or something renews them. Those of
 * the environment are renewed by nobody (AWS SDKs and Tools Reference Guide, AWS_CREDENTIAL_EXPIRATION is what tools
 * such as `aws configure export-credentials` set); a profile with a role, SSO or instance metadata renews its own.
 */
export async function credentialsEnd(provider: () => Promise<{ expiration?: Date }>): Promise<number | undefined> {
  if (!process.env.AWS_ACCESS_KEY_ID || process.env.AWS_PROFILE) return undefined;
  return (await provider()).expiration?.getTime();
}
