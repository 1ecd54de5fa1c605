/** The three results of a rule over one entity, in the manner of cdk-nag. */
export type Result = 'compliant' | 'non-compliant' | 'not-applicable';

export type Severity =
  'breaking' | 'behaviour' | 'default-changed' | 'deprecated' | 'renamed' | 'removed' | 'tool-gap' | 'info' | 'future';

/** The five tables in which Kong's LTS guide puts its notices (developer.konghq.com, "Review gateway changes"). */
export type Category =
  'new-features' | 'removed-or-deprecated' | 'compatible' | 'support-may-be-required' | 'changed-behaviour';

/** When a person has to act: before green is deployed, while both clusters serve, or after the teardown. */
export type When = 'before' | 'during' | 'after';

export interface Fix {
  /** auto: `--write` does it; manual: a person has to decide. */
  readonly mode: 'auto' | 'manual';
  readonly how: string;
}

/** One thing in what was looked at that an upgrade changes. */
export interface CompatibilityFinding {
  /** Id of the entry in `facts/`; for kong.conf the parameter's name. */
  readonly id: string;
  readonly result: 'non-compliant';
  readonly severity: Severity;
  readonly category: Category;
  readonly when: When;
  /** What it stands in, as a person calls it: `route "users"`, `plugin "acl" of service "orders"`, `kong.conf`. */
  readonly entity: string;
  /** Path inside it, `config.headers.X-Key`, `paths[0]`; null for the whole. */
  readonly field: string | null;
  /** File or URL it was read from. */
  readonly file: string;
  /** From 1; null where there are no lines (an Admin API). */
  readonly line: number | null;
  /** What happens after the upgrade, with the value found; never a secret. */
  readonly message: string;
  readonly fix: Fix;
  /** Where the rule comes from: Kong's documents or sources, issues, recordings. */
  readonly sources: readonly string[];
}

/** Whether it asks for something to be done; informative and future entries do not make a check fail. */
export const needsAction = ({ severity }: Pick<CompatibilityFinding, 'severity'>): boolean =>
  severity !== 'info' && severity !== 'future';
