import { parameters } from './parameters';

/** Of what they hold after their prefix Kong makes nginx directives, plugin servers and vaults. */
const INJECTED =
  /^(nginx_(main|events|http|upstream|proxy|status|debug|admin|stream|supstream|sproxy|wasm)_|pluginserver_|vault_)./;

/** Whether Kong takes the name although no list has it: `nginx_http_log_format`. */
export const isInjected = (name: string): boolean => INJECTED.test(name);

/** Values that no report shows: secrets, and what is put into nginx as it is. */
export const isSecret = (name: string): boolean =>
  /password|secret|token|credential|_key$|_conf$|_json$|^proxy_server$|portal_auth|smtp_|redis|tsdb|license/.test(
    name,
  ) ||
  (isInjected(name) && !parameters().has(name));

/** The value as a report may show it. */
export function shown(name: string, value: string | undefined): string {
  if (value === undefined) return `${name} (a secret)`;
  if (isSecret(name) || /:\/\/[^/\s]*@/.test(value)) return name;
  const text = value.replace(/\s+/g, ' ');
  return `${name} = ${text.length > 60 ? `${text.slice(0, 59)}…` : text}`;
}

/** The name that was probably meant: one letter more, less, other or exchanged; undefined when there is none. */
export function nearest(name: string): string | undefined {
  if (name.length < 4) return undefined;
  misspelt ??= new Map(
    [...parameters().keys()].flatMap((known) => shortened(known).map((form) => [form, known] as const)),
  );
  for (const form of shortened(name.toLowerCase())) {
    const known = misspelt.get(form);
    if (known !== undefined) return known;
  }
  return undefined;
}

let misspelt: ReadonlyMap<string, string> | undefined;

/** Itself, and without each of its letters: two that share one of these are a slip apart. */
const shortened = (name: string): readonly string[] => [
  name,
  ...Array.from(name, (_, at) => name.slice(0, at) + name.slice(at + 1)),
];
