/**
 * Where our rules go among the owner's. A listener answers a request by its first matching rule, smallest priority
 * first (AWS ELBv2 documents, "Listener rules"), so each rule of ours takes over exactly one rule of the owner's when
 * it has the same conditions and stands above it, below the rule before, and in the owner's order.
 */

/** Priorities run from 1 to 50000; the default action comes after all of them (AWS ELBv2 API, `CreateRule.Priority`). */
export const LOWEST_PRIORITY = 50000;

export interface RuleInOrder {
  readonly id: string;
  /** 1 to 50000; LOWEST_PRIORITY + 1 for the listener's default action. */
  readonly priority: number;
  /** Priorities wanted above this rule: 0 for a rule that stays as it is, 1 for a weighted rule, 3 with tester rules. */
  readonly wanted: number;
}

export interface Placement {
  readonly id: string;
  /** As many as wanted, ascending; all of them above the rule. */
  readonly priorities: readonly number[];
}

export type PriorityPlan =
  | { readonly ok: true; readonly placements: readonly Placement[] }
  | {
      readonly ok: false;
      /** The rules of the first block that has too little room, and how many priorities it lacks. */
      readonly block: readonly string[];
      readonly lacking: number;
      /** New priorities for existing rules, order kept, that make room everywhere; undefined when 50000 are not enough. */
      readonly moves: readonly { readonly id: string; readonly priority: number }[] | undefined;
    };

/**
 * Free priorities for our rules. Neighbours that are all taken over form a block: inside it ours may stand among the
 * owner's, because a rule that is taken over sees no requests any more. Each is put as far down as its own rule and
 * the rules of ours after it allow, which leaves the most room for the others.
 * @param rules of one listener, in any order
 */
export function planPriorities(rules: readonly RuleInOrder[]): PriorityPlan {
  const order = sorted(rules);
  const used = new Set(order.map((rule) => rule.priority));
  const placements: Placement[] = [];
  for (const block of blocks(order)) {
    const placed = placeBlock(block, used);
    if (!placed.ok) {
      return { ok: false, block: block.rules.map((rule) => rule.id), lacking: placed.lacking, moves: makeRoom(order) };
    }
    placements.push(...placed.placements);
  }
  return { ok: true, placements };
}

interface Block {
  /** Priority of the rule before the block that is not taken over; 0 when there is none. */
  readonly after: number;
  readonly rules: readonly RuleInOrder[];
}

function blocks(order: readonly RuleInOrder[]): Block[] {
  const result: { after: number; rules: RuleInOrder[] }[] = [];
  let after = 0;
  let open: { after: number; rules: RuleInOrder[] } | undefined;
  for (const rule of order) {
    if (rule.wanted === 0) {
      after = rule.priority;
      open = undefined;
    } else if (open) {
      open.rules.push(rule);
    } else {
      open = { after, rules: [rule] };
      result.push(open);
    }
  }
  return result;
}

function placeBlock(
  block: Block,
  used: ReadonlySet<number>,
): { ok: true; placements: Placement[] } | { ok: false; lacking: number } {
  const placements: Placement[] = [];
  let below = Infinity;
  let lacking = 0;
  for (const rule of [...block.rules].reverse()) {
    const priorities: number[] = [];
    let candidate = Math.min(rule.priority, below) - 1;
    for (; priorities.length < rule.wanted && candidate > block.after; candidate--) {
      if (!used.has(candidate)) priorities.unshift(candidate);
    }
    lacking += rule.wanted - priorities.length;
    below = priorities[0] ?? below;
    placements.unshift({ id: rule.id, priorities });
  }
  return lacking === 0 ? { ok: true, placements } : { ok: false, lacking };
}

/**
 * New priorities that make room for every block and keep the owner's order. Rules move down only as far as needed;
 * when the end of the range is reached all of them are packed from 1.
 */
function makeRoom(order: readonly RuleInOrder[]): { id: string; priority: number }[] | undefined {
  const pushed = push(order, (rule) => rule.priority) ?? push(order, () => 1);
  if (!pushed) return undefined;
  return order.flatMap((rule, i) => {
    const priority = pushed[i]!;
    return priority === rule.priority || rule.priority > LOWEST_PRIORITY ? [] : [{ id: rule.id, priority }];
  });
}

function push(order: readonly RuleInOrder[], wish: (rule: RuleInOrder) => number): number[] | undefined {
  let last = 0;
  const priorities: number[] = [];
  for (const rule of order) {
    const isDefault = rule.priority > LOWEST_PRIORITY;
    const lowest = last + rule.wanted + 1;
    const priority = isDefault ? rule.priority : Math.max(wish(rule), lowest);
    if (priority < lowest || (!isDefault && priority > LOWEST_PRIORITY)) return undefined;
    priorities.push(priority);
    last = priority;
  }
  return priorities;
}

const sorted = (rules: readonly RuleInOrder[]): RuleInOrder[] => [...rules].sort((a, b) => a.priority - b.priority);
