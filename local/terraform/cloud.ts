import { randomBytes } from 'node:crypto';
import type { Value, Values } from './values';

/** Of the local AWS; the environment of a world names it. */
export function endpoint(): string {
  const url = process.env['AWS_ENDPOINT_URL'];
  if (url === undefined || !/^http:\/\/127\.0\.0\.1:\d+\/?$/.test(url))
    throw new Error(
      `this stand-in of hashicorp/aws works with the local AWS alone: AWS_ENDPOINT_URL is ${url ?? 'not set'}`,
    );
  return url.replace(/\/$/, '');
}

export const REGION = process.env['AWS_REGION'] ?? 'us-east-1';
export const ACCOUNT = '000000000000';

export const clientOptions = () => ({
  endpoint: endpoint(),
  region: REGION,
  credentials: { accessKeyId: 'test', secretAccessKey: 'test' },
});

export class AwsError extends Error {
  constructor(
    readonly code: string,
    message: string,
  ) {
    super(`${code}: ${message}`);
    this.name = code;
  }
}

const HEADERS = (service: string) => ({
  authorization: `AWS4-HMAC-SHA256 Credential=test/20260101/${REGION}/${service}/aws4_request, SignedHeaders=host, Signature=0`,
});

/** One call in a JSON protocol, for services that this needs of only one or two actions. */
export async function json<T = Record<string, unknown>>(service: string, target: string, request: unknown): Promise<T> {
  const response = await fetch(endpoint(), {
    method: 'POST',
    headers: { ...HEADERS(service), 'x-amz-target': target, 'content-type': 'application/x-amz-json-1.1' },
    body: JSON.stringify(request),
  });
  const answer = JSON.parse((await response.text()) || '{}') as {
    __type?: string;
    message?: string;
    Message?: string;
  };
  if (!response.ok) {
    const code = (answer.__type ?? `${response.status}`).split('#').pop()!;
    throw new AwsError(code, answer.message ?? answer.Message ?? '');
  }
  return answer as T;
}

/** Lambda's own protocol: a path, and the error's name in a header. */
export async function lambda(
  method: string,
  path: string,
  body?: unknown,
): Promise<{ readonly text: string; readonly functionError: string | undefined }> {
  const response = await fetch(`${endpoint()}/2015-03-31/functions${path}`, {
    method,
    headers: { ...HEADERS('lambda'), 'content-type': 'application/json' },
    ...(body === undefined ? {} : { body: typeof body === 'string' ? body : JSON.stringify(body) }),
  });
  const text = await response.text();
  if (!response.ok) throw new AwsError(response.headers.get('x-amzn-errortype') ?? String(response.status), text);
  return { text, functionError: response.headers.get('x-amz-function-error') ?? undefined };
}

export interface Made {
  readonly id: string;
  readonly attributes: Readonly<Record<string, unknown>>;
}

/** local/aws/resources.py. */
export async function byType(request: {
  readonly action: 'create' | 'update' | 'delete';
  readonly type: string;
  readonly name: string;
  readonly id?: string;
  readonly old?: object;
  readonly properties: object;
}): Promise<Made> {
  const response = await fetch(`${endpoint()}/_local/resource`, { method: 'POST', body: JSON.stringify(request) });
  const answer = (await response.json()) as Made & { message?: string };
  if (!response.ok) throw new Error(answer.message ?? `${request.type}: ${response.status}`);
  return answer;
}

/** Without what is not given; at every depth. */
export function given<T>(value: T): T {
  if (Array.isArray(value)) return value.map((each: unknown) => given(each)) as T;
  if (typeof value !== 'object' || value === null || value instanceof Uint8Array) return value;
  return Object.fromEntries(
    Object.entries(value)
      .filter(([, each]) => each !== null && each !== undefined)
      .map(([name, each]) => [name, given(each as unknown)]),
  ) as T;
}

export const text = (value: Value | undefined): string => (typeof value === 'string' ? value : '');
export const optionalText = (value: Value | undefined): string | undefined => text(value) || undefined;
export const list = (value: Value | undefined): readonly Values[] =>
  Array.isArray(value) ? (value as readonly Values[]) : [];
export const texts = (value: Value | undefined): readonly string[] =>
  Array.isArray(value) ? (value as readonly string[]) : [];
/** Of a block that may be there once. */
export const only = (value: Value | undefined): Values | undefined => list(value)[0];

export const tagList = (values: Values): readonly { Key: string; Value: string }[] =>
  Object.entries((values['tags_all'] ?? values['tags'] ?? {}) as Record<string, string>).map(([Key, Value]) => ({
    Key,
    Value,
  }));

/** As given, by prefix, or made up: AWS provider, `create.Name`. */
export function nameOf(values: Values, prefix = 'terraform-', longest = 255): string {
  const name = text(values['name']);
  if (name) return name;
  const unique = `${Date.now()}${randomBytes(4).toString('hex')}`;
  const begin = text(values['name_prefix']) || prefix;
  return `${begin}${unique.slice(-(longest - begin.length))}`;
}

export const sleep = (milliseconds: number): Promise<void> => new Promise((done) => setTimeout(done, milliseconds));
