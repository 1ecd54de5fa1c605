import type { ClassSet, Node } from './ast';

/** What the crate lets a compiled pattern take, `RegexBuilder::size_limit` by default. */
export const SIZE_LIMIT_BYTES = 10 * 1024 * 1024;

/**
 * Bytes that one of these takes compiled, rounded up, as measured by counted repetitions until the crate (regex 1.12)
 * refused them. Classes of Unicode are the large ones: `\w{400}` is too large already.
 */
const BYTES = { literal: 170, dot: 530, negated: 530, category: 23_500 } as const;
const PERL: Readonly<Record<string, number>> = { w: 27_100, W: 25_300, d: 2720, D: 6900, s: 370, S: 1500 };

/** About how many bytes the compiled pattern takes. */
export function estimatedBytes(node: Node): number {
  switch (node.type) {
    case 'dot':
      return BYTES.dot;
    case 'perl':
      return PERL[node.name] ?? BYTES.literal;
    case 'unicode':
      return BYTES.category;
    case 'class':
      return (node.negated ? BYTES.negated : BYTES.literal) + bytesOfSet(node.set);
    case 'group':
      return BYTES.literal + estimatedBytes(node.node);
    case 'repeat': {
      // A repetition without an end is a loop behind its least count.
      const copies = Number.isFinite(node.max) ? node.max : Math.max(node.min, 1);
      return BYTES.literal + copies * estimatedBytes(node.node);
    }
    case 'concat':
    case 'alternate':
      return node.nodes.reduce((sum, part) => sum + estimatedBytes(part), 0);
    default:
      return BYTES.literal;
  }
}

function bytesOfSet(set: ClassSet): number {
  switch (set.type) {
    case 'perl':
      return PERL[set.name] ?? 0;
    case 'unicode':
      return BYTES.category;
    case 'bracketed':
      return (set.negated ? BYTES.negated : 0) + bytesOfSet(set.set);
    case 'union':
      // Of `\w` and `\d` together only the larger counts: one holds the other.
      return Math.max(0, ...set.items.map(bytesOfSet));
    case 'operation':
      return Math.max(...set.sides.map(bytesOfSet));
    default:
      return 0;
  }
}
