import type { Slot } from '../../../lib/traffic/weights';

/**
 * Where both backends are carried out on paper: account, region and zones are known, and whatever a resource says of
 * itself once it is made (an ARN, an address) is a mark that names the resource and what is asked of it. So
 * `Fn::Join` and `${join(…)}` come to the same text when they mean the same.
 */
export const WORLD = {
  account: '123456789012',
  region: 'eu-central-1',
  partition: 'aws',
  urlSuffix: 'amazonaws.com',
  zones: ['eu-central-1a', 'eu-central-1b', 'eu-central-1c'],
} as const;

export type StackKey = 'edge' | Slot;
export const STACKS: readonly StackKey[] = ['edge', 'blue', 'green'];

/** `⟦edge/LogicalId⟧`: a resource; `⟦edge/LogicalId|arn⟧`: what it says of itself. */
export const mark = (at: string, attribute: string): string => `⟦${at}|${attribute}⟧`;

/**
 * ARNs of which other ARNs are made by replacing a word are written out: a rule's is made of its listener's, a task's of
 * its cluster's.
 */
export const arnOf = (service: string, resource: string): string =>
  `arn:${WORLD.partition}:${service}:${WORLD.region}:${WORLD.account}:${resource}`;
export const listenerArn = (at: string): string => arnOf('elasticloadbalancing', `listener/${mark(at, 'id')}`);
export const MARK = /⟦([^|⟦⟧]+)\|([^⟦⟧]+)⟧/g;

/** Resources that a value names. */
export const marksIn = (value: unknown): string[] =>
  [...JSON.stringify(value ?? null).matchAll(MARK)].map(([, at]) => at!);

/** The one resource that a value names, or the value itself where it is somebody else's id. */
export const marked = (value: unknown): string => marksIn(value)[0] ?? String(value);

/** A secret's value, whoever reads it: a dynamic reference of CloudFormation, a data source of Terraform. */
export const secretValue = (arn: string, field: string): string => `{value of ${arn}${field && `, field ${field}`}}`;

/** A resource on paper. */
export interface Made {
  readonly stack: StackKey;
  /** `edge/EdgeBlueProxy4FE45D13`, `edge/aws_lb_target_group.BlueProxy`. */
  readonly at: string;
  readonly type: string;

  readonly props: any;
  /** Resources that must be there first, by `at`: said, or named in a property. */
  readonly after: readonly string[];
}
export interface Paper {
  readonly made: readonly Made[];
  readonly outputs: Readonly<Partial<Record<StackKey, Readonly<Record<string, unknown>>>>>;
}

export const ofType = ({ made }: Paper, ...types: string[]): Made[] => made.filter(({ type }) => types.includes(type));

export const list = <T = unknown>(value: T | readonly T[] | undefined | null): T[] =>
  value === undefined || value === null ? [] : Array.isArray(value) ? [...(value as T[])] : [value as T];

/** Numbers and truth values that one format writes as text. */
export const scalar = (value: unknown): unknown =>
  value === 'true'
    ? true
    : value === 'false'
      ? false
      : typeof value === 'string' && /^\d+$/.test(value)
        ? Number(value)
        : value;

/** What is not said is left out, so that saying a default and leaving it out can be told apart where it matters. */
export const said = <T extends object>(value: T): T =>
  Object.fromEntries(Object.entries(value).filter(([, each]) => each !== undefined && each !== null)) as T;
