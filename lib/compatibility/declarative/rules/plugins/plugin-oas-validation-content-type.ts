import { noticed } from './shapes';

export const oasValidationContentType = noticed('plugin-oas-validation-content-type', ['oas-validation']);
