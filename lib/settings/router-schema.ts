import * as z from 'zod';
import { arn, bySlot, secretRef, slotName } from './parts-schema';

const url = z.url({ protocol: /^https?$/ }).describe('http or https URL');
const adminUrls = z.array(url).min(1).describe('Admin API of every node that has a configuration of its own');

const nlb = z.strictObject({
  listenerArns: z.array(arn('elasticloadbalancing')).min(1).describe('listeners whose default action is split'),
  targetGroupArns: bySlot(arn('elasticloadbalancing').describe('target group of the slot that they forward to')).refine(
    ({ blue, green }) => blue !== green,
    'two different target groups',
  ),
});

const route53 = z.strictObject({
  hostedZoneId: z
    .string()
    .regex(/^Z[A-Z0-9]+$/, 'a hosted zone id such as Z0123456789ABC')
    .describe('zone that holds the records'),
  names: z.array(z.string().min(1)).min(1).describe('record names that are split, each with a weighted record a slot'),
  type: z.enum(['A', 'AAAA', 'CNAME']).default('A').describe('type of the records'),
  setIdentifiers: bySlot(z.string().min(1).describe('record ID of the slot, as the console calls it'))
    .refine(({ blue, green }) => blue !== green, 'two different records')
    .default({ blue: 'blue', green: 'green' }),
  sample: z
    .boolean()
    .default(true)
    .describe(
      "ask the zone's own name servers what they answer before a raise counts as done; false for a private zone, or where they cannot be reached",
    ),
});

const nginx = z.strictObject({
  nodes: z
    .array(
      z.strictObject({
        name: z.string().min(1),
        shell: z
          .array(z.string().min(1))
          .default([])
          .describe(
            'command that runs a shell script from its standard input on the node, for example [ssh, edge-1, sh, -s]; empty: here',
          ),
      }),
    )
    .min(1)
    .refine((nodes) => new Set(nodes.map(({ name }) => name)).size === nodes.length, 'a name each'),
  file: z
    .string()
    .regex(/^\/.*[^/]$/, 'an absolute path')
    .describe('file with the split_clients block; it belongs to the runner alone'),
  key: z
    .string()
    .regex(/^(?=.*\$)[\w${}.:|-]+$/, 'variables of nginx without spaces and quotes, such as $request_id')
    .default('$request_id')
    .describe('what the choice is made by: $request_id, or $remote_addr to keep a client on one slot'),
  variable: z
    .string()
    .regex(/^[a-z][a-z0-9_]*$/)
    .default('kong_slot')
    .describe('variable that holds the chosen upstream, without $'),
  upstreams: bySlot(z.string().regex(/^[\w.-]+$/, 'a name of letters, digits, dots, dashes and underscores'))
    .refine(({ blue, green }) => blue !== green, 'two different upstreams')
    .describe('names of the upstream blocks'),
  test: z
    .string()
    .default('nginx -T')
    .describe('command that checks the configuration; what it prints is searched for the file and both upstreams'),
  reload: z.string().default('nginx -s reload').describe('command that loads it'),
  pidFile: z.string().default('/run/nginx.pid').describe('to see that new workers have taken over'),
});

const f5 = z.strictObject({
  url: url.describe('management address of the active unit, best a floating one that follows it'),
  credentials: secretRef.describe('JSON secret with username and password'),
  caFile: z
    .string()
    .optional()
    .describe('certificate authority of the management address, a PEM file (default: those of Node.js)'),
  tenant: z.string().min(1).describe('tenant of the AS3 declaration'),
  application: z.string().min(1).describe('application of the tenant that the pool is in'),
  virtualServers: z
    .array(z.string().min(1))
    .default([])
    .describe(
      'services of the application whose persistence must be off (default: all that use the pool, in whatever application)',
    ),
  pool: z.string().min(1).describe('pool with the members of both slots, load balanced by ratio-member'),
  members: bySlot(z.array(z.string().min(1)).min(1))
    .refine(
      ({ blue, green }) => new Set([...blue, ...green]).size === blue.length + green.length,
      'each address once, in one slot',
    )
    .describe('addresses of the members, as in serverAddresses'),
  syncToGroup: z
    .string()
    .optional()
    .describe(
      'device group that each change is synced to; without it, and without automatic sync, a failover brings old ratios back',
    ),
});

const kongUpstream = z.strictObject({
  adminUrls: adminUrls.describe('Admin API of every node of the Kong in front: all are verified, each is written'),
  adminToken: secretRef.optional().describe('value of the header Kong-Admin-Token'),
  upstream: z.string().min(1).describe('name of the upstream in the Kong in front of both slots'),
  targets: bySlot(z.array(z.string().min(1)).min(1))
    .refine(
      ({ blue, green }) => new Set([...blue, ...green]).size === blue.length + green.length,
      'each target once, in one slot',
    )
    .describe('HOST:PORT as the targets are named'),
});

const kongCanary = z.strictObject({
  adminUrls: adminUrls.describe('Admin API of every node, or one of each database: all are verified, each is written'),
  adminToken: secretRef.optional().describe('value of the header Kong-Admin-Token'),
  plugins: z.array(z.string().min(1)).min(1).describe('ids or instance names of the Canary plugins (Kong Enterprise)'),
  canary: slotName.default('green').describe('slot that the plugin sends its percentage to'),
});

/** Where the weights are, when not in the edge's own listener rules: exactly one of these. */
export const router = z.union([
  z.strictObject({ nlb: nlb.describe('weighted target groups of a Network Load Balancer') }),
  z.strictObject({ route53: route53.describe('weighted records of Route 53') }),
  z.strictObject({ nginx }),
  z.strictObject({ f5 }),
  z.strictObject({ kongUpstream }),
  z.strictObject({ kongCanary }),
]);
export type RouterSettings = z.output<typeof router>;
export type NlbSettings = z.output<typeof nlb>;
export type Route53Settings = z.output<typeof route53>;
export type NginxSettings = z.output<typeof nginx>;
export type F5Settings = z.output<typeof f5>;
export type KongUpstreamSettings = z.output<typeof kongUpstream>;
export type KongCanarySettings = z.output<typeof kongCanary>;
