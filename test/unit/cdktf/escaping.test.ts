import type { TerraformStack } from 'cdktf';
import fc from 'fast-check';
import type { SystemSpec } from '../../../lib/blueprint/spec';
import { problemsOf } from '../../../lib/cdktf/check';
import { KongEdge } from '../../../lib/cdktf/edge';
import { adoptedSpec, systemSpec } from '../blueprint/edge-specs';
import { synth } from './synth';

/** Text that would begin an expression or a directive in Terraform. */
const TRAPS = ['${', '%{', '$${', '%%{', '${x}', '%{ if }', 'a${b}%{c}', '$$${'] as const;

/** Where an edge takes text that settings do not narrow down to letters and digits. */
const PLACES: readonly (readonly [string, () => SystemSpec, (spec: Free, text: string) => void])[] = [
  ['the bucket of the access logs', systemSpec, ({ edge }, text) => (edge.loadBalancer.accessLogsBucket = text)],
  ['the certificate', systemSpec, ({ edge }, text) => (edge.https!.certificateArn = text)],
  ['the TLS policy', systemSpec, ({ edge }, text) => (edge.https!.sslPolicy = text)],
  ['the certificate of the Admin API', systemSpec, ({ edge }, text) => (edge.admin.certificateArn = text)],
  ['the path of a health check', systemSpec, ({ edge }, text) => (edge.targetGroups.green.health.path = text)],
  ['the topic of the alarms', systemSpec, ({ edge }, text) => (edge.alarms.topicArn = text)],
  ['a tester secret', systemSpec, ({ edge }, text) => (edge.testerHeader!.secretArn = text)],
  ['the name of the tester header', systemSpec, ({ edge }, text) => (edge.testerHeader!.name = text)],
  ['a VPC', adoptedSpec, ({ network }, text) => (network.vpcId = text)],
  ['a subnet', adoptedSpec, ({ network }, text) => (network.nodeSubnetIds[1] = text)],
  ['a subnet for databases', adoptedSpec, ({ network }, text) => (network.databaseSubnetIds[1] = text)],
  [
    'an adopted load balancer',
    adoptedSpec,
    ({ edge }, text) => (edge.adopted!.loadBalancerArn = `a:loadbalancer/${text}`),
  ],
  ['its host name', adoptedSpec, ({ edge }, text) => (edge.adopted!.dnsName = text)],
  ['its security group', adoptedSpec, ({ edge }, text) => (edge.adopted!.securityGroupIds[0] = text)],
  ['its listener', adoptedSpec, ({ edge }, text) => edge.rules.forEach(({ listener }) => (listener.arn = text))],
  ['an existing target group', adoptedSpec, ({ edge }, text) => (edge.targetGroups.blue.existingArn = `a:${text}`)],
  [
    'a host of a rule',
    adoptedSpec,
    ({ edge }, text) => edge.rules[0]!.conditions.push({ Field: 'host-header', HostHeaderConfig: { Values: [text] } }),
  ],
  [
    'a regular expression of a rule',
    adoptedSpec,
    ({ edge }, text) =>
      edge.rules[0]!.conditions.push({ Field: 'path-pattern', PathPatternConfig: { RegexValues: [text] } }),
  ],
  [
    'a query of a rule',
    adoptedSpec,
    ({ edge }, text) =>
      edge.rules[1]!.conditions.push({
        Field: 'query-string',
        QueryStringConfig: { Values: [{ Key: text, Value: text }] },
      }),
  ],
  [
    'a header of a rule',
    adoptedSpec,
    ({ edge }, text) =>
      edge.rules[1]!.conditions.push({
        Field: 'http-header',
        HttpHeaderConfig: { HttpHeaderName: text, Values: [text] },
      }),
  ],
  [
    'an issuer',
    adoptedSpec,
    ({ edge }, text) => (edge.rules[1]!.actionsBefore[0]!.AuthenticateOidcConfig!.Issuer = text),
  ],
  [
    'a parameter of the login',
    adoptedSpec,
    ({ edge }, text) =>
      (edge.rules[1]!.actionsBefore[0]!.AuthenticateOidcConfig!.AuthenticationRequestExtraParams = { [text]: text }),
  ],
  ['a client secret', adoptedSpec, ({ edge }, text) => (edge.rules[1]!.oidcClientSecret!.secretArn = text)],
];

/** A spec that a test may write into. */
interface Free {
  network: { vpcId: string; nodeSubnetIds: string[]; databaseSubnetIds: string[] };
  edge: {
    loadBalancer: { accessLogsBucket?: string };
    https?: { certificateArn: string; sslPolicy: string };
    admin: { certificateArn?: string };
    targetGroups: Record<'blue' | 'green', { existingArn?: string; health: { path: string } }>;
    alarms: { topicArn?: string };
    testerHeader?: { name: string; secretArn?: string };
    adopted?: { loadBalancerArn: string; dnsName: string; securityGroupIds: string[] };
    rules: {
      listener: { arn: string };
      conditions: object[];
      actionsBefore: { AuthenticateOidcConfig?: Record<string, unknown> }[];
      oidcClientSecret?: { secretArn: string };
    }[];
  };
}

function strings(value: unknown): string[] {
  if (typeof value === 'string') return [value];
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([key, each]) => (key === '//' ? [] : [key, ...strings(each)]));
}

/** As Terraform reads it, with references left as they are. */
const read = (text: string): string =>
  text.replace(/\$\{"(\$+)"\}|([$%])\2\{/g, (_, dollars: string | undefined, sign: string) => dollars ?? `${sign}{`);

describe('text of the settings that looks like an expression of Terraform', () => {
  test.each([
    ['an edge of our own', systemSpec],
    ['an adopted one', adoptedSpec],
  ])('arrives as it is in every place of %s', (_, base) => {
    const places = PLACES.filter(([, of]) => of === base);
    const traps = fc.array(fc.constantFrom(...TRAPS), { minLength: places.length, maxLength: places.length });
    fc.assert(
      fc.property(traps, (texts) => {
        const spec = structuredClone(base());
        const put = places.map(([, , write], index) => {
          const text = `trap${index}_${texts[index]!}_end`;
          write(spec as unknown as Free, text);
          return { mark: `trap${index}_`, text };
        });
        const json = synth((stack: TerraformStack) => {
          new KongEdge(stack, 'Edge', { spec });
        });
        const all = strings(json);
        for (const { mark, text } of put) {
          const found = all.filter((each) => each.includes(mark)).map(read);
          expect([mark, found.length > 0]).toEqual([mark, true]);
          expect(found.filter((each) => !each.includes(text))).toEqual([]);
        }
        // Every expression that is left is a reference to something that is there.
        expect(problemsOf(json)).toEqual([]);
      }),
      { numRuns: 10 },
    );
  });
});
