import { noticed } from './shapes';

export const azureRouteprefixFuture = noticed('plugin-azure-routeprefix-future', ['azure-functions']);
