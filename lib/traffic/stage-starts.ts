/** Share of a stage's prior that lies on its first period; the rest is spread over the later ones. */
const AT_ONCE = 0.5;
/** Mean time from a stage's beginning to a later start, seconds. */
const MEAN_SECONDS = 1800;

/**
 * Prior over the moment a fault begins, for the stages of a plan: each stage by the inverse of its share, because evidence
 * gathers slowest where the share is smallest and later stages can afford a smaller start; in a stage half at its first
 * period, the rest geometrically over the later ones. It adds up to 1 at most however long the stages are extended.
 */
export class StageStarts {
  private readonly left = new Map<number, number>();
  private readonly masses: readonly number[];

  constructor(
    shares: readonly number[],
    private readonly periodSeconds: number,
  ) {
    const total = shares.reduce((sum, share) => sum + 1 / share, 0);
    this.masses = shares.map((share) => 1 / share / total);
  }

  /** Prior of a stage, 0–1. */
  massOf(stage: number): number {
    return this.masses[stage] ?? 0;
  }

  /** Prior of a start at the next period of a stage, as a part of the whole. */
  next(stage: number): number {
    const left = this.left.get(stage);
    const mass =
      left === undefined ? this.massOf(stage) * AT_ONCE : left * Math.min(1, this.periodSeconds / MEAN_SECONDS);
    this.left.set(stage, (left ?? this.massOf(stage)) - mass);
    return mass;
  }

  /** Prior of the first period of a stage: what a fault that begins with it is weighed by. */
  atOnce(stage: number): number {
    return this.massOf(stage) * AT_ONCE;
  }
}
