import { noticed } from './shapes';

export const prometheusRenames = noticed('plugin-prometheus-renames', ['prometheus']);
