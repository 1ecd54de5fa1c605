import type { Slot } from '../traffic/weights';

/** Tags by which commands and handlers find what is this system's. */
export const TAGS = {
  /** Of snapshots: name of the system, and the slot whose database it was taken of. */
  system: 'kong-dual-cluster:system',
  slot: 'kong-dual-cluster:slot',
  /** Of a snapshot that `snapshot` made: the slot whose database will be made from it. */
  for: 'kong-dual-cluster:for',
  /** Of a snapshot that `teardown` made: id of the stack that went. */
  final: 'kong-dual-cluster:final',
  /** Of a slot's ECS service: name of its stack, which may then be deleted although the slot carries traffic. */
  destroyLive: 'kong-dual-cluster:destroy-live',
} as const;

/** Tag `Name` of a target group that Terraform made: 32 characters of a real name would not hold it. CloudFormation tags its own. */
export const targetGroupName = (edgeStack: string, kind: 'proxy' | 'admin', slot: Slot): string =>
  `${edgeStack}-${kind}-${slot}`;
