/** What an error code means and what to do, for `kong-dual-cluster explain` and docs/errors.md. */
export interface ErrorCode {
  /** The part of the work it belongs to. */
  readonly area: 'settings' | 'versions' | 'traffic' | 'adoption' | 'data' | 'deployment' | 'aws' | 'command';
  readonly means: string;
  readonly mend: string;
}

const code = (area: ErrorCode['area'], means: string, mend: string): ErrorCode => ({ area, means, mend });

/** Every code that the sources use; a test reads the sources and fails on a missing or a stale one. */
export const ERROR_CODES: Readonly<Record<string, ErrorCode>> = {
  ADOPT_DATABASE_NOT_FOUND: code(
    'adoption',
    'The DBInstanceIdentifier given with --database is not in this account and region.',
    'List the databases with `aws rds describe-db-instances`; check the region and the credentials.',
  ),
  ADOPT_FILE_EXISTS: code(
    'adoption',
    'The settings file exists and differs from what was read. `adopt` never overwrites a file, because it may hold your work. The differences were shown on standard error.',
    'Take the lines over by hand, or write to another file with --settings FILE.',
  ),
  ADOPT_INCOMPLETE: code(
    'adoption',
    'Facts that the settings need could not be read: they are not stored in AWS (a Kong version behind a tag such as `latest`, a password in clear), the nodes run outside ECS, or the credentials may not read them. Each is named with the option that states it.',
    'Give the options named, or the right to read; what can be read is never taken from an option.',
  ),
  ADOPT_LOAD_BALANCER_NOT_FOUND: code(
    'adoption',
    'There is no load balancer of this ARN or name in this account and region.',
    'List them with `aws elbv2 describe-load-balancers`; check the region and the credentials.',
  ),
  ADOPT_NOTHING_FORWARDS: code(
    'adoption',
    'No rule and no default action of the load balancer forwards to the target group, so there is nothing to take over.',
    'Name the target group that takes the traffic of your Kong nodes.',
  ),
  ADOPT_NOT_AN_ALB: code(
    'adoption',
    'Weighted rules exist on Application Load Balancers; this one is a Network or Gateway Load Balancer.',
    'Name the Application Load Balancer that forwards to Kong. One in front of it may stay as it is.',
  ),
  ADOPT_NOT_EXPRESSIBLE: code(
    'adoption',
    'A value of your system does not fit into the settings, for example a name with characters the settings refuse.',
    'The message names the key. Change it in the system if you can, and report it.',
  ),
  ADOPT_NO_FREE_PRIORITY: code(
    'adoption',
    'A weighted rule must stand above the rule it takes over and below the rule before it. There are too few free priorities between the two (one is needed, three with tester rules).',
    'Run the `aws elbv2 set-rule-priorities` command of the message: it moves your own rules apart and keeps their order. Or adopt with --no-tester-header, which needs one priority a rule.',
  ),
  ADOPT_NO_KONG_CONTAINER: code(
    'adoption',
    'The task definition has no container of the name that the service registers with the target group, and none whose image is a Kong image.',
    'Check the service’s load balancer entry; adopt without --service and give the facts as options if Kong has another shape.',
  ),
  ADOPT_OIDC_SECRET_NEEDED: code(
    'adoption',
    'A rule that forwards to blue authenticates by OpenID Connect. Our rule above it must do the same, and AWS never gives the client secret back.',
    'Store the client secret in Secrets Manager and give its ARN: --oidc-secret CLIENT=ARN.',
  ),
  ADOPT_RULE_SPLITS: code(
    'adoption',
    'A rule forwards to blue and to other target groups at once. Its weights would multiply with ours, and what is blue’s share would no longer be known. An adoption that is deployed looks like this too.',
    'Run `kong-dual-cluster eject` if it is ours; else let the rule forward to one target group.',
  ),
  ADOPT_RULE_TRANSFORMS: code(
    'adoption',
    'A rule rewrites the host or the URL before it forwards to blue. This version does not carry transforms over into the weighted rule.',
    'Let Kong do the rewrite, or give that rule a target group of its own.',
  ),
  ADOPT_SERVICE_ELSEWHERE: code(
    'adoption',
    'The ECS service does not register its tasks with the target group, so its version and size say nothing about blue.',
    'Name the service behind the target group, or the target group of the service.',
  ),
  ADOPT_SERVICE_NAME: code(
    'adoption',
    '--service takes CLUSTER/SERVICE.',
    'Write for example --service production/kong.',
  ),
  ADOPT_SERVICE_NOT_FOUND: code(
    'adoption',
    'There is no active ECS service of this cluster and name in this account and region.',
    'List them with `aws ecs list-services --cluster CLUSTER`. Nodes outside ECS are adopted without --service.',
  ),
  ADOPT_TARGET_GROUP_NOT_FOUND: code(
    'adoption',
    'The load balancer does not use a target group of this ARN or name.',
    'The message lists those it uses.',
  ),
  ADOPT_TOO_MANY_CONDITION_VALUES: code(
    'adoption',
    'AWS takes five condition values in a rule, and a tester rule needs one more than yours. Single rules without room simply get no tester rule; here no rule has room.',
    'Adopt with --no-tester-header, or split a rule of yours in two.',
  ),
  ADOPT_TOO_MANY_RULES: code(
    'adoption',
    'Your rules and ours together would pass the quota "Rules per Application Load Balancer" (100 unless raised). The deployment would fail half way.',
    'Adopt with --no-tester-header (one rule of ours for each of yours instead of three), or raise the quota.',
  ),
  AWS_ACCESS_DENIED: code(
    'aws',
    'The credentials may not make a call that the command needs. The message names the action.',
    'Allow the action to the role, or use another one.',
  ),
  AWS_CREDENTIALS_EXPIRED: code(
    'aws',
    'The AWS session has ended. What was begun goes on in AWS.',
    'Log in again and run the same command; it takes up where it was.',
  ),
  AWS_CREDENTIALS_INVALID: code(
    'aws',
    'AWS does not know the access key, or its signature does not fit.',
    'Check AWS_PROFILE and the clock of this machine, or log in again.',
  ),
  AWS_CREDENTIALS_MISSING: code(
    'aws',
    'No credentials were found in the environment, the profile or the instance.',
    'Log in, or set AWS_PROFILE.',
  ),
  AWS_ERROR: code(
    'aws',
    'AWS refused a call for a reason that this command does not know better than AWS does.',
    'Read the message of AWS under "found".',
  ),
  AWS_REGION_MISSING: code(
    'aws',
    'Neither --region nor the settings nor the environment name a region.',
    'Give --region, or set AWS_REGION.',
  ),
  AWS_UNREACHABLE: code(
    'aws',
    'No connection to AWS: no network, a proxy in between, or a wrong endpoint.',
    'Check the network, --region and AWS_ENDPOINT_URL.',
  ),
  DATABASE_IS_AURORA: code(
    'data',
    'The database is a member of an Aurora cluster. This version takes RDS for PostgreSQL instances.',
    'Use an RDS for PostgreSQL instance.',
  ),
  DATABASE_NOT_POSTGRES: code(
    'data',
    'The database is of another engine. Kong runs on PostgreSQL.',
    'Name the PostgreSQL instance that Kong uses.',
  ),
  SECRET_REFERENCE: code(
    'command',
    'A secret is named by its ARN in Secrets Manager and never given itself, so that it cannot reach a template or a log.',
    'Give arn:aws:secretsmanager:…, with :FIELD behind it for a key of a JSON secret.',
  ),
  UNKNOWN_CODE: code(
    'command',
    'There is no error code of this name.',
    '`kong-dual-cluster explain` lists all of them.',
  ),
};

/** docs/errors.md. */
export function errorPage(): string {
  const entries = Object.entries(ERROR_CODES).sort(([a], [b]) => a.localeCompare(b));
  const areas = [...new Set(entries.map(([, { area }]) => area))].sort();
  const list = (area: string) => entries.filter(([, entry]) => entry.area === area);
  return [
    '# Error codes',
    '',
    'Made by `kong-dual-cluster explain > docs/errors.md`; every error ends with its code in brackets.',
    ...areas.flatMap((area) => [
      '',
      `## ${area}`,
      ...list(area).flatMap(([name, { means, mend }]) => ['', `### ${name}`, '', means, '', `**To mend it:** ${mend}`]),
    ]),
    '',
  ].join('\n');
}
