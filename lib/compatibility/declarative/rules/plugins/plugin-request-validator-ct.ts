import { noticed } from './shapes';

export const requestValidatorCt = noticed('plugin-request-validator-ct', ['request-validator']);
