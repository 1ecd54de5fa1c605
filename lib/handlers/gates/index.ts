import { CloudWatchClient } from '@aws-sdk/client-cloudwatch';
import { ElasticLoadBalancingV2Client } from '@aws-sdk/client-elastic-load-balancing-v2';
import { readCapacity } from '../../deployed/capacity';
import { cloudWatchMinutes } from '../../metrics/cloudwatch-minutes';
import { requestCounts } from '../../metrics/request-counts';
import type { Slot } from '../../traffic/weights';
import { judge, type GatesAnswer, type GatesQuestion } from './judge';

/** The Lambda that judges the gates for the shift machine; bundled to dist/handlers/gates/index.js. It reads and never writes. */
const cloudWatch = new CloudWatchClient({ maxAttempts: 4 });
const elb = new ElasticLoadBalancingV2Client({ maxAttempts: 4 });

const { LOAD_BALANCER_ARN = '', BLUE_TARGET_GROUP_ARN = '', GREEN_TARGET_GROUP_ARN = '' } = process.env;
const targetGroupArns: Readonly<Record<Slot, string>> = { blue: BLUE_TARGET_GROUP_ARN, green: GREEN_TARGET_GROUP_ARN };

export async function handler(question: GatesQuestion): Promise<GatesAnswer> {
  const { periodSeconds = 60, gates } = question.start;
  const asked = { loadBalancerArn: LOAD_BALANCER_ARN, targetGroupArns, periodSeconds };
  const answer = await judge(question, {
    now: Date.now,
    minutes: cloudWatchMinutes(cloudWatch, { ...asked, slowSeconds: gates?.slowSeconds ?? 1, now: Date.now }),
    counts: (from, to) => requestCounts(cloudWatch, { ...asked, from, to }),
    capacity: (slot) =>
      readCapacity(
        { elb, ecs: { send: () => Promise.reject(new Error('not asked')) } },
        slot,
        targetGroupArns[slot],
        undefined,
      ),
  });
  console.log(JSON.stringify({ run: question.start.run, stage: question.stage + 1, ...answer }));
  return answer;
}
