import facts from './facts/feature-flags.json';

/**
 * Feature flags of aws-cdk-lib, as `cdk init` of 2.273 writes them. They stand here and not in cdk.json, so that a
 * user's own cdk.json of one line gives the same templates and no warning about flags; what stands there wins.
 *
 * Not as recommended:
 * - `defaultCrossStackReferences`: the exports of the edge are what keeps it from going while a slot uses it.
 * - `enableAdditionalMetadataCollection`: it changes no resource, reports to AWS which properties were used, and is slow.
 *   It is for the user to give.
 */
export const FEATURE_FLAGS: Readonly<Record<string, unknown>> = {
  ...facts.flags,
  '@aws-cdk/core:defaultCrossStackReferences': 'strong',
  '@aws-cdk/core:enableAdditionalMetadataCollection': false,
};
