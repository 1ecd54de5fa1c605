import type { Difference } from './compare';

/** A difference that is meant, and why. */
export interface Intended {
  readonly aspect: string;
  readonly fact: RegExp;
  /** What the two say, as JSON; `undefined` where one says nothing. */
  readonly cloudFormation: RegExp;
  readonly terraform: RegExp;
  readonly because: string;
}

const NOTHING = /^undefined$/;
const ANYTHING = /^(?!undefined$)/s;

export const INTENDED: readonly Intended[] = [
  {
    aspect: 'databases',
    fact: /^database \w+ › deletionProtection$/,
    cloudFormation: /by the launch/,
    terraform: /in the template/,
    because:
      'CloudFormation could not roll a failed first deployment back past a protected database, so the last step of a deployment protects it; Terraform rolls nothing back',
  },
];

export const isIntended = (one: Intended, difference: Difference): boolean =>
  one.aspect === difference.aspect &&
  one.fact.test(difference.fact) &&
  one.cloudFormation.test(String(JSON.stringify(difference.cloudFormation))) &&
  one.terraform.test(String(JSON.stringify(difference.terraform)));

void [NOTHING, ANYTHING];
