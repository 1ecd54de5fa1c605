import { App, Fn, Stack } from 'aws-cdk-lib';
import type { StackProps } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import { KongEdge } from '../../../lib/aws-cdk/edge';
import type { SystemSpec } from '../../../lib/blueprint/spec';
import { ENV, systemSpec } from '../blueprint/edge-specs';

export * from '../blueprint/edge-specs';

/** Zones without a look-up at synth, as the project's own stacks have them. */
export class TestStack extends Stack {
  override get availabilityZones(): string[] {
    return [Fn.select(0, Fn.getAzs()), Fn.select(1, Fn.getAzs())];
  }
}

export interface MadeEdge {
  readonly app: App;
  readonly stack: Stack;
  readonly edge: KongEdge;
  readonly template: Template;
}

export function makeEdge(spec: SystemSpec = systemSpec(), props: StackProps = { env: ENV }): MadeEdge {
  const app = new App();
  const stack = new TestStack(app, `${spec.name}-edge`, props);
  const edge = new KongEdge(stack, 'Edge', { spec });
  return { app, stack, edge, template: Template.fromStack(stack) };
}
