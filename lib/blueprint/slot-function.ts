import type { FunctionSpec } from './machines';
import type { Statement } from './permissions';

/** Runs the migrations, starts the nodes and refuses the destruction of a live slot (lib/handlers/migrations), for Terraform. */
export const slotFunction = (statements: readonly Statement[]): FunctionSpec => ({
  description: 'kong-dual-cluster: runs the migrations, starts the nodes, guards a slot that carries traffic',
  roleDescription: 'Of a Kong cluster: run the migrations task, start the nodes, look at the weights',
  timeoutSeconds: 900, // the most that Lambda takes; Terraform waits for the answer
  memoryMib: 256,
  logRetentionDays: 30,
  environment: {},
  statements,
});
