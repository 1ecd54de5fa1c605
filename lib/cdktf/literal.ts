/**
 * Text that Terraform must take as it is. In a string of `cdk.tf.json` `${` begins an expression and `%{` a directive
 * (Terraform language, "Strings and Templates", escape sequences), and cdktf does not escape them: a shell script's
 * `${NAME}` or a JSONata `{%{` would end the plan, or worse, mean something. cdktf's own references (`${TfToken[…]}`)
 * stay what they are.
 */
export function literal(text: string): string;
export function literal<T>(value: T): T;
export function literal(value: unknown): unknown {
  if (typeof value === 'string') return literalText(value);
  if (Array.isArray(value)) return value.map((each) => literal(each as unknown));
  if (typeof value !== 'object' || value === null) return value;
  // A reference that is not a string yet (a computed list, an expression) is cdktf's own.
  if ('resolve' in value) return value;
  return Object.fromEntries(Object.entries(value).map(([key, each]) => [literal(key), literal(each as unknown)]));
}

/** JSON in which Terraform finds its references and nothing else. Lists that are one token need `Fn.jsonencode`. */
export const literalJson = (value: unknown): string => literal(JSON.stringify(value));

const REFERENCE = String.raw`\{TfToken\[[A-Za-z0-9:._-]+\]\}`;
const HAS_REFERENCE = new RegExp(String.raw`\$${REFERENCE}`);
const DOLLARS = new RegExp(String.raw`\$+(?=\{(?!${REFERENCE.slice(2)})|\$${REFERENCE})`, 'g');

function literalText(text: string): string {
  const directives = text.replaceAll('%{', '%%{');
  if (!HAS_REFERENCE.test(text)) return directives.replaceAll('${', () => '$${');
  // cdktf takes an escaped `$${` for an open expression and writes the references after it bare; and a dollar before a
  // reference would escape that. So beside references a dollar is an expression of its own.
  return directives.replace(DOLLARS, (dollars) => `\${"${dollars}"}`);
}
