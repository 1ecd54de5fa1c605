import { withoutDatabase } from './rate-limit-counters';
import { noticed } from './shapes';

export const hybridOauth2 = noticed('hybrid-oauth2', ['oauth2'], (_plugin, context) =>
  withoutDatabase(context) === false ? undefined : { path: [] },
);
