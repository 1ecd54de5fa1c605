// By subpath: the whole of semver is 47 files, these are a handful, and every program here starts with them.
import type SemVer from 'semver/classes/semver';
import parseSemver from 'semver/functions/parse';
import { KongDualClusterError } from '../errors';

const SHAPE = /^(\d+)\.(\d+)(?:\.(\d+)(?:\.(\d+))?)?(?:-([0-9A-Za-z.-]+))?$/;

/** `satisfies` takes these; `||` separates alternatives, blanks separate what must hold together. */
const COMPARATOR = /^(>=|<=|>|<|=)?(\d.*)$/;

export type Edition = 'oss' | 'enterprise';

/**
 * A Kong Gateway version: `3.4` (a minor: whatever patch its image tag holds), `3.4.2` (open source) or `3.4.3.12`
 * (Enterprise), each with an optional pre-release. It wraps semver, which knows no fourth part: `valid('3.4.3.5')` is
 * null and `coerce` drops the 5.
 */
export class KongVersion {
  /** Minors that the code names: asked for again with every entity that a rule looks at. */
  private static readonly minors = new Map<string, SemVer>();

  private constructor(
    /** As it was written. */
    private readonly text: string,
    private readonly core: SemVer,
    /** The fourth part of an Enterprise version. */
    private readonly build: number | undefined,
    /** 2 for a minor, 3 for open source, 4 for Enterprise. */
    private readonly parts: 2 | 3 | 4,
  ) {}

  /** @throws KongDualClusterError VERSION_INVALID */
  static parse(text: string): KongVersion {
    const version = KongVersion.tryParse(text);
    if (version === undefined) {
      throw new KongDualClusterError('VERSION_INVALID', 'a Kong version has two, three or four numbers', {
        found: text === '' ? 'nothing' : text,
        remedy: 'write it as 2.8, 3.4.2 or, for Enterprise, 3.4.3.12',
      });
    }
    return version;
  }

  /** Undefined where `parse` throws. */
  static tryParse(text: string): KongVersion | undefined {
    const match = SHAPE.exec(text);
    if (match === null) return undefined;
    const [, major, minor, patch, build, pre] = match;
    const core = parseSemver(`${major}.${minor}.${patch ?? 0}${pre === undefined ? '' : `-${pre}`}`);
    const fourth = build === undefined ? undefined : Number(build);
    // As in semver: no leading zeros, nothing beyond what a number holds exactly.
    if (core === null || (fourth !== undefined && (String(fourth) !== build || !Number.isSafeInteger(fourth)))) {
      return undefined;
    }
    return new KongVersion(text, core, fourth, build !== undefined ? 4 : patch !== undefined ? 3 : 2);
  }

  /** `3.4` of `3.4.3.12`. */
  minor(): string {
    return `${this.core.major}.${this.core.minor}`;
  }

  /** True for `3.4`, which names no patch: what runs is what the image tag holds. */
  namesNoPatch(): boolean {
    return this.parts === 2;
  }

  /** Enterprise versions have four numbers, open-source ones three; undefined for a minor, which both have. */
  edition(): Edition | undefined {
    return this.parts === 2 ? undefined : this.parts === 3 ? 'oss' : 'enterprise';
  }

  /**
   * Whether this is in a range: comparators (`>=`, `>`, `<=`, `<`, `=` or none) that all hold, alternatives by `||`, as
   * in `>=2.8 <3.4 || 3.4.3.12`. Only the numbers that a comparator names count, as in semver: every 3.4.x.y is `3.4`,
   * `<=3.4` and not `>3.4`; a number that this version lacks counts as 0. Unlike semver a pre-release is in a range by
   * its place in the order alone, and in that of its minor: `3.4.0-rc.1` is `>=3.4` and not `>=3.4.0`.
   *
   * @throws KongDualClusterError VERSION_RANGE_INVALID
   */
  satisfies(range: string): boolean {
    const alternatives = range.split('||').map((text) =>
      text
        .trim()
        .replace(/([<>=])\s+/g, '$1')
        .split(/\s+/),
    );
    // All are read before any is trusted: a mistake in a range is told whatever the version.
    const read = alternatives.map((all) => all.map((text) => this.holds(text, range)));
    return read.some((all) => all.every(Boolean));
  }

  private holds(comparator: string, range: string): boolean {
    const [, operator, version] = COMPARATOR.exec(comparator) ?? [];
    const bound = KongVersion.tryParse(version ?? '');
    if (bound === undefined) {
      throw new KongDualClusterError('VERSION_RANGE_INVALID', 'a range of Kong versions cannot be read', {
        found: range === '' ? 'nothing' : range,
        remedy: 'write it as >=2.8 <3.4, alternatives separated by ||',
      });
    }
    const order = this.compareUpTo(bound);
    if (operator === '>=') return order >= 0;
    if (operator === '>') return order > 0;
    if (operator === '<=') return order <= 0;
    if (operator === '<') return order < 0;
    return order === 0;
  }

  /** By the numbers that `bound` names, then by pre-release where it names one or all numbers of this. */
  private compareUpTo(bound: KongVersion): number {
    const [mine, others] = [this.numbers(), bound.numbers()];
    const differing = mine.findIndex((number, i) => i < bound.parts && number !== others[i]);
    if (differing >= 0) return Math.sign(mine[differing]! - others[differing]!);
    const whole = bound.core.prerelease.length > 0 || (bound.parts > 2 && bound.parts >= this.parts);
    return whole ? this.core.comparePre(bound.core) : 0;
  }

  private numbers(): readonly [number, number, number, number] {
    return [this.core.major, this.core.minor, this.core.patch, this.build ?? 0];
  }

  /** Whether this is of that minor or a later one; patches and pre-releases do not count. */
  isAtLeastMinor(minor: string): boolean {
    let other = KongVersion.minors.get(minor);
    if (other === undefined) KongVersion.minors.set(minor, (other = KongVersion.parse(minor).core));
    return this.core.major > other.major || (this.core.major === other.major && this.core.minor >= other.minor);
  }

  /**
   * Negative, 0 or positive, a total order. A missing part counts as 0; where only the number of parts differs, the
   * shorter comes first (`3.4` before `3.4.0`). A pre-release comes before its release.
   */
  compare(other: KongVersion): number {
    return (
      this.core.compareMain(other.core) ||
      Math.sign((this.build ?? 0) - (other.build ?? 0)) ||
      this.core.comparePre(other.core) ||
      Math.sign(this.parts - other.parts)
    );
  }

  toString(): string {
    return this.text;
  }
}
