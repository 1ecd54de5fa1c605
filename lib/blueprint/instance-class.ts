/**
 * Orders RDS instance classes as far as it can be proved: AWS document "Hardware specifications for DB instance classes".
 * Within a family of a generation the sizes are ordered. Across families only t, m and r are known here: 4 and 8 GiB a
 * vCPU for m and r, and a vCPU of t is shared.
 */
const SIZES = ['micro', 'small', 'medium', 'large'];
const T_MEMORY_GIB: Readonly<Record<string, number>> = {
  micro: 1,
  small: 2,
  medium: 4,
  large: 8,
  xlarge: 16,
  '2xlarge': 32,
};

interface InstanceClass {
  readonly family: string;
  /** `t`, `m`, `r` or another. */
  readonly kind: string;
  readonly generation: number;
  readonly vcpus: number;
  readonly memoryGib: number | undefined;
  /** Order of the size within its family. */
  readonly rank: number;
}

function parse(text: string): InstanceClass | undefined {
  const match = /^db\.(([a-z]+)(\d+)[a-z-]*)\.(?:(\d*)xlarge|([a-z]+))$/.exec(text);
  if (match === null) return undefined;
  const [, family = '', kind = '', generation, times, name] = match;
  const vcpus = times === undefined ? 2 : 4 * Number(times || 1);
  const rank = times === undefined ? SIZES.indexOf(name ?? '') : SIZES.length + Number(times || 1);
  if (rank === -1) return undefined;
  const size = text.slice(text.lastIndexOf('.') + 1);
  const perVcpu = { m: 4, r: 8 }[kind];
  const memoryGib = kind === 't' ? T_MEMORY_GIB[size] : perVcpu && vcpus * perVcpu;
  return { family, kind, generation: Number(generation), vcpus, memoryGib, rank };
}

/** True only when it can be proved; an unknown class is not smaller than itself alone. */
export function isNotSmaller(instanceClass: string, than: string): boolean {
  if (instanceClass === than) return true;
  const [have, need] = [parse(instanceClass), parse(than)];
  if (have === undefined || need === undefined) return false;
  if (have.family === need.family) return have.rank >= need.rank;
  if (have.memoryGib === undefined || need.memoryGib === undefined) return false;
  if (have.kind === 't' && need.kind !== 't') return false;
  // An older generation of the same kind has slower vCPUs. Generations of different kinds do not compare: 3 and 4 of t
  // are as old as 5 and 6 of m.
  if (have.kind === need.kind && have.generation < need.generation) return false;
  return have.vcpus >= need.vcpus && have.memoryGib >= need.memoryGib;
}
