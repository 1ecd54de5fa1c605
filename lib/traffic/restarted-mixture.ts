/**
 * An e-process that may begin at any period: the mean, by a prior over starts and alternatives fixed beforehand, of
 * likelihood-ratio processes that are 1 until they begin. A mean of such processes is one again, so that it passes 1/α
 * with a chance of α at most however often one looks (Ville's inequality), and a fault that begins late is weighed by a
 * process that began late, not behind the good hours before it.
 */
export class RestartedMixture {
  /** Logarithm of the weighted processes that have begun, by alternative. */
  private readonly begun: number[];
  /** Prior mass of the starts that are still to come. */
  private left = 1;

  /** @param weights prior of the alternatives; they add up to 1 */
  constructor(private readonly weights: readonly number[]) {
    this.begun = weights.map(() => -Infinity);
  }

  /**
   * One period.
   * @param start prior mass of the processes that begin with this period
   * @param gains log-likelihood ratio of the period by alternative
   */
  add(start: number, gains: readonly number[]): void {
    const mass = Math.min(start, this.left);
    this.left -= mass;
    for (let index = 0; index < this.weights.length; index += 1) {
      const before = logAdd(this.begun[index]!, Math.log(mass * this.weights[index]!));
      this.begun[index] = before + gains[index]!;
    }
  }

  /** Natural logarithm of the evidence. */
  logE(): number {
    return logAdd(logSum(this.begun), Math.log(Math.max(0, this.left)));
  }
}

/** log(exp(a) + exp(b)); −Infinity counts for nothing. */
function logAdd(a: number, b: number): number {
  if (a < b) return logAdd(b, a);
  return b === -Infinity ? a : a + Math.log1p(Math.exp(b - a));
}

/** log(Σ exp(x)); −Infinity counts for nothing. */
export function logSum(logs: readonly number[]): number {
  let highest = -Infinity;
  for (const value of logs) if (value > highest) highest = value;
  if (highest === -Infinity) return -Infinity;
  let sum = 0;
  for (const value of logs) sum += Math.exp(value - highest);
  return highest + Math.log(sum);
}
