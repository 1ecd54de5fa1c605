/**
 * Text that Terraform must take as it is. In a string of `cdk.tf.json` `${` begins an expression and `%{` a directive
 * (Terraform language, "Strings and Templates", escape sequences), and cdktf does not escape them: a shell script's
 * `${NAME}` or a JSONata `{%{` would end the plan, or worse, mean something. cdktf's own references (`${TfToken[…]}`)
 * stay what they are.
 */
export function literal(text: string): string;
export function literal<T>(value: T): T;
export function literal(value: unknown): unknown {
  if (typeof value === 'string') return value.replace(OPENING, (opening) => opening[0]! + opening);
  if (Array.isArray(value)) return value.map((each) => literal(each as unknown));
  if (typeof value !== 'object' || value === null) return value;
  // A reference that is not a string yet (a computed list, an expression) is cdktf's own.
  if ('resolve' in value) return value;
  return Object.fromEntries(Object.entries(value).map(([key, each]) => [literal(key), literal(each as unknown)]));
}

/** Of an expression that is not a reference of cdktf, or of a directive. */
const OPENING = /\$\{(?!TfToken\[)|%\{/g;

/** JSON in which Terraform finds its references and nothing else. Lists that are one token need `Fn.jsonencode`. */
export const literalJson = (value: unknown): string => literal(JSON.stringify(value));
