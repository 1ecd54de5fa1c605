/*
 * How the entries of `facts/changes/` are met that no check of a file can see, or not alone. Together with the rules it
 * covers every entry; docs/breaking-changes.md is made from it and a test holds it.
 */

/** Entries that a command other than `check` meets. */
export const BY_COMMAND: Readonly<Record<string, string>> = {
  'hybrid-31-wrpc':
    '`plan` refuses 3.1.0.0 and 3.1.1.1 in hybrid mode (HYBRID_WRPC_ONLY) and warns of 3.1 (HYBRID_WRPC)',
  'conf-cassandra-removed': '`plan` refuses a target without Cassandra (STRATEGY_CASSANDRA_REMOVED)',
  'migration-up-mutates-paths': '`plan` refuses a shared database over 2.x to 3.x (STRATEGY_SHARED_DATABASE_REFUSED)',
  'migration-finish-needed': "the new slot's migrations task, or `migrate`: `up`, `finish`, then `list` must be clean",
  'plat-postgres15-public': '`plan` warns (POSTGRES_SCHEMA_RIGHTS)',
  'conf-portal-vitals-future': '`plan` warns (DEV_PORTAL_AND_VITALS_END)',
  'hybrid-major-mismatch': '`plan` gives the data planes of the new version a control plane of their own',
};

/** Entries that a step of the runbook is about, by the step's id. */
export const BY_STEP: Readonly<Record<string, string>> = {
  'hybrid-major-mismatch': 'start-data-planes',
  'plugin-rl-cluster-hybrid': 'hybrid-rate-limits',
  'conf-new-plugin-migration-force': 'migrate-added-plugins',
  'sessions-table-runtime': 'runtime-state-look',
  'plugin-oauth2-tokens-runtime': 'runtime-oauth2',
  'plugin-session-v4': 'runtime-sessions',
  'plugin-rl-counters-split': 'runtime-rate-limits',
  'plat-keyring': 'backup-keyring',
  'plat-license': 'backup-licence',
  'plat-postgres15-public': 'check-platform',
  'plat-alpine': 'check-platform',
  'plat-ubuntu1804': 'check-platform',
  'plat-amazonlinux1': 'check-platform',
  'conf-openssl-seclevel2': 'check-platform',
  'conf-openssl3': 'check-platform',
  'deck-old-file-overwrite': 'refresh-deck-files',
  'plugin-session-cookie-lifetime': 'rename-old-fields',
  'plugin-session-cookie-idletime': 'rename-old-fields',
  'plugin-session-cookie-samesite': 'rename-old-fields',
  'plugin-session-cookie-httponly': 'rename-old-fields',
  'plugin-session-cookie-discard': 'rename-old-fields',
  'plugin-session-cookie-renew': 'rename-old-fields',
  'plugin-oidc-session-renames': 'rename-old-fields',
  'plugin-oidc-session-removed': 'rename-old-fields',
  'plugin-redis-shared-config-future': 'rename-old-fields',
};

/** What a person looks at, where nothing else does or where a file does not show it all. */
export const BY_PERSON: Readonly<Record<string, string>> = {
  'route-regex-lookaround': 'after the start of the new nodes: no line `could not add route` in the error log',
  'route-multipath-priority':
    'requests that both a prefix and a regex of one route match, on the new cluster, when the target is 3.0 to 3.2',
  'enforce-route-path-pattern': 'a check of paths in the pipeline, where 2.8 refused odd characters for you',
  'consumer-group-scope-hybrid':
    '`GET /clustering/data-planes` shows 3.4 for every data plane before a plugin is scoped to a group',
  'hybrid-major-mismatch':
    '`GET /clustering/data-planes`: sync_status `kong_version_incompatible`, or a version of another major',
  'lmdb-key-511': '`SELECT id FROM keyauth_credentials WHERE length(key) > 511`; DB-less: the same field of the file',
  'migration-no-regex-precheck':
    '`check declarative --admin URL` on the old cluster compiles every path; the migrations do not',
  'tags-with-space': 'scripts that split tags at spaces, and a way back to 2.8, which refuses such tags',
  'targets-weight0-health': 'monitors and alarms that read the health of targets with weight 0 (HEALTHCHECK_OFF)',
  'vault-auth-table-renamed': "`SELECT to_regclass('vaults')`: only programs that read the table with SQL of their own",
  'ca-certificates-digest': 'ca_certificates whose text holds more than one `BEGIN CERTIFICATE`',
  'updated-at-fields': 'comparisons of two Admin APIs: leave `updated_at` out',
  'plugin-instance-name': 'nothing to look at: the field is new and optional',
  'workspace-reserved-names': 'names of workspaces against the first segments of `GET /endpoints`, before 3.15',
  'declarative-uniqueness': '`kong config parse kong.yml` with the new image',
  'conf-openssl-seclevel2':
    '`openssl x509 -noout -text` of certificates that are no entities: ssl_cert, cluster_cert, upstreams, mTLS clients',
  'conf-openssl3': '`openssl x509 -noout -text`: Signature Algorithm with SHA-1 or MD5; PKCS12 files with old ciphers',
  'plat-postgres15-public': "`SELECT has_schema_privilege(current_user, 'public', 'CREATE')` as the role of Kong",
  'plat-postgres-scram': '`SHOW password_encryption`; leave the engine of the old cluster as it is',
  'plat-license': '`GET /licenses` and KONG_LICENSE_DATA of the new nodes; `GET /license/report` there',
  'license-expired-readonly-future': 'the end date in the licence against the day of the upgrade',
  'api-max-args': 'scripts that send forms with more than 1000 fields: send JSON',
  'plugin-not-versioned': 'programs that compare versions of bundled plugins: compare the version of Kong',
  'plat-ubuntu1804': 'the AMI of nodes on EC2: `lsb_release -r`',
  'plat-amazonlinux1': 'the AMI of nodes on EC2: `cat /etc/os-release`',
  'plat-amazonlinux2022': 'the AMI of nodes on EC2: `cat /etc/os-release`',
  'plat-debian8-10': 'the AMI of nodes on EC2: `cat /etc/os-release`',
  'plat-nginx-template-diff':
    'a custom nginx_kong.lua in an image or a config map: a diff against the one of the new version',
};

/** Entries with a mechanical fix that no `--write` makes: what does it. */
export const DONE_BY: Readonly<Record<string, string>> = {
  'migration-finish-needed': 'the migrations task of the new slot, or `migrate`',
  'vault-auth-table-renamed': 'kong migrations up and finish',
  'deck-consumer-group-plugins-not-converted': '`--write`, by the rule of the field itself',
  'deck-rla-nested-namespace': '`--write`, by plugin-rla-namespace',
};
