/**
 * A value in the form of the parameter that has the place of another one now; undefined: it has none there. The old
 * keep-alive parameters took nginx's words, the new ones take numbers (kong/conf_loader/init.lua of 2.x).
 */
export function converted(replacement: string, value: string | undefined): string | undefined {
  if (value === undefined) return undefined;
  if (replacement === 'upstream_keepalive_pool_size') return value === 'NONE' ? '0' : numeric(value);
  if (replacement === 'upstream_keepalive_max_requests') return numeric(value);
  if (replacement !== 'upstream_keepalive_idle_timeout') return value;
  const parts = [...value.matchAll(/(\d+)\s*(ms|[smhdwMy]?)\s*/g)];
  if (value === '' || parts.map(([part]) => part).join('') !== value) return undefined;
  const seconds = parts.reduce((sum, [, amount, unit]) => sum + Number(amount) * SECONDS[unit!]!, 0);
  return Number.isInteger(seconds) ? String(seconds) : undefined;
}
const SECONDS: Readonly<Record<string, number>> = {
  '': 1,
  ms: 0.001,
  s: 1,
  m: 60,
  h: 3600,
  d: 86400,
  w: 604800,
  M: 2592000,
  y: 31536000,
};
const numeric = (value: string): string | undefined => (/^\d+$/.test(value) ? value : undefined);
