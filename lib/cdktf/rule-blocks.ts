import type {
  LbListenerRuleAction,
  LbListenerRuleActionAuthenticateCognito,
  LbListenerRuleActionAuthenticateOidc,
  LbListenerRuleActionFixedResponse,
  LbListenerRuleActionJwtValidation,
  LbListenerRuleActionJwtValidationAdditionalClaim,
  LbListenerRuleActionRedirect,
  LbListenerRuleCondition,
  LbListenerRuleConditionHttpHeader,
  LbListenerRuleConditionPathPattern,
  LbListenerRuleConditionQueryString,
  LbListenerRuleConditionSourceIp,
} from '@cdktf/provider-aws/lib/lb-listener-rule';
import { networkRange } from '../blueprint/cidr';
import type { ElbShape } from '../blueprint/rule-actions';
import { KongDualClusterError } from '../errors';
import { literal } from './literal';

/** What reads one value of the API; undefined when it is of another kind. */
type Reader = (value: unknown) => unknown;
/** Names of the API, with the argument of the provider's block that each becomes. */
type Keys<T> = Readonly<Record<string, readonly [name: keyof T & string, read: Reader, need?: 'required']>>;
interface Kind {
  /** Key of the configuration in the API's shape. */
  readonly config: string;
  /** Block of the provider. */
  readonly block: string;
  readonly keys: Readonly<Record<string, readonly [name: string, read: Reader, need?: 'required']>>;
}

const text: Reader = (value) => (typeof value === 'string' ? literal(value) : undefined);
const number: Reader = (value) => (typeof value === 'number' ? value : undefined);
const texts: Reader = (value) => listOf(value, text);
const ranges: Reader = (value) =>
  listOf(value, (each) => (typeof each === 'string' ? text(networkRange(each)) : undefined));
const textMap: Reader = (value) =>
  isShape(value) && Object.values(value).every((each) => typeof each === 'string') ? literal(value) : undefined;

function listOf(value: unknown, read: Reader): unknown[] | undefined {
  if (!Array.isArray(value)) return undefined;
  const all = value.map(read);
  return all.includes(undefined) ? undefined : all;
}
/** Of a table, and not what every object inherits: what is looked up comes from settings. */
const own = <T>(table: Readonly<Record<string, T>>, key: string): T | undefined =>
  Object.hasOwn(table, key) ? table[key] : undefined;

const isShape = (value: unknown): value is ElbShape =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** Shapes in a list, each with the keys named. */
const shapes =
  (keys: Kind['keys']): Reader =>
  (value) =>
    listOf(value, (each) => (isShape(each) ? blockOf(each, keys) : undefined));

const patterns: Keys<LbListenerRuleConditionPathPattern> = {
  Values: ['values', texts],
  RegexValues: ['regexValues', texts],
};
const header: Keys<LbListenerRuleConditionHttpHeader> = {
  HttpHeaderName: ['httpHeaderName', text, 'required'],
  Values: ['values', texts],
  RegexValues: ['regexValues', texts],
};
const methods: Keys<LbListenerRuleConditionPathPattern> = { Values: ['values', texts, 'required'] };
const sources: Keys<LbListenerRuleConditionSourceIp> = { Values: ['values', ranges, 'required'] };
const pair: Keys<LbListenerRuleConditionQueryString> = { Key: ['key', text], Value: ['value', text, 'required'] };

const CONDITIONS: Readonly<Record<string, Kind>> = {
  'host-header': { config: 'HostHeaderConfig', block: 'hostHeader', keys: patterns },
  'path-pattern': { config: 'PathPatternConfig', block: 'pathPattern', keys: patterns },
  'http-header': { config: 'HttpHeaderConfig', block: 'httpHeader', keys: header },
  'http-request-method': { config: 'HttpRequestMethodConfig', block: 'httpRequestMethod', keys: methods },
  'source-ip': { config: 'SourceIpConfig', block: 'sourceIp', keys: sources },
  // The one whose block is a pair and stands once a value.
  'query-string': {
    config: 'QueryStringConfig',
    block: 'queryString',
    keys: { Values: ['values', shapes(pair), 'required'] },
  },
};

const oidc: Keys<LbListenerRuleActionAuthenticateOidc> = {
  Issuer: ['issuer', text, 'required'],
  AuthorizationEndpoint: ['authorizationEndpoint', text, 'required'],
  TokenEndpoint: ['tokenEndpoint', text, 'required'],
  UserInfoEndpoint: ['userInfoEndpoint', text, 'required'],
  ClientId: ['clientId', text, 'required'],
  ClientSecret: ['clientSecret', text, 'required'],
  SessionCookieName: ['sessionCookieName', text],
  Scope: ['scope', text],
  SessionTimeout: ['sessionTimeout', number],
  AuthenticationRequestExtraParams: ['authenticationRequestExtraParams', textMap],
  OnUnauthenticatedRequest: ['onUnauthenticatedRequest', text],
};
const cognito: Keys<LbListenerRuleActionAuthenticateCognito> = {
  UserPoolArn: ['userPoolArn', text, 'required'],
  UserPoolClientId: ['userPoolClientId', text, 'required'],
  UserPoolDomain: ['userPoolDomain', text, 'required'],
  SessionCookieName: ['sessionCookieName', text],
  Scope: ['scope', text],
  SessionTimeout: ['sessionTimeout', number],
  AuthenticationRequestExtraParams: ['authenticationRequestExtraParams', textMap],
  OnUnauthenticatedRequest: ['onUnauthenticatedRequest', text],
};
const claim: Keys<LbListenerRuleActionJwtValidationAdditionalClaim> = {
  Format: ['format', text, 'required'],
  Name: ['name', text, 'required'],
  Values: ['values', texts, 'required'],
};
const jwt: Keys<LbListenerRuleActionJwtValidation> = {
  JwksEndpoint: ['jwksEndpoint', text, 'required'],
  Issuer: ['issuer', text, 'required'],
  AdditionalClaims: ['additionalClaim', shapes(claim)],
};
const redirect: Keys<LbListenerRuleActionRedirect> = {
  Protocol: ['protocol', text],
  Port: ['port', text],
  Host: ['host', text],
  Path: ['path', text],
  Query: ['query', text],
  StatusCode: ['statusCode', text, 'required'],
};
const fixedResponse: Keys<LbListenerRuleActionFixedResponse> = {
  MessageBody: ['messageBody', text],
  StatusCode: ['statusCode', text, 'required'],
  // The API takes none; the provider wants one.
  ContentType: ['contentType', text, 'required'],
};

const ACTIONS: Readonly<Record<string, Kind>> = {
  'authenticate-oidc': { config: 'AuthenticateOidcConfig', block: 'authenticateOidc', keys: oidc },
  'authenticate-cognito': { config: 'AuthenticateCognitoConfig', block: 'authenticateCognito', keys: cognito },
  'jwt-validation': { config: 'JwtValidationConfig', block: 'jwtValidation', keys: jwt },
  redirect: { config: 'RedirectConfig', block: 'redirect', keys: redirect },
  'fixed-response': { config: 'FixedResponseConfig', block: 'fixedResponse', keys: fixedResponse },
};

/**
 * A condition in the shape of the ELBv2 API, as a block of the provider.
 * @throws KongDualClusterError RULE_CONDITION_UNKNOWN for whatever the provider has no place for; nothing is dropped
 */
export function conditionBlock(condition: ElbShape): LbListenerRuleCondition {
  const { Field, Values, ...rest } = condition;
  const kind = typeof Field === 'string' ? own(CONDITIONS, Field) : undefined;
  if (kind === undefined) throw unknownCondition(condition, 'its field');
  // The older form of host-header and path-pattern, which the API still takes where there is no configuration.
  const legacy = Values !== undefined && kind.keys === patterns && Object.keys(rest).length === 0;
  if (Values !== undefined && !legacy) throw unknownCondition(condition, 'Values beside a configuration');
  const shape = legacy ? { [kind.config]: { Values } } : rest;
  const block = configBlock(shape, kind, (what) => unknownCondition(condition, what));
  if (kind.config === 'QueryStringConfig') return { queryString: block.values as LbListenerRuleConditionQueryString[] };
  if (block.values === undefined && block.regexValues === undefined) throw unknownCondition(condition, 'no values');
  return { [kind.block]: block };
}

/**
 * An action in the shape of the ELBv2 API, as a block of the provider.
 * @throws KongDualClusterError RULE_ACTION_UNKNOWN for whatever the provider has no place for; nothing is dropped
 */
export function actionBlock(action: ElbShape): LbListenerRuleAction {
  const { Type, Order, ...rest } = action;
  const unknown = (what: string) => unknownAction(action, what);
  if (typeof Type !== 'string') throw unknown('its type');
  if (Order !== undefined && typeof Order !== 'number') throw unknown('Order');
  const common = { type: Type, ...(Order !== undefined && { order: Order }) };
  if (Type === 'forward') return { ...common, ...forwardBlock(rest, unknown) };
  const kind = own(ACTIONS, Type);
  if (kind === undefined) throw unknown('its type');
  return { ...common, [kind.block]: configBlock(rest, kind, unknown) };
}

type Refusal = (what: string) => KongDualClusterError;

/** One group alone stands in the argument of its own, as the provider reads it back. */
function forwardBlock(shape: ElbShape, unknown: Refusal): Omit<LbListenerRuleAction, 'type'> {
  const { TargetGroupArn, ForwardConfig, ...others } = shape;
  const [other] = Object.keys(others);
  if (other !== undefined) throw unknown(other);
  if (ForwardConfig === undefined) {
    if (typeof TargetGroupArn !== 'string') throw unknown('no target group');
    return { targetGroupArn: literal(TargetGroupArn) };
  }
  const read = isShape(ForwardConfig) ? blockOf(ForwardConfig, forwardKeys) : undefined;
  if (read === undefined) throw unknown('ForwardConfig');
  const { targetGroup, stickiness } = read as unknown as Forward;
  const [only] = targetGroup;
  if (targetGroup.length === 1 && !stickiness?.enabled) return { targetGroupArn: only!.arn };
  if (!stickiness?.enabled) return { forward: { targetGroup } };
  if (stickiness.duration === undefined) throw unknown('no DurationSeconds');
  return { forward: { targetGroup, stickiness: { enabled: true, duration: stickiness.duration } } };
}

interface Forward {
  readonly targetGroup: { readonly arn: string; readonly weight?: number }[];
  readonly stickiness?: { readonly enabled?: boolean; readonly duration?: number };
}
const boolean: Reader = (value) => (typeof value === 'boolean' ? value : undefined);
const forwardKeys: Keys<Forward> = {
  TargetGroups: [
    'targetGroup',
    shapes({ TargetGroupArn: ['arn', text, 'required'], Weight: ['weight', number] }),
    'required',
  ],
  TargetGroupStickinessConfig: [
    'stickiness',
    (value) =>
      isShape(value)
        ? blockOf(value, { Enabled: ['enabled', boolean], DurationSeconds: ['duration', number] })
        : undefined,
  ],
};

function configBlock(shape: ElbShape, { config, keys }: Kind, unknown: Refusal): Record<string, unknown> {
  const { [config]: settings, ...others } = shape;
  const [other] = Object.keys(others);
  if (other !== undefined) throw unknown(other);
  if (!isShape(settings)) throw unknown(`no ${config}`);
  const block = blockOf(settings, keys, unknown);
  if (block === undefined) throw unknown(config);
  return block;
}

/** Undefined (or the refusal) when a key is unknown, missing or of another kind. */
function blockOf(shape: ElbShape, keys: Kind['keys'], unknown?: Refusal): Record<string, unknown> | undefined {
  const block: Record<string, unknown> = {};
  for (const [key, value] of Object.entries(shape)) {
    if (value === undefined) continue;
    const [name, read] = own(keys, key) ?? [];
    const found = name === undefined ? undefined : read!(value);
    if (name === undefined || found === undefined) {
      if (unknown) throw unknown(key);
      return undefined;
    }
    block[name] = found;
  }
  const missing = Object.entries(keys).find(([, [name, , need]]) => need === 'required' && block[name] === undefined);
  if (missing === undefined) return block;
  if (unknown) throw unknown(`no ${missing[0]}`);
  return undefined;
}

const unknownCondition = (condition: ElbShape, what: string) =>
  new KongDualClusterError(
    'RULE_CONDITION_UNKNOWN',
    'Terraform’s AWS provider has no place for a condition of a rule',
    {
      found: `${String(condition.Field)}: ${what}`,
      remedy: 'give the condition in the shape of the ELBv2 API (CreateRule), or leave the rule to its owner',
    },
  );

const unknownAction = (action: ElbShape, what: string) =>
  new KongDualClusterError('RULE_ACTION_UNKNOWN', 'Terraform’s AWS provider has no place for an action of a rule', {
    found: `${String(action.Type)}: ${what}`,
    remedy: 'give the action in the shape of the ELBv2 API (CreateRule), or leave the rule to its owner',
  });
