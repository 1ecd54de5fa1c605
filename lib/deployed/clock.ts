import type { DynamoDBClient } from '@aws-sdk/client-dynamodb';

/**
 * How far this machine's clock is ahead of the one of AWS, seconds, by the `Date` header of an answer.
 * @param ask a call of this client
 * @returns undefined when no answer said it
 */
export async function clockAhead(
  client: Pick<DynamoDBClient, 'middlewareStack'>,
  ask: () => Promise<unknown>,
  now: () => number,
): Promise<number | undefined> {
  let ahead: number | undefined;
  client.middlewareStack.add(
    (next) => async (args) => {
      const result = await next(args);
      const { headers } = result.response as { readonly headers?: Readonly<Record<string, string>> };
      const there = Date.parse(headers?.date ?? '');
      if (!Number.isNaN(there)) ahead = Math.round((now() - there) / 1000);
      return result;
    },
    { step: 'deserialize', name: 'clockAhead', override: true },
  );
  await ask();
  client.middlewareStack.remove('clockAhead');
  return ahead;
}
