import { noticed, ofTwoDatabases } from './shapes';

export const oauth2TokensRuntime = ofTwoDatabases(noticed('plugin-oauth2-tokens-runtime', ['oauth2']));
