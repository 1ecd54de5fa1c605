import { BlockList, isIPv6 } from 'node:net';
import type { Action, Condition, Listener, Rule } from './state';

/** What a rule's conditions look at. Header names are lower-case, as Node gives them. */
export interface RequestFacts {
  readonly method: string;
  /** Host header without its port. */
  readonly host: string;
  readonly path: string;
  /** Without the leading question mark. */
  readonly query: string;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly sourceIp: string;
}
type Test = (request: RequestFacts) => boolean;

/**
 * A comparison string with `*` (0 or more characters) and `?` (exactly one) as AWS compares it; a backslash before
 * either takes it literally ("Condition types for listener rules").
 */
export function wildcard(pattern: string, caseSensitive = false): RegExp {
  const source = pattern.replace(/\\([*?])|\*|\?|[.+^${}()|[\]\\]/g, (found, escaped: string | undefined) => {
    if (escaped !== undefined) return `\\${escaped}`;
    if (found === '*') return '.*';
    return found === '?' ? '.' : `\\${found}`;
  });
  return new RegExp(`^${source}$`, caseSensitive ? 's' : 'si');
}

/**
 * One condition as a test of a request; satisfied by any of its values. Host, header and query comparisons ignore case,
 * path and method do not; the path is compared without its query string (ELBv2 API reference, the `…ConditionConfig`
 * types). A field that is not known here matches nothing.
 */
export function compileCondition(condition: Condition): Test {
  const any = (config: { Values?: readonly string[]; RegexValues?: readonly string[] } | undefined, cased: boolean) => {
    const patterns = [
      ...(config?.Values ?? condition.Values ?? []).map((value) => wildcard(value, cased)),
      ...(config?.RegexValues ?? condition.RegexValues ?? []).map((value) => new RegExp(value, cased ? '' : 'i')),
    ];
    return (text: string): boolean => patterns.some((pattern) => pattern.test(text));
  };
  switch (condition.Field) {
    case 'host-header': {
      const matches = any(condition.HostHeaderConfig, false);
      return ({ host }) => matches(host);
    }
    case 'path-pattern': {
      const matches = any(condition.PathPatternConfig, true);
      return ({ path }) => matches(path);
    }
    case 'http-header': {
      const name = condition.HttpHeaderConfig?.HttpHeaderName?.toLowerCase() ?? '';
      const matches = any(condition.HttpHeaderConfig, false);
      return ({ headers }) => {
        const value = headers[name];
        return value !== undefined && (Array.isArray(value) ? value : [value]).some(matches);
      };
    }
    case 'http-request-method': {
      const methods = condition.HttpRequestMethodConfig?.Values ?? condition.Values ?? [];
      return ({ method }) => methods.includes(method);
    }
    case 'query-string': {
      const wanted = (condition.QueryStringConfig?.Values ?? []).map(({ Key, Value }) => ({
        key: Key === undefined || Key === '' ? undefined : wildcard(Key),
        value: wildcard(Value ?? ''),
      }));
      return ({ query }) =>
        query.split('&').some((pair) => {
          const [key = '', value = ''] = pair.split(/=(.*)/s);
          return wanted.some((one) =>
            one.key === undefined
              ? one.value.test(value) || one.value.test(pair)
              : one.key.test(key) && one.value.test(value),
          );
        });
    }
    case 'source-ip': {
      const ranges = new BlockList();
      for (const range of condition.SourceIpConfig?.Values ?? condition.Values ?? []) {
        const [address = '', bits] = range.split('/');
        const family = isIPv6(address) ? 'ipv6' : 'ipv4';
        ranges.addSubnet(address, Number(bits ?? (family === 'ipv6' ? 128 : 32)), family);
      }
      return ({ sourceIp }) => ranges.check(sourceIp, isIPv6(sourceIp) ? 'ipv6' : 'ipv4');
    }
    default:
      return () => false;
  }
}

export interface Match {
  /** Undefined for the listener's default actions. */
  readonly rule?: Rule;
  /** In order: authenticate actions first, the routing action last. */
  readonly actions: readonly Action[];
}

const inOrder = (actions: readonly Action[]): readonly Action[] =>
  [...actions].sort((a, b) => (a.Order ?? 0) - (b.Order ?? 0));

/**
 * A listener's rules as one function, lowest priority number first, the default actions last; a rule matches when every
 * one of its conditions does ("Listener rules for your Application Load Balancer").
 */
export function compileListener(
  listener: Pick<Listener, 'defaultActions' | 'rules'>,
): (request: RequestFacts) => Match {
  const rules = listener.rules
    .filter((rule) => Number.isFinite(Number(rule.priority)))
    .sort((a, b) => Number(a.priority) - Number(b.priority))
    .map((rule) => ({
      tests: rule.conditions.map(compileCondition),
      match: { rule, actions: inOrder(rule.actions) },
    }));
  const otherwise: Match = { actions: inOrder(listener.defaultActions) };
  return (request) => rules.find(({ tests }) => tests.every((test) => test(request)))?.match ?? otherwise;
}
