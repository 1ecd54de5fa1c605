import { noticed } from './shapes';

export const ldapAdv403 = noticed('plugin-ldap-adv-403', ['ldap-auth-advanced']);
