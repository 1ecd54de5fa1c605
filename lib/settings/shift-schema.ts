import * as z from 'zod';
import { durationOf } from '../traffic/duration';
import { STANDARD_PLAN } from '../traffic/plan';
import { arn, bySlot, duration, secretRef } from './parts-schema';
import { router } from './router-schema';

const share = z.number().gt(0).lte(1);
const gateUse = z.enum(['gate', 'watch', 'dryRun', 'off']);
const whenInconclusive = z.enum(['hold', 'extend', 'abort']);

const gates = z.strictObject({
  errors: gateUse
    .default('gate')
    .describe(
      'new slot against old: 5xx and connection errors. gate: a stage ends only when it passes; watch: it can only fail; dryRun: told; off',
    ),
  slow: gateUse.default('watch').describe('new slot against old: requests slower than slowSeconds'),
  refusals: gateUse
    .default('watch')
    .describe('new slot against old, fewer as bad as more: 401, 403 and 429; needs metrics that tell them apart'),
  sampleRatio: gateUse.default('gate').describe('the share seen against the share set'),
  slowSeconds: z.number().gt(0).default(1).describe('a request that takes longer is slow, seconds'),
  tolerated: z.number().gt(1).default(1.25).describe('rate ratio that still counts as alike'),
  harmful: z.number().gt(1).default(2.5).describe('rate ratio that must be ruled out before a pass'),
  objective: z
    .number()
    .gt(0)
    .lt(1)
    .default(0.001)
    .describe('share of bad answers, of all requests, that is acceptable whatever the old slot does, 0 to 1'),
  falseAlarm: z
    .number()
    .gt(0)
    .lt(0.5)
    .default(0.01)
    .describe('chance of a false failure over the whole shift, 0 to 0.5'),
  falsePass: z.number().gt(0).lt(0.5).default(0.05).describe('chance of a false pass, 0 to 0.5'),
  dispersion: z
    .number()
    .gte(1)
    .optional()
    .describe('how bursty errors are, from 1 (default: measured on the old slot before the shift)'),
  errorCeiling: z
    .number()
    .gt(0)
    .lte(1)
    .default(0.5)
    .describe('share of bad answers on the new slot that rolls back at once, 0 to 1'),
});

export const shift = z.strictObject({
  stages: z
    .array(
      z.strictObject({
        share: share.describe('fraction of the requests that the new slot gets, above 0 to 1'),
        bake: duration
          .optional()
          .describe('how long this stage is watched (default: shift.bake; the last: shift.soak)'),
        approval: z.boolean().optional().describe('wait for a `shift resume` before this stage (default: false)'),
        minRequests: z.int().min(0).optional().describe('default: shift.minRequests'),
        maxExtension: duration.optional().describe('default: shift.maxExtension'),
        whenInconclusive: whenInconclusive.optional().describe('default: shift.whenInconclusive'),
      }),
    )
    .min(1)
    .default(STANDARD_PLAN.shares.map((each) => ({ share: each })))
    .describe('rising shares; the last is 1, the cutover'),
  bake: duration
    .default(durationOf(STANDARD_PLAN.bakeSeconds))
    .describe('how long a stage is watched before the next one'),
  soak: duration.default(durationOf(STANDARD_PLAN.soakSeconds)).describe('how long the last stage is watched'),
  maxExtension: duration
    .default('30m')
    .describe('how much longer a stage may wait for data before the shift holds (exit code 4)'),
  whenInconclusive: whenInconclusive
    .default('hold')
    .describe(
      'a stage without a verdict at the end: hold leaves the traffic as it is, extend goes on watching, abort rolls back',
    ),
  minRequests: z.int().min(0).default(100).describe('requests that the new slot must have got in a stage; 0: any'),
  alarms: z
    .array(z.string().min(1))
    .default([])
    .describe("names of your own CloudWatch alarms that roll back, beside the edge's; each must exist"),
  gates: gates.prefault({}),
  metrics: z
    .strictObject({
      prometheus: bySlot(z.array(z.url({ protocol: /^https?$/ })).min(1))
        .optional()
        .describe("/metrics of Kong's nodes (the status API), by slot: tells 401, 403 and 429 apart"),
      accessLogs: bySlot(z.array(z.string().min(1)).min(1))
        .optional()
        .describe('access log files, by slot: instead of CloudWatch'),
    })
    .prefault({}),
  periodSeconds: z
    .literal([1, 5, 10, 30, 60])
    .default(60)
    .describe('how often the load balancer publishes its counts, seconds; AWS: 60'),
  router: router.optional().describe("where the weights are, when not in the edge's own listener rules"),
  deadMan: z
    .union([z.literal('off'), duration])
    .default('15m')
    .describe('the old slot gets everything back when the runner gives no sign of life for so long; off: never'),
  journal: z
    .string()
    .regex(/^s3:\/\/[a-z0-9.-]{3,63}(\/.*)?$/, 's3://BUCKET/PREFIX')
    .optional()
    .describe(
      'where the journal is kept (default: .kong-dual-cluster beside the settings), so that any machine can go on',
    ),
  notify: z
    .strictObject({
      topicArn: arn('sns').optional(),
      webhook: secretRef.optional().describe('secret that holds the URL'),
    })
    .prefault({})
    .describe('who is told of stages, rollbacks, holds and conflicts'),
});
