import { deployCommand } from './blueprint/deploy-command';

/** What an error code means and what to do, for `kong-dual-cluster explain` and docs/errors.md. */
export interface ErrorCode {
  /** The part of the work it belongs to. */
  readonly area:
    | 'settings'
    | 'versions'
    | 'compatibility'
    | 'traffic'
    | 'adoption'
    | 'data'
    | 'deployment'
    | 'aws'
    | 'command'
    | 'demo';
  readonly means: string;
  readonly mend: string;
}

const code = (area: ErrorCode['area'], means: string, mend: string): ErrorCode => ({ area, means, mend });

/** Every code that the sources use; a test reads the sources and fails on a missing or a stale one. */
export const ERROR_CODES: Readonly<Record<string, ErrorCode>> = {
  ABORT_AFTER_DONE: code(
    'traffic',
    'The shift has ended with all traffic on the new slot, so there is nothing under way to abort. Going back is still one jump while the old slot has all the data: no configuration was written on the new slot since the snapshot, and the old one was not torn down.',
    'Run `kong-dual-cluster shift abort --force` when that is so. What was written on the new slot in between is not on the old one.',
  ),
  ABORT_NO_HEALTHY_NODE: code(
    'traffic',
    'The slot that the traffic would go back to has no healthy node: a load balancer without a healthy target sends requests anywhere, and users get errors.',
    'Bring the nodes back first. With --force it goes back to them as they are.',
  ),
  ADMIN_ANSWER_INCOMPLETE: code(
    'command',
    'The Admin API answered with part of a page: JSON that is cut off, a page without `data`, a page that is missing, or a next page that was read before. What was read is not all there is, so nothing was checked.',
    'Look whether a proxy or a time limit between here and the node cuts answers off, then give the same command again.',
  ),
  ADMIN_DENIED: code(
    'command',
    'The Admin API answered 401 or 403: it wants a token, or the token is of a user who may not read this.',
    'Set KONG_ADMIN_TOKEN to the token of a user who may read all workspaces.',
  ),
  ADMIN_FAILED: code(
    'command',
    'The Admin API answered with an error, four times in a row where that may pass. What was read is not all there is, so nothing was checked.',
    "Look into the node's error log; a node without its database answers 500. Then give the same command again.",
  ),
  ADMIN_NOT_KONG: code(
    'command',
    'What answers at the URL does not tell a Kong version: it is the proxy port, Kong Manager or something else.',
    'Give the URL of `admin_listen`, with its path where a proxy stands before it.',
  ),
  ADMIN_REDIRECTS: code(
    'command',
    'The Admin API answered with a redirect. It is not followed, because the token would go to an address that nobody gave.',
    'Give the address that it leads to as --admin: often https in place of http. A login page can not be passed; give an address behind it.',
  ),
  ADMIN_UNREACHABLE: code(
    'command',
    'No connection to the Admin API, or no answer in time.',
    'Check the URL, that the node is up, and the way to it (security groups, port forwarding). A private certificate authority is trusted with NODE_EXTRA_CA_CERTS=FILE.',
  ),
  ADMIN_URL_INVALID: code(
    'command',
    'The value of --admin is not an http or https URL, or it holds a user, a password or a query.',
    'Give it like http://localhost:8001; a token goes into KONG_ADMIN_TOKEN.',
  ),
  ADOPTED_SLOT_INCOMPLETE: code(
    'settings',
    'A slot that is adopted is described and not made, so its target group and its database must be named.',
    'Let `kong-dual-cluster adopt` write the settings, or add what the message names.',
  ),
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
    'There is no target group of this ARN or name in this account and region.',
    'List them with `aws elbv2 describe-target-groups`; name the one that takes the traffic of your Kong nodes.',
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
  AWS_ENDPOINT_INVALID: code(
    'aws',
    'AWS_ENDPOINT_URL (or one of its service-specific forms, or endpoint_url of the profile) is no URL.',
    'Correct it, or unset it to call AWS itself.',
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
  BACKEND_IS_CLOUDFORMATION: code(
    'deployment',
    'The app for Terraform was given settings without the key `terraform`, which are those of a system that AWS CDK deploys. Two tools on one system would make everything twice.',
    'Add `terraform: {}` to the settings of a new system; run the CDK app for one that stands in CloudFormation.',
  ),
  BACKEND_IS_TERRAFORM: code(
    'deployment',
    'The CDK app was given settings with the key `terraform`, which are those of a system that Terraform deploys. Two tools on one system would make everything twice.',
    'Write the stacks with `npx kong-dual-cluster-terraform-app`, or name the settings of the other system.',
  ),
  CASSANDRA_ENDS: code(
    'versions',
    'The path crosses 3.4, and no version runs on Cassandra from there on.',
    'Move to PostgreSQL before the upgrade, with Kong Support; on PostgreSQL nothing is to be done.',
  ),
  CHECK_WHAT: code(
    'command',
    '`check declarative` looks at one thing: a file or, with --admin, a live Admin API.',
    'Give one of the two.',
  ),
  CHECK_WRITE_OF_ADMIN: code(
    'command',
    '--write keeps the text of a file and changes what has to change in it. An Admin API has no text.',
    'Dump it with `deck gateway dump` and check the dump.',
  ),
  CONF_LINE: code(
    'command',
    'A line of the kong.conf would make Kong lose settings without a word: a section in brackets, after which it reads nothing, or a setting that ends with a backslash and goes on nowhere.',
    'Mend the line that the message names, in the kong.conf that runs too, and check again.',
  ),
  CONF_NOTHING_GIVEN: code(
    'command',
    '`check kong-conf` needs a kong.conf, a file with KONG_* variables, or both; and only a kong.conf can be written with --write or extended with --keep-behaviour.',
    'Name the file, as in `kong-dual-cluster check kong-conf /etc/kong/kong.conf --from 2.8 --to 3.4`.',
  ),
  CONF_NOT_KONG_CONF: code(
    'command',
    'The file is no kong.conf: it is JSON, YAML, binary or not UTF-8, or none of its settings is a parameter that Kong has in any version known here.',
    'Name the kong.conf of a node. Declarative files are for `check declarative`; KONG_* variables and task definitions go to --env-file.',
  ),
  CONF_VERSIONS: code(
    'command',
    'The lists of kong.conf parameters hold Kong 2.8, 3.4, 3.10 and 3.14, so an upgrade can be checked from 2.8 to 3.14.',
    "Check the part of the way that lies between them, and read Kong's changelog for the rest.",
  ),
  CONSENT_MISSING: code(
    'command',
    'What is about to be done destroys, so that it wants a consent of its own: the name typed on a terminal, or a token in CI. `--yes` is neither. Nothing was destroyed.',
    'Run it on a terminal and type what it asks for, or give the `--token` that `kong-dual-cluster plan` prints.',
  ),
  DATABASE_IOPS: code(
    'settings',
    'RDS wants IOPS for io1 and io2, takes them for gp3 from 400 GiB on, and never for gp2.',
    'Add or remove iops as the message says.',
  ),
  DATABASE_IS_AURORA: code(
    'data',
    'The database is a member of an Aurora cluster. This version takes RDS for PostgreSQL instances.',
    'Use an RDS for PostgreSQL instance.',
  ),
  DATABASE_NOT_FOUND: code(
    'data',
    'The database of the slot does not exist, so there is nothing to migrate.',
    'Check the slot’s datastore in the settings and deploy it.',
  ),
  DATABASE_NOT_POSTGRES: code(
    'data',
    'The database is of another engine. Kong runs on PostgreSQL.',
    'Name the PostgreSQL instance that Kong uses.',
  ),
  DATABASE_SMALLER_THAN_LIVE: code(
    'settings',
    'The idle slot’s database would be smaller than the live one’s: class, storage, IOPS or zones. It must be able to take all the traffic.',
    'Raise the value named, or leave it out: then it is taken over from the live database.',
  ),
  DATABASE_SMALLER_THAN_SNAPSHOT: code(
    'settings',
    'RDS does not restore a snapshot or a database into a volume smaller than it was.',
    'Raise allocatedStorageGib to the source’s, or leave it out.',
  ),
  DATASTORE_REPLACED: code(
    'data',
    'The slot’s database was restored from the snapshot or to the point in time in the lock file, and the settings would now put another database in its place. Its data would be lost.',
    'Put what is locked back into the settings. To begin anew, destroy the slot’s stack and take its entry out of the lock file.',
  ),
  DATASTORE_SHARED: code(
    'data',
    'Both slots would run on one database. Migrating it from 2.x to 3.x changes the tables under the running nodes, and there is no way back.',
    'Take a snapshot for the slot with `kong-dual-cluster snapshot`.',
  ),
  DATE_INVALID: code('command', 'A day is written as year, month and day.', 'Write for example 2026-08-21.'),
  DEAD_MAN_NOT_ARMED: code(
    'traffic',
    'The timer that puts the weights back when the runner dies could not be set or moved on, so nothing is raised: at the new share nobody would take the traffic back. What has been raised stays as it is.',
    'Allow what the message names (scheduler:CreateSchedule, UpdateSchedule, DeleteSchedule, GetSchedule, and iam:PassRole for the role of the edge), then run `kong-dual-cluster shift resume`. To do without it: `shift abort`, then a new start with `shift.deadMan: off`; then the runner must not end by itself.',
  ),
  DECK_DOES_NOT_COVER_ALL: code(
    'versions',
    'A decK file holds most of the configuration and not everything: licences, RBAC admins, the keyring, event hooks, rows that requests make and kong.conf are not in it.',
    'Make the database backup the first one; the step `backup-not-in-deck` of the runbook goes through the list.',
  ),
  DECLARATIVE_CYCLIC_ANCHOR: code(
    'command',
    'An alias stands inside of what it stands for, so that the value would never end.',
    'Write out what is meant in place of the alias.',
  ),
  DECLARATIVE_DUPLICATE_KEY: code(
    'command',
    'A map names the same key twice. Kong takes the last without a word, decK refuses the file, so it is not known which one is meant.',
    'Keep one of the two.',
  ),
  DECLARATIVE_EXPANDS: code(
    'command',
    'Aliases stand for things that hold aliases themselves, so that the file means many times what it says.',
    'Write the file without such aliases; `deck gateway dump` writes none.',
  ),
  DECLARATIVE_FORMAT_VERSION: code(
    'command',
    'The `_format_version` of the file is one that no Kong knows, or one of Kong 2.x although --from is a 3.x version: the same path means another thing in the two.',
    'Write "1.1", "2.1" (2.x) or "3.0" (3.x), or give the version that wrote the file as --from.',
  ),
  DECLARATIVE_NOT_KONG: code(
    'command',
    'The file is well-formed, but it has neither `_format_version` nor any of the lists that a Kong configuration has (services, routes, plugins, …).',
    'Give a file of `deck gateway dump` or `kong config db_export`; kong.conf has `check kong-conf`.',
  ),
  DECLARATIVE_REWRITE_DIFFERS: code(
    'command',
    'The rewritten text was read again and is not what was meant, so it was not written. This is a fault of the program.',
    'Mend by hand what the findings name, without --write, and report the fault.',
  ),
  DECLARATIVE_SEVERAL_DOCUMENTS: code(
    'command',
    'The file holds more than one YAML document. Kong and decK read one.',
    'Put each document into a file of its own and check them one by one.',
  ),
  DECLARATIVE_SYNTAX: code(
    'command',
    'The file is no valid YAML or JSON; line and column are those where reading stopped.',
    'Mend that place; an indentation, a tab or a quote shortly before it is the usual cause.',
  ),
  DECLARATIVE_WRONG_TYPE: code(
    'command',
    'A text, a number or a map stands where Kong has a list, or something else where it has an entity or a config. Kong and decK refuse the file, so it is not known what is meant.',
    'Write a list (`paths: [/a]`) or a map at the line that the message names; `deck file validate FILE` tells the others.',
  ),
  DESTROY_LIVE_SLOT: code(
    'traffic',
    'CloudFormation or Terraform was asked to delete the stack of a slot that a weighted rule still gives a weight. The first resource of the stack refused, so that nothing was deleted. In CloudFormation the stack is DELETE_FAILED now: it can be deleted later but is updated no more; its nodes serve on, and the next upgrade replaces them. With Terraform nothing has changed.',
    'Shift the traffic to the other slot, then `kong-dual-cluster teardown --slot SLOT`. A system that nobody needs any more: `kong-dual-cluster teardown --slot SLOT --last`.',
  ),
  DEV_PORTAL_AND_VITALS_END: code(
    'versions',
    'From 3.5 on Enterprise has no Dev Portal and no Vitals.',
    'Whoever bought them asks Kong Support before the upgrade; for all others nothing is to be done.',
  ),
  DEV_PORTAL_FILES: code(
    'versions',
    'Between early versions the files of the Dev Portal are not migrated by `kong migrations`.',
    'Migrate them by hand at the hops that the message names; without a Dev Portal nothing is to be done.',
  ),
  DONE_BY_HAND: code(
    'versions',
    'Kong on Kubernetes and hybrid mode are beyond what this project deploys and shifts itself. The runbook then names the commands of AWS, Docker and Helm.',
    'Rehearse it, and have somebody watch the alarms while the traffic is diverted: no run of this project does.',
  ),
  DURATION_INVALID: code(
    'traffic',
    'A duration is written as whole numbers with units, the larger first: h, m, s. It is a year at most.',
    'Write it like 90s, 10m or 1h30m.',
  ),
  EDGE_ADOPTED_AND_OWN: code(
    'settings',
    'An adopted load balancer keeps its owner’s listeners; the settings describe listeners of our own as well.',
    'Remove edge.http and edge.https, or edge.adopted.',
  ),
  EDGE_ADOPTED_IN_NEW_NETWORK: code(
    'settings',
    'The nodes must stand in the network of the adopted load balancer; the settings would make a new one.',
    'Describe its VPC under network.existing.',
  ),
  EDGE_ADOPTED_RULE_TWICE: code(
    'settings',
    'Two of edge.adopted.rules stand above the same rule of the owner; ours are named after the one beneath.',
    'Keep one of the two, or let `kong-dual-cluster adopt` write the rules.',
  ),
  EDGE_FORWARDS_NOTHING: code(
    'settings',
    'No listener would forward: plain HTTP is off or redirects, and there is no HTTPS.',
    'Add edge.https.certificateArn, or set edge.http: forward.',
  ),
  EDGE_OUTDATED: code(
    'deployment',
    'The stack of the edge was deployed by an earlier version of this library, or an apply of Terraform ended half-way: it does not publish what this command needs.',
    `Deploy the edge again: \`${deployCommand({}, 'NAME-edge')}\`, or \`${deployCommand({ terraform: {} }, 'NAME-edge')}\`. It does not touch the weights.`,
  ),
  EDGE_PRIORITY_TWICE: code(
    'settings',
    'Two rules of one listener have the same priority; AWS takes each once.',
    'Give each rule and each of its testerPriorities a number of its own.',
  ),
  EDGE_WITHOUT_PUBLIC_SUBNETS: code(
    'settings',
    'A load balancer that faces the internet stands in two zones at least, and the existing network names fewer public subnets.',
    'Name two under network.existing.publicSubnetIds, or set edge.loadBalancer.scheme: internal.',
  ),
  EDITION_ASSUMED: code(
    'versions',
    'A version of two numbers says no edition, so the plan is for the likely one: open source, or Enterprise where only Enterprise has the target.',
    'Name the whole version that runs: three numbers are open source, four are Enterprise.',
  ),
  EDITION_CHANGES: code(
    'versions',
    'The path goes from open source to Enterprise, which migrations do and nothing undoes.',
    'At the version that the message names, run `kong migrations up` and `kong migrations finish` with the Enterprise image of the same minor, after a backup; bring the licence.',
  ),
  EDITION_IRREVERSIBLE: code(
    'versions',
    'Open source becomes Enterprise by migrations, which cannot be reversed.',
    'Keep the backup of the open-source database until nobody would go back to it.',
  ),
  EDITION_WITHOUT_RELEASE: code(
    'versions',
    'Kong publishes no open-source image of this version.',
    'Set edition: enterprise, or name an image of your own.',
  ),
  EJECT_INCOMPLETE: code(
    'adoption',
    'After the edge was destroyed something of ours is left, or a rule of yours is not as it was when it was adopted. Exit code 2.',
    'Each line that begins with NOT has the command that mends it.',
  ),
  EJECT_NOT_ADOPTED: code(
    'adoption',
    'The settings name no adopted load balancer, so there is nothing to give back.',
    'Name the settings file that `adopt` wrote.',
  ),
  EJECT_NOT_READY: code(
    'adoption',
    'Destroying the edge now would lose requests: traffic is on the other slot, a rule of yours beneath is not as adopted, no target answers, or the other slot’s stack still uses the edge. Exit code 6.',
    'Follow the lines that begin with NOT from the top, and run it again.',
  ),
  ENTERPRISE_FROM_DOCUMENTS: code(
    'versions',
    "What Enterprise does is known here from Kong's documents. What was recorded is the open-source edition, 2.8.5 and 3.4.2.",
    'Rehearse on a copy with your own image and licence.',
  ),
  ENVIRONMENT_RESERVED: code(
    'settings',
    'A variable is decided by the blueprint: the target groups, security groups, health checks or the migrations rely on it.',
    'Remove it from the slot’s environment and secrets.',
  ),
  ENVIRONMENT_TWICE: code(
    'settings',
    'A variable stands under environment and under secrets, which ECS refuses.',
    'Keep one of them.',
  ),
  ENV_FILE_FORM: code(
    'command',
    'The file given with --env-file begins like JSON and is no task definition: it is broken, or has no containerDefinitions.',
    'Give the output of `aws ecs describe-task-definition --task-definition NAME`, or a file of NAME=value lines.',
  ),
  ENV_FILE_LINE: code(
    'command',
    'A line of the file given with --env-file is no NAME=value, no comment and not empty. Its text is not shown, because it may be a secret.',
    'Mend the line that the message names.',
  ),
  EVIDENCE_EXISTS: code(
    'traffic',
    'What `--out` names is there already. A bundle of evidence is never written over: it may be all that is left of an earlier run.',
    'Give another name to `--out`.',
  ),
  EVIDENCE_NOT_WRITABLE: code(
    'traffic',
    'The bundle of evidence could not be written where `--out` says; nothing half-written is left there.',
    'Give `--out` a place that you may write to, with room left.',
  ),
  EVIDENCE_NO_RUN: code(
    'traffic',
    'There is no journal of the run that was asked for, or no shift was ever started. A journal lies beside the settings of the machine that ran the shift, or in the bucket that `shift.journal` names.',
    'Run it where the shift ran; `kong-dual-cluster shift status` names host and run.',
  ),
  FARGATE_SIZE: code(
    'settings',
    'Fargate has no task of this combination of CPU and memory.',
    'Choose memory from the range that the message gives.',
  ),
  FREEZE_REASON_TOO_LONG: code(
    'data',
    'The answer that writers get during a freeze holds who, since when, until when and the reason; a load balancer answers with 1024 bytes at most.',
    'Shorten --reason; letters outside ASCII count six bytes.',
  ),
  FREEZE_RULE_CHANGED: code(
    'data',
    'The rule of the Admin listener that freezes writes has conditions or an action that neither `freeze` nor the edge writes, or it did not take what was written. Whether writes pass cannot be said. Exit code 6.',
    'Find out who changed it; the `aws elbv2 modify-rule` command of the message makes it inactive.',
  ),
  FREEZE_RULE_MISSING: code(
    'data',
    'Somebody deleted the rule of the Admin listener that freezes writes, so that nothing can be frozen.',
    'Stop the writers by hand. `npx cdk deploy NAME-edge --exclusively --context repair=1`, another text each time, makes the rule again, not frozen; with Terraform an apply of the edge does.',
  ),
  GREEN_ON_BLUE_DATABASE: code(
    'data',
    'The migrations would run on the other slot’s database: the same resource or the same host. Nothing was run.',
    'Restore a snapshot for this slot and name it as its datastore.',
  ),
  HANDLER_NOT_BUILT: code(
    'deployment',
    'The code of a custom resource is missing from dist/handlers, which the build makes.',
    'Run `npm run build`.',
  ),
  HOP_ENTERPRISE_ONLY: code(
    'versions',
    'Kong documents a hop of this path for Enterprise, and nothing said which edition runs.',
    'Name the edition or the whole version; for open source another path is found.',
  ),
  HYBRID_SYNC_STATUS: code(
    'versions',
    'A control plane lists a data plane that refused its whole configuration with sync_status normal. One route or plugin that the data plane refuses is enough.',
    'Ask each data plane for /status/ready, and read its log.',
  ),
  HYBRID_WRPC: code(
    'versions',
    'In hybrid mode some versions of 3.1 speak no protocol but wRPC, so that data planes of other versions do not connect.',
    'Name the patch: 3.1.1.2 or later speaks both. A stop that only migrates and serves nobody may be any patch.',
  ),
  HYBRID_WRPC_ONLY: code(
    'versions',
    'In hybrid mode the version asked for, or the one that runs, speaks no protocol but wRPC, which neither older versions nor 3.2 and later speak.',
    'Take the steps that the message names: a later patch of 3.1 first.',
  ),
  INPUT_NOT_READABLE: code(
    'compatibility',
    'The file to check does not exist, is a folder, a device or a socket, may not be read, or is no UTF-8 text.',
    'Name a file or a pipe that exists and that you may read; save the text as UTF-8.',
  ),
  INPUT_TOO_LARGE: code(
    'compatibility',
    'The file to check is larger than what is read at once; the message names the limit.',
    'Check it in parts: `deck gateway dump --all-workspaces` writes a file a workspace.',
  ),
  IN_PLACE_DOWNTIME: code(
    'versions',
    'In place there is no gateway from the stop of the old nodes until the new ones are ready, and the way back is a restore.',
    'Agree on a window with the time of a restore in it, or find room for a second cluster.',
  ),
  JOURNAL_DAMAGED: code(
    'traffic',
    'A line in the middle of a journal is no JSON or no event of a shift, or the first one is missing: somebody edited it, or the disk failed. A last line that was cut off by a crash is not this error.',
    'Run `kong-dual-cluster shift abort`: it needs no journal. Then start again.',
  ),
  JOURNAL_NOT_WRITABLE: code(
    'traffic',
    'The journal of the shift cannot be made beside the settings. Without it a run that was killed could not be resumed, so nothing is shifted.',
    'Run it in a folder that you may write to.',
  ),
  LIVE_DIFFERS: code(
    'traffic',
    '`live` in the settings is one slot, and all traffic goes to the other. A command that believed the settings would take the wrong database. Exit code 8.',
    'Correct `live`; the weights are the truth.',
  ),
  LIVE_SLOT_MISSING: code(
    'settings',
    '`live` names a slot that the settings do not describe.',
    'Correct `live`, or describe the slot.',
  ),
  LOCK_INVALID: code(
    'settings',
    'The lock file is not what `snapshot` writes.',
    'Take it back from version control. Do not edit it by hand: it keeps a database from being replaced.',
  ),
  LOCK_LOST: code(
    'traffic',
    'The lock of this run was taken by another command, most likely `shift abort` from elsewhere. This run writes nothing any more, not even a rollback.',
    'Look at `kong-dual-cluster shift status`.',
  ),
  MANUAL_WOULD_STOP_NODES: code(
    'deployment',
    'A slot with `migrations: manual` starts with no nodes; on a slot that runs already, deploying it would stop them all.',
    'Set migrations: task, which is for a slot that is migrated already, too.',
  ),
  MIGRATE_NOT_MANUAL: code(
    'command',
    '`migrate` is for a slot with `migrations: manual`; otherwise the deployment runs the migrations.',
    'Deploy the slot, or set migrations: manual before its first deployment.',
  ),
  MIGRATE_STACK_DIFFERS: code(
    'deployment',
    'The deployed stack has other migration tasks than the settings describe. Exit code 6.',
    'Deploy the slot again, then migrate.',
  ),
  MIGRATIONS_ALREADY_RUN: code(
    'data',
    'Migrations of this version have run on this database within the last hour, with other settings. ECS does not start them twice under one token.',
    'Restore the snapshot again; or wait an hour if that run changed nothing.',
  ),
  MIGRATIONS_CHECK_NOT_RUN: code(
    'data',
    'The one-off task that runs `kong migrations list` did not start, did not end, or cannot be made of the task definition. It reads only; nothing was changed. Exit code 8.',
    'Mend what the message names. For nodes that you made: run `kong migrations list` on one of them and say so with --migrations-are-clean.',
  ),
  MIGRATIONS_DECLARED: code(
    'data',
    '--migrations-are-clean is for nodes that somebody else made. A slot of ours is asked itself.',
    'Leave the option out.',
  ),
  MIGRATIONS_FAILED: code(
    'data',
    'The migrations task ended with an error. The cause stands in the message; a database that was migrated half way is not repaired.',
    'Mend what the message names, then restore the snapshot again.',
  ),
  MIGRATIONS_NOT_CLEAN: code(
    'data',
    '`kong migrations list` names pending or new migrations on the live slot, or could not be answered. A snapshot would carry that into the new slot, whose migrations would then stop. Exit code 8.',
    'Do what the message says of the cause; the database was only read.',
  ),
  MIGRATIONS_NOT_DECLARED: code(
    'data',
    'The live slot’s nodes run outside ECS, so that `kong migrations list` cannot be run from here. Exit code 8.',
    'Run it on a node; when it is clean, say so with --migrations-are-clean.',
  ),
  MIGRATIONS_NOT_STARTED: code(
    'deployment',
    'ECS did not start the migrations task: no capacity, no image, no way out of the subnets, no right to read the secret. The database was not touched.',
    'Mend what ECS names and deploy again.',
  ),
  MIGRATIONS_STILL_RUNNING: code(
    'deployment',
    'Terraform waits for one call of a Lambda function, 15 minutes at most, and the migrations take longer. Their tasks go on in AWS.',
    'Apply again: the same tasks are waited for. For databases that take far longer set `migrations: manual`, apply, and run `kong-dual-cluster migrate`.',
  ),
  NETWORK_SIZE: code(
    'settings',
    'Two zones with public, node and database subnets need a range of /20 at least, and a VPC is a /16 at most.',
    'Set network.create.cidr to a range such as 10.20.0.0/16.',
  ),
  NODES_ROLLED_BACK: code(
    'deployment',
    'The new nodes of a slot did not come up, and the circuit breaker of ECS has put the service back to the revision before, which serves.',
    'Read the events of the ECS service and the logs of its nodes, mend what they name, apply again.',
  ),
  NODES_STILL_STARTING: code(
    'deployment',
    'The service of the slot was raised to its count, and not all of its nodes are running after 15 minutes, the longest that Terraform can wait for the function that looks.',
    'Look at the events of the ECS service and the logs of its nodes, then apply again.',
  ),
  NODES_UNKNOWN: code(
    'deployment',
    'The running nodes of the live slot could not be counted, and the other slot may not be smaller.',
    'Check that the slot is deployed and its ECS service exists.',
  ),
  NOT_FROZEN: code(
    'data',
    'The live slot takes writes of its configuration: what is written after the snapshot would be lost at the cutover. Exit code 8.',
    'Run `kong-dual-cluster freeze`, or set configWrites: dualApply and make each change on both slots.',
  ),
  OIDC_SECRET_EMPTY: code(
    'adoption',
    'The Secrets Manager secret of an OpenID Connect client is empty or lacks the key.',
    'Put the client secret there, or correct oidcClientSecret in the settings.',
  ),
  OIDC_SECRET_MISSING: code(
    'adoption',
    'A rule authenticates by OpenID Connect and names no client secret; AWS never gives it back.',
    'Name it under oidcClientSecret of the rule.',
  ),
  OPEN_SOURCE_ENDS: code(
    'versions',
    'Kong published no open-source release after 3.9, so that the target is Enterprise.',
    'Change the edition by migrations where the message says so, and bring the licence; or stop at 3.9.',
  ),
  OTHER_ACCOUNT: code(
    'aws',
    'The credentials are of another account than the settings. Nothing was done.',
    'Log in to the account of the settings, or name the settings of this one.',
  ),
  OTHER_REGION: code('aws', '--region is not the region of the settings.', 'Leave --region out.'),
  OUT_EXISTS: code(
    'compatibility',
    'The file that --write names exists. It may hold your work, so it is not overwritten.',
    'Name another file, or add --force.',
  ),
  OUT_IS_INPUT: code(
    'compatibility',
    'The file that --write names is the one that is checked, directly or through a link. It stays as it is, so that the two can be compared and the way back is there.',
    'Name another file.',
  ),
  OUT_NOT_A_FILE: code('compatibility', 'What --write names is a folder or a device.', 'Name a file.'),
  OUT_NOT_WRITABLE: code(
    'compatibility',
    'The file that --write names can not be written: its folder does not exist or may not be written to, or there is no room left. Nothing was written.',
    'Name a file in a folder that exists and that you may write to.',
  ),
  PATCH_UNKNOWN: code(
    'versions',
    'The version is not in the list of releases that this program carries: it is newer, or it does not exist.',
    'See that the image exists. Otherwise take the latest patch that the plan names.',
  ),
  PLAN_INVALID: code(
    'traffic',
    'The stages of a shift do not make a plan: shares must rise, be above 0 and end at 100 %, and each stage must be watched for at least a second.',
    'Give for example --shares 5,25,50,100 --bake 10m, or correct `shift.stages` in the settings.',
  ),
  PLUGINS_NOT_A_FOLDER: code(
    'compatibility',
    'The folder given to `check plugins` does not exist, is a file, or may not be read.',
    'Name the folder that holds the sources of your custom plugins.',
  ),
  PLUGINS_NO_SOURCES: code(
    'compatibility',
    'The folder given to `check plugins` holds nothing that a rule reads: no Lua, Python or JavaScript, no Dockerfile, no script, no YAML.',
    'Name the folder of your custom plugins, images or scripts.',
  ),
  PLUGINS_TOO_MANY: code(
    'compatibility',
    'The folder given to `check plugins` holds more sources than are read at once; the message names the limit.',
    'Name the folder of the plugins, not the one of everything.',
  ),
  POINT_IN_TIME_BEFORE_FREEZE: code(
    'data',
    'The time given with --point-in-time is before the configuration was frozen, so that a write may lie between the two. Exit code 8.',
    'Leave the time out: the present is taken, which RDS can restore in about five minutes.',
  ),
  POINT_IN_TIME_LATE: code(
    'data',
    'RDS backs up the log of a database about every five minutes; after half an hour it still could not restore the time that is wanted. Nothing was changed.',
    'Look at the events of the database and run it again, or take a snapshot.',
  ),
  POINT_IN_TIME_NOT_LOCKED: code(
    'data',
    'The settings name a point in time that the lock file does not have for the slot. A database is restored once, to a time that `snapshot --point-in-time` has seen to lie after the freeze.',
    'Run `kong-dual-cluster snapshot --point-in-time`, or name the locked time.',
  ),
  POINT_IN_TIME_OUT_OF_RANGE: code(
    'data',
    'The time given with --point-in-time lies in the future or before the oldest backup that RDS keeps of the database. Exit code 8.',
    'Give a time in between, or leave it out to take the present.',
  ),
  POINT_IN_TIME_WITHOUT_BACKUPS: code(
    'data',
    'The database has a backup retention of 0 days: RDS makes no backups of it, and restores it to no point in time. Exit code 8.',
    'Take a snapshot instead.',
  ),
  POSTGRES_MAJORS: code(
    'versions',
    'Not every stop supports the same major versions of PostgreSQL; some serve all of them.',
    'Run the database on one that serves all, or upgrade it between two hops.',
  ),
  POSTGRES_NO_COMMON_MAJOR: code(
    'versions',
    'No major version of PostgreSQL is supported by where the path starts and by every stop.',
    'Upgrade the database between two hops, on the private copy that is migrated.',
  ),
  POSTGRES_SCHEMA_RIGHTS: code(
    'versions',
    'From PostgreSQL 15 on a role may not create tables in the schema public unless it was given that right, and the migrations of Kong 3.3 and later need it.',
    '`GRANT CREATE ON SCHEMA public TO kong` before the migrations, or make the role own the database.',
  ),
  POSTGRES_UNSUPPORTED: code(
    'versions',
    'The major version of PostgreSQL in use is not among those that Kong supports for a stop.',
    'Upgrade the database before that stop, or take a path whose stops support it.',
  ),
  PREFLIGHT_CHECK: code(
    'versions',
    'Kong has a check of its own for a hop of this path.',
    'Run the command that the message names with the old version, before the hop.',
  ),
  PLAN_VERSION_MISSING: code(
    'versions',
    'A plan needs the version that runs and the one to upgrade to. The settings name one slot, so they hold one of them.',
    'Give the other with --from or --to. `plan --from 2.8 --to 3.4` needs no settings at all.',
  ),
  REPORT_NOT_WRITABLE: code(
    'traffic',
    'The report of a shift could not be written where `--out` says; nothing half-written is left there.',
    'Give `--out` a place that you may write to, with room left.',
  ),
  REPORT_NO_JOURNAL: code(
    'traffic',
    'A report is made from the journal of a shift, and there is none of this run where it was looked for.',
    'Run it where the shift ran, beside its settings, set `shift.journal` to the bucket, or give the file: `kong-dual-cluster report --journal RUN.ndjson`.',
  ),
  ROLLBACK_FAILED: code(
    'traffic',
    'The weights could not be put back after several attempts. The message holds what AWS said last.',
    'Run `kong-dual-cluster shift abort` again; or write each weighted rule by hand as the message says. The ARNs are the output WeightedRuleArns of the edge.',
  ),
  ROUTER_CHANGED: code(
    'traffic',
    'The shift was begun on another router, or in places that this one no longer has. Its weights are there, and nothing was written here.',
    'Put `shift.router` in the settings back as it was at the start, then run the command again. It may change when the shift has ended.',
  ),
  ROUTER_CONFLICT: code(
    'traffic',
    'The live weights are not those that the shift left: a person or another tool has written them. Nothing is fought over and nothing is rolled back by itself.',
    'Find out who it was. Then `shift abort` puts everything back, `shift resume` goes on once the weights are those of the stage again, `shift set` sets them.',
  ),
  ROUTER_DENIED: code(
    'traffic',
    'The API of the router refuses the user or token of the settings, or that user may not do this.',
    'Correct the secret that the settings name under `shift.router`, or give its user the right. AS3 wants a user with the role Administrator; Kong Enterprise one who may write upstreams, targets and plugins.',
  ),
  ROUTER_FILE_CHANGED: code(
    'traffic',
    'The file on an nginx node is not the one block that splits between both slots: somebody wrote something else into it. It is never overwritten by a raise.',
    'Look at what it holds and who wrote it. `shift abort` writes the text from before the shift where its journal is on this machine; else put the text of the message there, with the slot that is live.',
  ),
  ROUTER_FILE_MISSING: code(
    'traffic',
    'The file that splits the traffic is not on an nginx node, so nothing says what that node does.',
    'Put the text of the message there, with all traffic on the slot that is live now, include it in http{} and load it.',
  ),
  ROUTER_NODE_SILENT: code(
    'traffic',
    'A node gave no answer in time, to the command that runs scripts on it or at its Admin API, or it was too slow to begin a write that was allowed. Of several nodes some may have been written; the next command completes it.',
    'Try the `shell` of the settings by hand, or the Admin API with curl, and look at the load of the node, then run the same command again.',
  ),
  ROUTER_RELOAD_REJECTED: code(
    'traffic',
    'An nginx node refused the configuration or did not load it. Its old file is back and its old configuration goes on running; nodes after it were not written.',
    'Mend what the node says, often a mistake elsewhere in its configuration, then run the same command again. A shift that is under way rolls back or holds by itself.',
  ),
  ROUTER_NOT_EFFECTIVE: code(
    'traffic',
    'The weights are written, and what the router does does not follow them; or that cannot be seen from this machine, and then nothing is written.',
    'Look at what the router says of the change: of Route 53 the health checks of the records and `aws route53 get-change`. `shift resume` looks again, `shift abort` goes back. With `shift.router.route53.sample: false` the name servers are not asked.',
  ),
  ROUTER_READ_ONLY: code(
    'traffic',
    'The Kong in front cannot be split by its Admin API: it has no database, it is a control plane whose data planes nobody can look into from there, or it says neither. Nothing was written.',
    'Split with something else, for example its load balancer or NGINX, or let the Kong in front have a database.',
  ),
  ROUTER_RULE_CHANGED: code(
    'traffic',
    'A place that splits does not lead to exactly the two slots any more, so its weights mean something else: a rule with other target groups, a name with other records, a pool or an upstream with other members.',
    'Let it forward to both again, or deploy the edge. `shift abort` writes the action list from before the shift where its journal is on this machine.',
  ),
  ROUTER_RULE_MISSING: code(
    'traffic',
    'A place that splits was deleted. Requests that a rule matched go to the next rule of the listener.',
    'Of another router: make it again, as the message says. A rule of the edge: CloudFormation does not notice that the rule is gone: a deploy without a change does nothing; an apply of Terraform makes it again. Look at `live` in the settings, then `npx cdk deploy NAME-edge --exclusively --context repair=1`, another text each time: a rule that is gone is made again with all weight on that slot, one that is there stays as it is.',
  ),
  ROUTER_SECRET_EMPTY: code(
    'traffic',
    'The secret that the settings name under `shift.router` holds no such text.',
    'Put the credentials there: for the BIG-IP JSON with `username` and `password`, for Kong the token. Or correct `secretArn` and `field`.',
  ),
  ROUTER_STICKY: code(
    'traffic',
    'A service of the BIG-IP keeps its clients on a member, so that the ratios decide about new clients only. AS3 does that where the declaration says nothing of persistence. Nothing was written.',
    'Add `"persistenceMethods": []` to each service of the message and deploy the declaration; sessions that live in a cookie of Kong or of its upstreams are not touched by that.',
  ),
  ROUTER_UNIT_STANDBY: code(
    'traffic',
    'The management address leads to a unit that is not the active one: what is written there is not what the traffic follows, and the next sync overwrites it. Nothing was written.',
    'Let `shift.router.f5.url` be the active unit, best a floating address that follows it.',
  ),
  ROUTER_UNTRUSTED: code(
    'traffic',
    'The certificate of the management address or Admin API is not signed by an authority that is trusted here. Nothing was sent to it, no password and no token either.',
    'Of a BIG-IP set `shift.router.f5.caFile` to the certificate authority, in PEM. Of an Admin API start the command with `NODE_EXTRA_CA_CERTS=/path/to/ca.pem`. There is no way to leave the certificate unchecked.',
  ),
  ROUTER_WRITE_FAILED: code(
    'traffic',
    'The router took the write and then said that it failed, or did not come to an end in time. What is there is what was there, or what was asked for: the next command reads it.',
    'Mend what the message quotes. A shift that is under way holds; `shift resume` goes on, `shift abort` puts everything back.',
  ),
  RULE_ACTION_UNKNOWN: code(
    'adoption',
    'An action of a rule has a type or a field that the AWS provider of Terraform has no argument for, or it lacks one that the provider wants. Nothing of a rule is left out in silence.',
    'Give the action as the ELBv2 API has it (CreateRule); where the provider cannot say it, leave the rule out of edge.adopted.rules.',
  ),
  RULE_CONDITION_UNKNOWN: code(
    'adoption',
    'A condition of a rule has a field that the AWS provider of Terraform has no argument for, or it lacks one that the provider wants. Without it the rule would take other requests.',
    'Give the condition as the ELBv2 API has it (CreateRule); where the provider cannot say it, leave the rule out of edge.adopted.rules.',
  ),
  RULE_PRIORITY_IN_USE: code(
    'deployment',
    'Another rule of the listener has the priority that ours is to have.',
    'Give one of the two another one; for an adopted load balancer run `adopt` again, it finds free ones.',
  ),
  RULE_STILL_SERVES: code(
    'deployment',
    'A weighted rule was to be deleted while a target group of it has targets that no other rule serves. Requests would be lost.',
    'Destroy the cluster behind it first, or let another rule forward to it.',
  ),
  RUNTIME_STATE_OF_TWO_DATABASES: code(
    'versions',
    'While two clusters with two databases serve, each lacks what requests have stored in the other: oauth2 tokens, sessions, acme certificates. Limits of policy cluster are counted twice.',
    'Top up the rows, use stickiness, issue tokens on one slot only, move counters to redis; the steps `runtime-…` of the runbook say how.',
  ),
  SAME_SIZE: code(
    'versions',
    'The new nodes take all the traffic of the old ones from one moment to the next.',
    'Give them at least the number and size of the old ones, and the database its class.',
  ),
  SECRET_IN_CLEAR: code(
    'settings',
    'A variable looks like a secret and would stand in the template and in the console in clear.',
    'Put the value into Secrets Manager and name it under the slot’s secrets.',
  ),
  SECRET_REFERENCE: code(
    'command',
    'A secret is named by its ARN in Secrets Manager and never given itself, so that it cannot reach a template or a log.',
    'Give arn:aws:secretsmanager:…, with :FIELD behind it for a key of a JSON secret.',
  ),
  SERVICE_NOT_FOUND: code('deployment', 'The ECS service of the slot does not exist.', 'Deploy the slot again.'),
  SETTINGS_INVALID: code(
    'settings',
    'The settings are not YAML, or a key or value is not allowed. Each mistake is named with file, line and key.',
    'Correct them; an editor that knows the JSON Schema shows them as you type.',
  ),
  SETTINGS_NOT_FOUND: code(
    'settings',
    'There is no settings file at this path.',
    'Give its path with --settings FILE, or make one (examples/, `kong-dual-cluster adopt`).',
  ),
  SETTINGS_REFUSED: code(
    'settings',
    'The settings are well-formed, and deploying them would lose data or requests. Each refusal has its own code.',
    'As said at each of them.',
  ),
  SET_NO_CAPACITY: code(
    'traffic',
    'The slot that would take more traffic has fewer healthy nodes than the other one runs.',
    'Raise it first. --force sets the share all the same.',
  ),
  SHARED_DATABASE_ADVISED_AGAINST: code(
    'versions',
    'Kong limits its support of two versions on one database and advises it between patches only.',
    'Migrate a restored copy wherever there is room for a second database.',
  ),
  SHIFT_ELSEWHERE: code(
    'traffic',
    'The shift was started on another machine, where its journal is; going on needs the journal.',
    'Resume it there. `shift abort` needs none and works from anywhere.',
  ),
  SHIFT_LEFT_ON_AWS: code(
    'traffic',
    'The execution of the state machine was ended from outside, and a minute later the rollback machine has not put the weights back.',
    '`kong-dual-cluster shift abort` puts them back now. The executions of the rollback machine say why it did not.',
  ),
  SHIFT_NOTHING_TO_RESUME: code(
    'traffic',
    'There is no shift that is paused, held or was killed.',
    'Start one: `kong-dual-cluster shift start`.',
  ),
  SHIFT_NOT_RUNNING: code(
    'traffic',
    'Nobody runs a shift that could be paused.',
    'Look at `kong-dual-cluster shift status`.',
  ),
  SHIFT_REFUSED: code(
    'traffic',
    'Something stands against the start of the shift, and nothing was written. The message names each: weights, an unfinished shift, alarms, capacity, config writes, credentials.',
    'Do what the message says for each. `kong-dual-cluster plan` looks at the same without starting.',
  ),
  SHIFT_REFUSED_ON_AWS: code(
    'traffic',
    'The state machine found something against the shift before it wrote anything: an alarm that does not exist, or a lock that another run holds.',
    'Mend what it names, then start again.',
  ),
  SHIFT_ROLLBACK_FAILED: code(
    'traffic',
    'The rollback of this shift failed; it cannot go on.',
    'Run `kong-dual-cluster shift abort`.',
  ),
  SHIFT_TABLE_MISSING: code(
    'traffic',
    'The DynamoDB table that the edge made for the lock and the state of the shift is gone.',
    'A deploy does not notice that it is gone: make it again by the command that the message prints. The weights are not in it. Until then `kong-dual-cluster shift abort` alone works.',
  ),
  SHIFT_TOO_LONG_FOR_AWS: code(
    'traffic',
    'The history of an execution of Step Functions holds 25,000 entries, and a look makes 28. A plan whose stages, with all their extensions, need more than a look a minute does not fit.',
    'Shorten the bakes or `--max-extension`, or run the shift from a machine of yours: leave `--on aws` out.',
  ),
  SHIFT_TOO_MANY_ALARMS: code(
    'traffic',
    'The state machine asks for all alarms in one call, whose answer must fit into 256 KiB: 40 alarms at most.',
    'Join some of your own in a composite alarm, or run the shift from a machine of yours.',
  ),
  SIZE_BOUNDS: code(
    'settings',
    'The node counts of a slot contradict each other: min ≤ count ≤ max must hold.',
    'Correct the slot’s size.',
  ),
  SLOT_NOT_IN_SETTINGS: code(
    'settings',
    'The live slot is not described in the settings.',
    'Describe it, or correct `live`.',
  ),
  SLOT_SMALLER_THAN_LIVE: code(
    'settings',
    'The idle slot would be smaller than the live one: fewer nodes, or smaller ones. It must be able to take all the traffic, and so must the way back.',
    'Raise the value named.',
  ),
  SNAPSHOT_BEFORE_FREEZE: code(
    'data',
    'The snapshot given with --use was taken before the configuration was frozen, so that a write may lie between the two. Exit code 8.',
    'Leave --use out: a new snapshot takes minutes.',
  ),
  SNAPSHOT_ELSEWHERE: code(
    'data',
    'The locked snapshot, or the database that is restored to a point in time, is in another account or region than the settings.',
    'Correct the settings, or take a snapshot there.',
  ),
  SNAPSHOT_FAILED: code(
    'data',
    'RDS gave the snapshot up. The database is untouched.',
    'Delete the failed snapshot, look at the events of the database and run `snapshot` again.',
  ),
  SNAPSHOT_FOR_LIVE: code(
    'data',
    'A snapshot is taken of the live slot’s database for the idle slot; --for names the live one.',
    'Name the other slot, or leave --for out.',
  ),
  SNAPSHOT_ID_TAKEN: code(
    'data',
    'A snapshot of this identifier exists already.',
    'Take that one with --use, or give another --id.',
  ),
  SNAPSHOT_NOT_FOUND: code(
    'data',
    'There is no snapshot of this identifier in this account and region.',
    'List them with `aws rds describe-db-snapshots`, or leave --use out.',
  ),
  SNAPSHOT_NOT_LOCKED: code(
    'data',
    'The settings name a snapshot that the lock file does not have for the slot. A database is restored once, from the snapshot that `snapshot` has locked.',
    'Run `kong-dual-cluster snapshot`, or name the locked one.',
  ),
  SNAPSHOT_OF_OTHER_DATABASE: code(
    'data',
    'The snapshot given with --use was taken of another database than the live slot’s.',
    'Use one of that database, or leave --use out.',
  ),
  SNAPSHOT_SLOT_OCCUPIED: code(
    'data',
    'The idle slot has a database already. A new snapshot would ask for another one in its place: CloudFormation refuses that for its fixed name, and Terraform leaves the old one.',
    'Finish or undo the upgrade; tear the slot down when it takes no traffic and is not needed: `kong-dual-cluster teardown --slot SLOT`.',
  ),
  SNAPSHOT_SOURCE_BUSY: code(
    'data',
    'RDS takes snapshots of databases that are `available`; this one is being changed, backed up or is stopped.',
    'Wait, and run it again.',
  ),
  SNAPSHOT_SOURCE_NOT_FOUND: code(
    'data',
    'The database of the live slot is not in this account and region.',
    'Check --region and the credentials, and that the slot is deployed.',
  ),
  STACK_NOT_FOUND: code(
    'deployment',
    'A stack that the command reads from is not deployed in this account and region.',
    'Deploy it, or check --region and the credentials.',
  ),
  STOPS_WITHOUT_SNAPSHOT: code(
    'settings',
    'Stops are versions whose images migrate a restored database one after the other. A new database is made by one image at once, and one that exists is not migrated by this project.',
    'Take `stops` out of the slot, or restore its database from a snapshot or to a point in time.',
  ),
  STOP_END_OF_LIFE: code(
    'versions',
    'Versions on the way are out of full support.',
    'Let them migrate a private copy and serve nobody; only the last stop serves.',
  ),
  STRATEGY_CASSANDRA_REMOVED: code(
    'versions',
    'Kong 3.4 and later have no Cassandra, so there is nothing to migrate to.',
    'Move to PostgreSQL on the version that runs, then plan from there with datastore postgres.',
  ),
  STRATEGY_CONTRADICTION: code(
    'versions',
    'Two of the things said about the deployment exclude each other, for example DB-less nodes with PostgreSQL.',
    'Say what the deployment is; the message names both.',
  ),
  STRATEGY_NONE_FITS: code(
    'versions',
    'Without room for a second cluster and without downtime there is no supported way for this step.',
    'Find room for some hours, or agree on a maintenance window.',
  ),
  STRATEGY_SHARED_DATABASE_REFUSED: code(
    'versions',
    'Old and new version cannot run on one database for this step. From 2.x to 3.x `kong migrations up` already rewrites the paths of routes and drops tables, and an old node starts on it without a word.',
    'Leave the shared database out: dual-cluster migrates a restored copy.',
  ),
  SYSTEM_LOCKED: code(
    'traffic',
    'Another run holds the lock of this system in the edge’s table. Only one may write at a time.',
    'Wait, look on with `shift status --watch`, hold it with `shift pause`, or put everything back with `shift abort`, which needs no lock. `shift resume` takes over from a run that is dead.',
  ),
  TARGET_END_OF_LIFE: code(
    'versions',
    'Kong does not support the target any more, or never did for its edition.',
    'Go on to the long-term version that the message names.',
  ),
  TARGET_IN_SUNSET: code(
    'versions',
    'Full support of the target has ended; in sunset Kong helps to upgrade and fixes nothing.',
    'Go on to the long-term version that the message names, before sunset ends.',
  ),
  TARGET_NOT_LATEST_PATCH: code(
    'versions',
    'The target has a later patch.',
    'Take the latest one unless something speaks against it.',
  ),
  TEARDOWN_ADOPTED: code(
    'deployment',
    'The slot was adopted: service and database belong to somebody else and are not destroyed by this tool. The message lists what to do by hand, in order.',
    'Follow the list; when no node is left in the target group the same command takes the slot out of the settings.',
  ),
  TEARDOWN_NOTHING_THERE: code(
    'deployment',
    'The settings name the slot, no stack of it is deployed, and no interrupted teardown has left a final snapshot.',
    'Deploy the slot, or take it out of the settings by hand.',
  ),
  TEARDOWN_NOT_IN_SETTINGS: code(
    'deployment',
    'The stack of the slot is deployed, but the settings do not name the slot any more; cdk and the Terraform app know a stack only by the settings.',
    'Bring the part of the settings back from git and run it again; teardown takes it out itself when the stack is gone.',
  ),
  TEARDOWN_NOT_LAST: code(
    'deployment',
    '`--last` destroys the slot that carries traffic and is for the very last slot of a system; the other one is still deployed.',
    'Tear the other slot down first.',
  ),
  TEARDOWN_NOT_PINNED: code(
    'deployment',
    'Which account and region a system lives in is pinned by its last shift, or else by the settings. Neither says it here.',
    'Write `account` and `region` into the settings.',
  ),
  TEARDOWN_NO_IDLE_SLOT: code(
    'traffic',
    'Both slots have a weight in some rule, or rules disagree, so that none of them is idle.',
    'Finish the shift or abort it; `kong-dual-cluster shift status` says where it stands.',
  ),
  TEARDOWN_OTHER_SYSTEM: code(
    'deployment',
    'The credentials lead to another account or region than the last shift, or the stack is another one than then (it was deleted and made again).',
    'Use the credentials of the pinned account and region. A slot that was made again and never took traffic goes with `npx cdk destroy NAME-SLOT --exclusively`; with Terraform as the message says.',
  ),
  TEARDOWN_REQUESTS_SEEN: code(
    'traffic',
    'The slot has no weight, and still it has had requests within `--idle-for`: from clients with a sticky cookie, testers with the header, or a rule of somebody else.',
    'Find out who sends them and wait until they have stopped.',
  ),
  TEARDOWN_REQUESTS_UNKNOWN: code(
    'traffic',
    'CloudWatch has no request counts of either slot for the last minutes. Counts are published only where there are requests, so that the silence of the idle slot proves nothing while the live one is silent too.',
    'Make sure that the gateway serves, wait some minutes, run it again.',
  ),
  TEARDOWN_SHIFT_UNFINISHED: code(
    'traffic',
    'The last shift is neither done nor rolled back; its idle slot may be needed to go back.',
    '`kong-dual-cluster shift resume` or `kong-dual-cluster shift abort`.',
  ),
  TEARDOWN_SLOT_LIVE: code(
    'traffic',
    'The slot that was named has a weight above 0 in the rules that the message lists. Idle is what the live weights say, never a name.',
    'Shift the traffic away first, or leave `--slot` out.',
  ),
  TEARDOWN_SNAPSHOT_MISSING: code(
    'data',
    'The database of the slot is gone already, and there is no snapshot with the tag of a teardown, so that nothing proves that its data is kept.',
    'Look for the snapshot that its deletion has made, then finish by hand as the message says.',
  ),
  TEARDOWN_SNAPSHOT_UNVERIFIED: code(
    'data',
    'The final snapshot is not one that the database could be made from again: wrong status, another database, other storage or encryption, or older than the last shift. Nothing was destroyed.',
    'Delete that snapshot and run it again.',
  ),
  TEARDOWN_STACK_LEFT: code(
    'deployment',
    '`cdk destroy` or `terraform destroy` has ended and the stack is still there, or something of it. The message says which resource did not go.',
    'Mend what the message names and run the same command again.',
  ),
  TEARDOWN_STICKY: code(
    'traffic',
    'The weighted rule is sticky: a client with its cookie goes to this slot whatever the weights, until the cookie ends.',
    'Wait the time that the message names.',
  ),
  TEARDOWN_TOKEN_WRONG: code(
    'command',
    'A token is good for one stack and one database in one account. The one that was given is of another, or of a slot that was made again since.',
    'Run `kong-dual-cluster plan` again and look at what it would tear down.',
  ),
  TEARDOWN_WINDOW_SHORT: code(
    'command',
    '`--idle-for` is shorter than three publications of the request counts, so that requests of the last minutes would not be seen.',
    'Give a longer `--idle-for`.',
  ),
  TERRAFORM_APP_FAILED: code(
    'deployment',
    'A teardown has run the `app` of cdktf.json, which writes the stack as one that may be destroyed, and it has not.',
    'Nothing was destroyed. Run the app yourself, mend what it says, then run the same command again.',
  ),
  TERRAFORM_NOT_FOUND: code(
    'deployment',
    'A teardown of a stack that Terraform made needs Terraform or OpenTofu on this machine, and there is none in PATH.',
    'Install 1.11 or newer, or name yours in TERRAFORM_BINARY_NAME (for example `tofu`).',
  ),
  TERRAFORM_PROJECT_NOT_FOUND: code(
    'command',
    'A teardown of a stack that Terraform made looks for cdktf.json in the folder of the settings and above it, because its `app` writes the stack.',
    'Name the settings that stand in the project, or write cdktf.json with `"app": "npx kong-dual-cluster-terraform-app"`.',
  ),
  TERRAFORM_STATE_LOCKED: code(
    'deployment',
    'Somebody else works on the state of the stack, or a Terraform died and has left its lock.',
    'Let that run end. When the one that Terraform names is dead: `terraform -chdir=cdktf.out/stacks/STACK force-unlock ID`, then run the same command again.',
  ),
  TESTER_RULE_TOO_MANY_VALUES: code(
    'settings',
    'A tester rule has the conditions of the rule it stands above and one more, and AWS takes five values in a rule.',
    'Leave testerPriorities out of that rule, name fewer source ranges, or leave edge.testerHeader out.',
  ),
  TESTER_RULE_TWO_SOURCES: code(
    'settings',
    'A tester rule would have two conditions on the source address: the one of the rule it stands above and edge.testerHeader.sourceCidrs. AWS takes one.',
    'Leave sourceCidrs out, or testerPriorities of that rule.',
  ),
  COMMAND_LINE: code(
    'command',
    'A command, an option or a value of an option that the command does not know, or one that is missing. Exit code 64.',
    'Add --help to the command for its options and an example.',
  ),
  THAW_WHILE_SPLIT: code(
    'data',
    'Both slots have weight, or the weighted rules differ. What is written now lands on the slot that the Admin API goes to, and the users of the other one do not have it. Nothing was thawed. Exit code 8.',
    'End the shift first: `kong-dual-cluster shift abort`, or let it go through. `unfreeze --force`, if you make every write on both slots yourself.',
  ),
  TRAFFIC_IS_SPLIT: code(
    'traffic',
    'Both slots have weight, or the weighted rules differ: a shift is under way, or one has ended half way. Neither slot is idle. Exit code 8.',
    'Look at `kong-dual-cluster shift status`; finish the shift or abort it.',
  ),
  UNEXPECTED_ERROR: code(
    'command',
    'A mistake of this program, with --output json; as text it is told with its stack.',
    'Report it with what stands under found.',
  ),
  BUILD_FAILED: code(
    'demo',
    'The sources do not compile; the messages stand above it.',
    'Mend what they name, or take back a change of your own.',
  ),
  IMAGES_FILE_MISSING: code(
    'demo',
    'The file given with --images is not there.',
    'Name a JSON file of the shape of local/images.json.',
  ),
  LOCAL_AWS_FAILED: code(
    'demo',
    'The local AWS ended while it started; its last lines are shown.',
    'Read them, and run the same command again.',
  ),
  NODE_TOO_OLD: code('demo', 'The project runs on Node 20.9 or newer.', 'Install the current Node LTS.'),
  NPM_CI_FAILED: code(
    'demo',
    'The packages of the lock file could not be installed; the message of npm stands above.',
    'Check the network and the npm registry setting, and run the same command again.',
  ),
  PIP_FAILED: code(
    'demo',
    'The packages of the local AWS could not be installed; the message of pip stands above.',
    'Check the network and the pip index setting, and run the same command again.',
  ),
  PORT_TAKEN: code(
    'demo',
    'Another program listens on the port given with --port.',
    'End it, or leave --port out: then a free one is taken.',
  ),
  POSTGRES_MISSING: code(
    'demo',
    'There are no PostgreSQL programs for this platform among the npm packages.',
    'Run on Linux x64 or arm64.',
  ),
  PYTHON_MISSING: code(
    'demo',
    'The local AWS of the demo and the tests runs on Python 3.10 or newer, and none was found.',
    'Install it, or name one with KDC_PYTHON=/path/to/python3.',
  ),
  PYTHON_TOO_OLD: code(
    'demo',
    'The local AWS of the demo and the tests runs on Python 3.10 or newer.',
    'Install it, or name one with KDC_PYTHON=/path/to/python3.',
  ),
  PYTHON_VENV_MISSING: code(
    'demo',
    'Python is there and cannot make a virtual environment; Debian and Ubuntu ship that apart.',
    'Install the venv module, for example `apt-get install python3-venv`.',
  ),
  UNKNOWN_CODE: code(
    'command',
    'There is no error code of this name.',
    '`kong-dual-cluster explain` lists all of them.',
  ),
  VERSION_INVALID: code(
    'versions',
    'A Kong version has two, three or, for Enterprise, four numbers.',
    'Write for example 2.8, 3.4.2 or 3.4.3.12, in quotes.',
  ),
  VERSION_NOT_LATER: code(
    'versions',
    'A check or a plan goes from the version that runs to a later one. Kong supports no downgrade of a database.',
    'Give the version that runs as --from and the one you upgrade to as --to.',
  ),
  VERSION_RANGE_INVALID: code(
    'versions',
    'A range of Kong versions is made of comparators: an operator and a version.',
    'Write for example `>=2.8 <3.4`, alternatives separated by `||`.',
  ),
  VERSION_STEP_UNSUPPORTED: code(
    'versions',
    'Kong does not support this step, or this version does not know it.',
    'Take the steps that the message names.',
  ),
  WEIGHTS_ALL_ZERO: code(
    'traffic',
    'A rule whose weights are all 0 answers every request with 503.',
    'Give the live slot a weight above 0.',
  ),
  WEIGHTS_ARE_THE_TEMPLATES: code(
    'traffic',
    'With `weightOwnership: template` the weights stand in the settings, and only a deployment may change them.',
    'Set `weights` and deploy the edge, stage by stage; CloudFormation watches the alarms if you give it rollback triggers.',
  ),
  WEIGHTS_CHANGED_OUTSIDE: code(
    'traffic',
    'With weightOwnership: template the live weights must be those of the last deployment; somebody has changed them. The update would undo that.',
    'Put the live weights into the settings and deploy that first, or put the rule back.',
  ),
  WEIGHTS_MISSING: code(
    'traffic',
    'With weightOwnership: template the settings must hold the weights.',
    'Add weights, or set weightOwnership: runner.',
  ),
  WEIGHTS_NOT_OWNED: code(
    'traffic',
    'With weightOwnership: runner the live rule alone holds the weights; settings that hold them too would contradict it one day.',
    'Remove weights, or set weightOwnership: template.',
  ),
  WEIGHTS_OUT_OF_RANGE: code('traffic', 'A weight is a whole number from 0 to 999 (AWS ELBv2).', 'Correct it.'),
  WEIGHT_ON_ABSENT_SLOT: code(
    'traffic',
    'A slot that the settings do not have would take part of the traffic: its requests would be answered 503.',
    'Set its weight to 0, or add the slot.',
  ),
  ZERO_DOWNTIME_NOT_GUARANTEED: code(
    'versions',
    'Over several incremental hops an upgrade without downtime is possible, and Kong does not guarantee it.',
    'Migrate a private copy through the stops, let only the last one serve, and rehearse it.',
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
