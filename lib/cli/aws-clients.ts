/**
 * Configuration of every AWS client. Credentials, endpoint (AWS_ENDPOINT_URL) and profile are the SDK's own matter,
 * read from the environment as every AWS tool does.
 */
export function clientConfig(region: string | undefined): { region?: string } {
  return region === undefined ? {} : { region };
}
