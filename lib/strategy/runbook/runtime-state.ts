import { deployCommand } from '../../blueprint/deploy-command';
import type { Situation } from '../situation';
import type { RunbookStep, StrategyName } from '../upgrade-plan';
import { after, before, during, NOTHING_CHANGED, SOURCE } from './step';

/**
 * Rows that requests make. With two databases those made on one side are unknown to the other; data planes and DB-less
 * nodes make none.
 */
export const hasTwoDatabases = ({ mode }: Situation, strategy: StrategyName): boolean =>
  mode === 'traditional' && ['dual-cluster', 'new-keyspace', 'fresh-datastore'].includes(strategy);

/** Terraform ignores the actions of a rule that is there (lib/cdktf/weighted-rule.ts). */
const stickiness = ({ terraform }: Situation): string =>
  `stickiness keeps a user on the slot that answered first: ${terraform ? 'TargetGroupStickinessConfig of the rule by hand, because no apply touches the actions of a rule that is there' : `\`edge.stickinessSeconds\` in dual-cluster.yaml and \`${deployCommand({}, 'kong-edge')}\`, or TargetGroupStickinessConfig of the rule by hand`}; it ends with the shift`;

/** `\copy` out of one database into the other, past files: tokens are secrets. */
const topUp = (table: string, columns: string): string =>
  `psql "$OLD_DB_URL" -c "\\copy (SELECT ${columns} FROM ${table}) TO STDOUT" | psql "$NEW_DB_URL" -c "CREATE TEMP TABLE incoming (LIKE ${table} INCLUDING DEFAULTS)" -c "\\copy incoming (${columns}) FROM PSTDIN" -c "INSERT INTO ${table} (${columns}) SELECT ${columns} FROM incoming ON CONFLICT DO NOTHING"`;

/** The columns are the same in 2.8.5 and 3.4.2 (recorded). */
const OAUTH2_TOKENS =
  'id, created_at, credential_id, service_id, access_token, refresh_token, token_type, expires_in, authenticated_userid, scope, ttl, ws_id';
const ACME_STORAGE = 'id, key, value, created_at, ttl';

export function lookAtRuntimeState(situation: Situation): RunbookStep[] {
  const state = situation.runtimeState;
  const known = state !== 'unknown';
  const steps: RunbookStep[] = [];
  if (!known) {
    steps.push(
      before({
        id: 'runtime-state-look',
        title: 'Find the plugins that store what requests make',
        why: 'While two databases serve, each lacks what the other has stored: the freeze stops the Admin API, not requests.',
        commands: [
          'curl -s "$ADMIN_URL/plugins?size=1000" | jq -r \'.data[] | select(.name == "oauth2" or .name == "acme" or (.name == "session" and .config.storage == "kong") or .config.policy == "cluster" or .config.strategy == "cluster") | [.name, .id] | @tsv\'',
          'curl -s "$ADMIN_URL/key-auths?size=1000" | jq -r \'.data[] | select(.ttl != null) | .id\'',
        ],
        expected: 'an empty list, or the plugins that the steps with the id `runtime-…` are about',
        check: 'more than one page: follow `next`; with workspaces once for each',
        undo: NOTHING_CHANGED,
        sources: [SOURCE.noReturn, SOURCE.recordedProxy],
      }),
    );
  }
  if (!known || state.oauth2) {
    steps.push(
      before({
        id: 'runtime-oauth2',
        title: 'oauth2: tokens are issued on one slot only, until the cutover',
        commands: [
          "aws elbv2 create-rule --listener-arn $LISTENER_ARN --priority $FREE_PRIORITY --conditions 'Field=path-pattern,Values=*/oauth2/token,*/oauth2/authorize' --actions Type=forward,TargetGroupArn=$OLD_TARGET_GROUP",
        ],
        why: 'Tokens from before the copy work on both sides; later ones are unknown to the other side (recorded), and a node remembers that it did not find one.',
        expected:
          'token requests reach the old cluster whatever the weights: the priority is above that of the weighted rule',
        check: 'ask for a token while the weights are moving and look for it in the old database',
        undo: '`aws elbv2 delete-rule --rule-arn $ISSUING_RULE_ARN`',
        sources: [SOURCE.recordedProxy, SOURCE.noReturn],
      }),
    );
  }
  if (!known || state.sessions) {
    steps.push(
      before({
        id: 'runtime-sessions',
        title: 'Sessions: users stay on one slot, and log in once more',
        why: 'Sessions in the database are on one side only; and from 3.2 on the format is another, so that a session of 2.8 is unknown to 3.4 and the other way round (recorded).',
        expected: `${stickiness(situation)}; the shift is short, and users are told`,
        check: 'log in through the load balancer at a share of 50 % and reload ten times',
        undo: 'take the stickiness away',
        sources: [SOURCE.recordedProxy, 'https://developer.konghq.com/gateway/breaking-changes/'],
      }),
    );
  }
  if (!known || state.acme) {
    steps.push(
      before({
        id: 'runtime-acme',
        title: 'acme: challenges go to one slot, renewals wait',
        commands: [
          "aws elbv2 create-rule --listener-arn $LISTENER_ARN --priority $FREE_PRIORITY --conditions 'Field=path-pattern,Values=/.well-known/acme-challenge/*' --actions Type=forward,TargetGroupArn=$OLD_TARGET_GROUP",
        ],
        expected:
          'no certificate is due within the days of the upgrade; or the storage is redis or vault, which both slots share',
        check: 'the expiry of each certificate that acme keeps',
        undo: '`aws elbv2 delete-rule --rule-arn $ACME_RULE_ARN`',
        sources: ['https://developer.konghq.com/plugins/acme/', SOURCE.noReturn],
      }),
    );
  }
  if (!known || state.keyAuthTtl) {
    steps.push(
      before({
        id: 'runtime-key-auth-ttl',
        title: 'key-auth with ttl: whoever makes short-lived keys pauses, or makes each on both slots',
        why: 'Keys are written through the Admin API, which is frozen. Those of before the snapshot run out on both sides at the same moment.',
        expected: 'the maker of keys knows the hours; or `configWrites: dualApply`, and it writes to both slots',
        check: 'no key runs out in the middle of the shift without a successor',
        undo: 'the maker goes on',
        sources: ['https://developer.konghq.com/plugins/key-auth/', 'docs/freeze.md'],
      }),
    );
  }
  if (!known || state.clusterRateLimits) {
    steps.push(
      before({
        id: 'runtime-rate-limits',
        title: 'Rate limits of policy `cluster`: both slots count, so that a client gets up to twice the limit',
        expected: `policy or strategy \`redis\` with one Redis that both slots use, set before the freeze; or the double limit is accepted for the hours of the shift; ${stickiness(situation)}`,
        check: 'a client that repeats one request at 50 % meets 429 where it should',
        undo: 'set the policy back',
        sources: ['https://developer.konghq.com/plugins/rate-limiting/', SOURCE.noReturn],
      }),
    );
  }
  return steps;
}

/** Just before and just after the cutover: what the old slot stored in the meantime. */
export function topUpAtCutover({ runtimeState, datastore, fresh }: Situation): RunbookStep[] {
  const oauth2 = runtimeState === 'unknown' || runtimeState.oauth2;
  const acme = runtimeState === 'unknown' || runtimeState.acme;
  // Cassandra has no \copy between keyspaces of two schemas, and a fresh datastore has other ids.
  if (datastore !== 'postgres' || fresh || !(oauth2 || acme)) return [];
  return [
    during({
      id: 'runtime-top-up',
      title: 'Top up the new database with the rows that the old one got since the snapshot',
      who: 'database administrator',
      commands: [
        ...(oauth2 ? [topUp('oauth2_tokens', OAUTH2_TOKENS)] : []),
        ...(acme ? [topUp('acme_storage', ACME_STORAGE)] : []),
      ],
      why: 'Once before the first stage, again before 100 %, and a last time when the issuing routes point to the new slot. Both addresses are postgresql:// without a password: it comes from ~/.pgpass. A row that is there already is left alone.',
      expected: 'INSERT with the number of rows that were new',
      check:
        'a token that the old cluster has issued in the last minute is accepted by the new one, which has not seen it before',
      undo: 'nothing to undo: rows that nobody uses run out',
      sources: [SOURCE.recordedProxy],
    }),
    ...(oauth2 || acme
      ? [
          during({
            id: 'runtime-issuing-routes',
            title: 'Point the issuing routes to the new slot, right after the cutover',
            commands: [...(oauth2 ? ['$ISSUING_RULE_ARN'] : []), ...(acme ? ['$ACME_RULE_ARN'] : [])].map(
              (rule) =>
                `aws elbv2 modify-rule --rule-arn ${rule} --actions Type=forward,TargetGroupArn=$NEW_TARGET_GROUP`,
            ),
            expected: 'new tokens and challenges come from the new cluster; the last top-up has run after it',
            check: 'ask for a token and find it in the new database',
            undo: 'the same line with $OLD_TARGET_GROUP; users whose token was made on the new slot log in again',
            sources: [SOURCE.noReturn],
          }),
        ]
      : []),
  ];
}

/** The rules that were made for the shift. */
export function removeIssuingRules({ runtimeState }: Situation): RunbookStep[] {
  const oauth2 = runtimeState === 'unknown' || runtimeState.oauth2;
  const acme = runtimeState === 'unknown' || runtimeState.acme;
  if (!(oauth2 || acme)) return [];
  return [
    after({
      id: 'runtime-remove-rules',
      title: 'Remove the rules and the stickiness that were made for the shift',
      commands: [...(oauth2 ? ['$ISSUING_RULE_ARN'] : []), ...(acme ? ['$ACME_RULE_ARN'] : [])].map(
        (rule) => `aws elbv2 delete-rule --rule-arn ${rule}`,
      ),
      why: 'They stand above the weighted rule, and the next shift would pass them by.',
      expected: 'token requests and challenges take the weighted rule, which leads to the new slot alone',
      check: '`aws elbv2 describe-rules --listener-arn $LISTENER_ARN` shows your rules of before',
      undo: 'make them again, with $NEW_TARGET_GROUP',
      sources: [SOURCE.noReturn],
    }),
  ];
}
