process.env.CDK_VALIDATION = 'true'; // this file is the one of the edge that keeps the template validation on

import { App, Validations } from 'aws-cdk-lib';
import { AwsSolutionsChecks } from 'cdk-nag';
import { KongEdge } from '../../../lib/aws-cdk/edge';
import type { SystemSpec } from '../../../lib/blueprint/spec';
import { ENV, TestStack, adoptedSpec, ownRule, systemSpec } from './fixtures';

const KINDS: Record<string, SystemSpec> = {
  'of our own': systemSpec(),
  'of plain HTTP': systemSpec({ http: 'forward', https: undefined, rules: [ownRule('http')] }),
  'with weights in the template': systemSpec({ weightOwnership: 'template' }),
  'on an adopted load balancer': adoptedSpec(),
};

/** Rules that the AwsSolutions pack and aws-cdk-lib's own validation report. */
function findings(spec: SystemSpec, env: typeof ENV | undefined = ENV): string[] {
  const app = new App();
  new KongEdge(new TestStack(app, 'kong-edge', env ? { env } : {}), 'Edge', { spec });
  Validations.of(app).addPlugins(new AwsSolutionsChecks(app));
  try {
    app.synth();
    return [];
  } catch (error) {
    const reported = [...(error as Error).message.matchAll(/Acknowledge with '([^']+)'/g)].map((match) => match[1]!);
    return reported.length > 0 ? [...new Set(reported)] : [(error as Error).message];
  }
}

describe('given the AwsSolutions rules of cdk-nag, when an edge is synthesised', () => {
  afterEach(() => {
    jest.restoreAllMocks();
    process.exitCode = undefined;
  });

  test.each(Object.keys(KINDS))('an edge %s reports nothing', (kind) => {
    expect(findings(KINDS[kind]!)).toEqual([]);
  });

  test('without a named account and region nothing is reported either', () => {
    expect(findings(systemSpec(), undefined)).toEqual([]);
  });

  test('what is acknowledged is exactly this, and each has its reason in the code', () => {
    jest.spyOn(Validations.prototype, 'acknowledge').mockImplementation(() => undefined);
    const rules = new Set(
      Object.values(KINDS)
        .flatMap((spec) => findings(spec))
        .map((rule) => rule.replace(/\[.*$/, '').replace(/^.*::/, '')),
    );
    expect([...rules].sort()).toEqual([
      'AwsSolutions-DDB3',
      'AwsSolutions-EC23',
      'AwsSolutions-ELB2',
      'AwsSolutions-IAM5',
      'AwsSolutions-SF1',
      'AwsSolutions-SF2',
      'AwsSolutions-SMG4',
    ]);
  });
});
