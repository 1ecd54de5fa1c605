import type { Action, RuleCondition } from '@aws-sdk/client-elastic-load-balancing-v2';
import type { Weights } from '../../traffic/weights';
import type { ForwardingRule } from './actions';
import type { RawProperties } from './event';

/** Where a rule stands and what it matches. */
export interface PlacedRule {
  readonly listenerArn: string;
  /** 1 to 50000. */
  readonly priority: number;
  readonly conditions: readonly RuleCondition[];
}

export interface WeightedRuleProperties extends PlacedRule, ForwardingRule {
  /** Weights of a new rule; never read again. */
  readonly initialWeights: Weights;
  readonly oidcClientSecret?: { readonly secretArn: string; readonly field?: string };
}

export interface FixedRuleProperties extends PlacedRule {
  readonly actions: readonly Action[];
}

/**
 * CloudFormation turns every number and boolean of a property into a string, at any depth. Conditions and actions
 * therefore travel as one JSON text, and the few numbers beside them are parsed here.
 */
export function weightedRuleProperties(raw: RawProperties): WeightedRuleProperties {
  const secretArn = optional(raw, 'OidcClientSecretArn');
  const field = optional(raw, 'OidcClientSecretField');
  const stickiness = optional(raw, 'StickinessSeconds');
  return {
    ...placedRule(raw),
    actionsBefore: list<Action>(raw, 'ActionsBefore'),
    targetGroups: { blue: text(raw, 'BlueTargetGroupArn'), green: text(raw, 'GreenTargetGroupArn') },
    initialWeights: { blue: integer(raw, 'BlueWeight'), green: integer(raw, 'GreenWeight') },
    ...(stickiness !== undefined && { stickinessSeconds: integer(raw, 'StickinessSeconds') }),
    ...(secretArn !== undefined && { oidcClientSecret: { secretArn, ...(field !== undefined && { field }) } }),
  };
}

export const fixedRuleProperties = (raw: RawProperties): FixedRuleProperties => ({
  ...placedRule(raw),
  actions: list<Action>(raw, 'Actions'),
});

const placedRule = (raw: RawProperties): PlacedRule => ({
  listenerArn: text(raw, 'ListenerArn'),
  priority: integer(raw, 'Priority'),
  conditions: list<RuleCondition>(raw, 'Conditions'),
});

function optional(raw: RawProperties, name: string): string | undefined {
  const value = raw[name];
  return typeof value === 'string' || typeof value === 'number' ? String(value) : undefined;
}

function text(raw: RawProperties, name: string): string {
  const value = optional(raw, name);
  if (value === undefined || value === '') throw new Error(`the property ${name} is missing`);
  return value;
}

function integer(raw: RawProperties, name: string): number {
  const value = Number(text(raw, name));
  if (!Number.isInteger(value))
    throw new Error(`the property ${name} must be a whole number, found: ${text(raw, name)}`);
  return value;
}

function list<T>(raw: RawProperties, name: string): T[] {
  const value: unknown = JSON.parse(text(raw, name));
  if (!Array.isArray(value)) throw new Error(`the property ${name} must be a JSON list`);
  return value as T[];
}
