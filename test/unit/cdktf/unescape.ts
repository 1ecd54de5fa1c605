/** A literal text as Terraform takes it, with its references in place: `$${` and `%%{` are one brace each. */
export const unescape = (text: unknown): string => String(text).replace(/([$%])\1\{/g, '$1{');
