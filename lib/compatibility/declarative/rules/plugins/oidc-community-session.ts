import { noticed } from './shapes';

/** The community plugins on lua-resty-openidc, under the names that they are published with. */
export const oidcCommunitySession = noticed('oidc-community-session', ['oidc', 'kong-oidc']);
