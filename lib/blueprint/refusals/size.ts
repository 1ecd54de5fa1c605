import type { Settings, SlotSettings } from '../../settings/schema';
import { otherSlot, SLOTS } from '../../traffic/weights';
import { sizeOf } from '../cluster';
import { lockedSource, restoredFrom } from '../restored';
import type { SizeSpec } from '../spec';
import type { Check, Refusal } from './refusal';

const KEYS = ['count', 'min', 'max', 'cpu', 'memoryMib'] as const satisfies readonly (keyof SizeSpec)[];

/** Nodes of a slot: of an adopted one those that ran when `adopt` looked, and no task size unless ECS said it. */
function nodesOf(slot: SlotSettings): SizeSpec {
  if (slot.adopted === undefined) return sizeOf(slot);
  const { nodes, platform } = slot.adopted;
  const { cpu, memoryMib } = platform === 'ecs' ? slot.size : { cpu: 0, memoryMib: 0 };
  return { count: nodes, min: nodes, max: nodes, cpu, memoryMib };
}

/** The idle slot must be able to take all the traffic: before the cutover as green, afterwards as the way back. */
export const smallerThanLive: Check = ({ slots, live }) => {
  const idle = otherSlot(live);
  const [of, than] = [slots[idle], slots[live]];
  // Nodes that somebody else made are theirs to size.
  if (of === undefined || than === undefined || of.adopted !== undefined) return [];
  const [have, need] = [nodesOf(of), nodesOf(than)];
  // Bounds that nobody wrote follow the count: they are told only when the count is not the reason.
  const follows = (key: (typeof KEYS)[number]) =>
    (key === 'min' || key === 'max') && of.size[key] === undefined && have.count < need.count;
  return KEYS.filter((key) => have[key] < need[key] && !follows(key)).map((key) =>
    tooSmall(idle, key, have[key], need[key], live),
  );
};

/** Nodes that ran when `snapshot` looked: autoscaling may have gone above the count in the file. */
export const smallerThanRunning: Check = ({ slots, live }, lock) => {
  const idle = otherSlot(live);
  const settings = slots[idle];
  const running = lockedSource(lock, idle)?.runningNodes;
  if (
    settings === undefined ||
    running === undefined ||
    settings.adopted !== undefined ||
    restoredFrom(settings) === undefined
  )
    return [];
  const { count } = sizeOf(settings);
  const declared = slots[live] === undefined ? 0 : nodesOf(slots[live]).count;
  // At most what smallerThanLive says already.
  if (count >= running || count < declared) return [];
  return [
    {
      ...tooSmall(idle, 'count', count, running, live),
      problem: `${idle} must start with as many nodes as ${live} had running when \`snapshot\` looked`,
    },
  ];
};

const tooSmall = (slot: string, key: string, have: number, need: number, live: string): Refusal => ({
  code: 'SLOT_SMALLER_THAN_LIVE',
  path: ['slots', slot, 'size', key],
  problem: `${slot} must be at least as large as ${live}, which takes the traffic`,
  found: `${key} ${have} (${slot}) < ${need} (${live})`,
  remedy: `set slots.${slot}.size.${key} to ${need} or more`,
});

/** Autoscaling bounds around the count. */
export const sizeBounds: Check = ({ slots }) =>
  SLOTS.flatMap((slot) => {
    const settings = slots[slot];
    if (settings === undefined) return [];
    const { count, min, max } = sizeOf(settings);
    if (min <= count && count <= max) return [];
    return [
      {
        code: 'SIZE_BOUNDS',
        path: ['slots', slot, 'size'],
        problem: 'size needs min <= count <= max',
        found: `min ${min}, count ${count}, max ${max}`,
        remedy: `change slots.${slot}.size`,
      },
    ];
  });

/** Memory per CPU as Fargate takes it (ECS developer guide, "Task CPU and memory"): from, to, in steps of, MiB. */
const FARGATE_MEMORY: Readonly<Record<number, readonly [from: number, to: number, step: number]>> = {
  256: [512, 2048, 512],
  512: [1024, 4096, 1024],
  1024: [2048, 8192, 1024],
  2048: [4096, 16384, 1024],
  4096: [8192, 30720, 1024],
  8192: [16384, 61440, 4096],
  16384: [32768, 122880, 8192],
};

export const fargateSize: Check = ({ slots }: Settings) =>
  SLOTS.flatMap((slot) => {
    const settings = slots[slot];
    if (settings === undefined || settings.adopted !== undefined) return [];
    const { cpu, memoryMib } = settings.size;
    const [from, to, step] = FARGATE_MEMORY[cpu] ?? [0, 0, 1];
    // 256 CPU units take 512, 1024 and 2048 MiB, and not the step between.
    const fits =
      memoryMib >= from && memoryMib <= to && (memoryMib - from) % step === 0 && !(cpu === 256 && memoryMib === 1536);
    if (fits) return [];
    return [
      {
        code: 'FARGATE_SIZE',
        path: ['slots', slot, 'size', 'memoryMib'],
        problem: `Fargate has no task of ${cpu} CPU units with this memory`,
        found: `${memoryMib} MiB`,
        remedy: `set slots.${slot}.size.memoryMib to ${from}–${to} in steps of ${step}`,
      },
    ];
  });
