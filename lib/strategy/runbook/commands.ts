import { isKnown } from '../../compatibility/kong-conf/known-minors';
import { KongVersion } from '../../release/kong-version';
import type { Edition, Situation, Stop } from '../situation';

/**
 * A one-off container that talks to a database: the environment comes from a file without the password, which the shell
 * that runs it has as KONG_PG_PASSWORD. `docker run` takes a name without a value from there.
 */
export const kong = (image: string, command: string, envFile = 'copy.env', mount = ''): string =>
  `docker run --rm --env-file ${envFile} ${mount === '' ? '' : `${mount} `}${image} ${command}`;

/** `up`, `finish`, and the list that says whether it is true. */
export const migrationsOf = ({ image }: Pick<Stop, 'image'>, envFile = 'copy.env'): string[] =>
  ['kong migrations up', 'kong migrations finish', 'kong migrations list'].map((command) =>
    kong(image, command, envFile),
  );

export const MIGRATIONS_EXPECTED =
  '`list` ends with exit code 0 and shows "Executed migrations:" alone: nothing pending, nothing new';

/** Recorded: an exit code of `up` and `finish` proves nothing. */
export const MIGRATIONS_CHECK =
  'read the text of `list`, not the exit codes of `up` and `finish`: both end with 0 and "aborted: another node is performing database changes" when something else holds the lock, and `finish` ends with 0 before `up` was run';

/** The environment that a container needs for a database, `host` a host or a keyspace; the password stands in no file. */
export const envFile = (
  name: string,
  where: string,
  { datastore, pluginsAdded: plugins }: Pick<Situation, 'datastore' | 'pluginsAdded'>,
) => ({
  name,
  content: [
    ...(datastore === 'cassandra'
      ? [
          'KONG_DATABASE=cassandra',
          'KONG_CASSANDRA_CONTACT_POINTS=$CONTACT_POINTS',
          `KONG_CASSANDRA_KEYSPACE=${where}`,
          'KONG_CASSANDRA_USERNAME=$CASSANDRA_USER',
          'KONG_CASSANDRA_PASSWORD',
        ]
      : [
          'KONG_DATABASE=postgres',
          `KONG_PG_HOST=${where}`,
          'KONG_PG_DATABASE=$PG_DATABASE',
          'KONG_PG_USER=$PG_USER',
          'KONG_PG_PASSWORD',
          'KONG_PG_SSL=on',
        ]),
    ...(plugins.length === 0 ? [] : [`KONG_PLUGINS=${pluginList(plugins)}`]),
    '',
  ].join('\n'),
});

/** The value of `plugins` with those that are added; the custom ones that are there stay in `$PLUGINS_NOW`. */
export const pluginList = (added: readonly string[]): string => ['$PLUGINS_NOW', ...added].join(',');

/** The database that serves now. */
export const oldEnv = (situation: Pick<Situation, 'datastore' | 'pluginsAdded'>) =>
  envFile('kong.env', situation.datastore === 'cassandra' ? '$OLD_KEYSPACE' : '$OLD_DB_HOST', situation);

/** Waits are part of the line: `restore` answers long before the database is there. */
export const snapshotOf = (identifier: string, snapshot: string): string[] => [
  `aws rds create-db-snapshot --db-instance-identifier ${identifier} --db-snapshot-identifier ${snapshot}`,
  `aws rds wait db-snapshot-available --db-snapshot-identifier ${snapshot}`,
];

export const restoreOf = (snapshot: string, identifier: string): string[] => [
  `aws rds restore-db-instance-from-db-snapshot --db-snapshot-identifier ${snapshot} --db-instance-identifier ${identifier} --db-instance-class $DB_CLASS --db-subnet-group-name $DB_SUBNET_GROUP --vpc-security-group-ids $DB_SECURITY_GROUP --no-publicly-accessible`,
  `aws rds wait db-instance-available --db-instance-identifier ${identifier}`,
];

/** Sets the weights of one rule and keeps its authentication and stickiness; needs the AWS CLI and jq. */
export const WEIGHTS_SCRIPT = {
  name: 'weights.sh',
  content: `#!/bin/sh
# weights.sh RULE_ARN OLD_TARGET_GROUP OLD_WEIGHT NEW_TARGET_GROUP NEW_WEIGHT
set -eu
aws elbv2 describe-rules --rule-arns "$1" --query 'Rules[0].Actions' --output json |
  jq --arg old "$2" --argjson ow "$3" --arg new "$4" --argjson nw "$5" 'map(
    if .Type == "forward" then del(.TargetGroupArn)
      | .ForwardConfig.TargetGroups = [{TargetGroupArn: $old, Weight: $ow}, {TargetGroupArn: $new, Weight: $nw}]
    elif .AuthenticateOidcConfig then .AuthenticateOidcConfig.UseExistingClientSecret = true else . end)' > actions.json
aws elbv2 modify-rule --rule-arn "$1" --actions file://actions.json --query 'Rules[0].Actions[-1].ForwardConfig.TargetGroups'
`,
} as const;

/** Repeated for each weighted rule. */
export const weights = (old: number, fresh: number): string =>
  `sh weights.sh $RULE_ARN $OLD_TARGET_GROUP ${old} $NEW_TARGET_GROUP ${fresh}`;

/**
 * The configuration as decK sees it. With `--all-workspaces`, which only Enterprise has, decK refuses a name and writes
 * `WORKSPACE.yaml` for each, here into a folder of that name.
 */
export const dump = (address: string, name: string, edition: Edition): string =>
  edition === 'enterprise'
    ? `(mkdir -p ${name} && cd ${name} && deck gateway dump --kong-addr ${address} --all-workspaces --yes)`
    : `deck gateway dump --kong-addr ${address} -o ${name}.yaml --yes`;

/** What `dump` has written; with Enterprise once for each workspace. */
export const dumpedFile = (name: string, edition: Edition): string =>
  edition === 'enterprise' ? `${name}/$WORKSPACE.yaml` : `${name}.yaml`;

/** What `check declarative` writes for a version. */
export const convertedFile = (version: string, { mode, edition }: Pick<Situation, 'mode' | 'edition'>): string =>
  edition === 'enterprise' && mode !== 'db-less' ? `$WORKSPACE-${version}.yaml` : `kong-${version}.yaml`;

/** The kong.conf of each hop's version: the one that `check kong-conf` writes, or the one before where it knows no list. */
export function kongConfFiles({ hops }: Pick<Situation, 'hops'>): string[] {
  let last = '$KONG_CONF';
  return hops.map((hop) => (last = hasLists(hop) ? `kong-${hop.to}.conf` : last));
}

export const hasLists = ({ from, to }: Situation['hops'][number]): boolean =>
  isKnown({ from: KongVersion.parse(from), to: KongVersion.parse(to) });

/** What the checks of a hop are told: at both ends of the way the whole version, which says the edition. */
export function checkedVersions(
  { from, to, hops }: Pick<Situation, 'from' | 'to' | 'hops'>,
  index: number,
): { readonly from: string; readonly to: string } {
  return {
    from: index === 0 ? from.toString() : hops[index]!.from,
    to: index === hops.length - 1 && !to.namesNoPatch() ? to.toString() : hops[index]!.to,
  };
}

/** The checks of the entities over all hops: what one writes, the next reads. `again`: what was written is made anew. */
export function checkDeclarative(situation: Situation, again = false): string[] {
  const first = situation.mode === 'db-less' ? '$KONG_YAML' : dumpedFile('kong-now', situation.edition);
  const confs = kongConfFiles(situation);
  return situation.hops.map((hop, index) => {
    const input = index === 0 ? first : convertedFile(hop.from, situation);
    const { from, to } = checkedVersions(situation, index);
    return `kong-dual-cluster check declarative ${input} --from ${from} --to ${to} --kong-conf ${confs[index]} --write ${convertedFile(hop.to, situation)}${again ? ' --force' : ''}`;
  });
}

/** Typed, so that it stands in no file and in no history; `docker run` takes it from the environment. */
export const askPassword = ({ datastore }: Pick<Situation, 'datastore'>): string =>
  datastore === 'cassandra'
    ? 'read -rs KONG_CASSANDRA_PASSWORD && export KONG_CASSANDRA_PASSWORD'
    : 'read -rs KONG_PG_PASSWORD && export KONG_PG_PASSWORD';
