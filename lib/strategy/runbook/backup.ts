import tools from '../facts/tools.json';
import { editionAfter, type Situation } from '../situation';
import type { RunbookStep } from '../upgrade-plan';
import { dump, snapshotOf } from './commands';
import { before, during, SOURCE } from './step';

/** What is kept beside the database: files and keys that no snapshot holds. */
export function backupOfFiles(situation: Situation): RunbookStep[] {
  const { mode, edition, datastore } = situation;
  return [
    ...(mode === 'db-less' ? [kongYaml()] : [declarativeCopy(situation), notInDeck()]),
    ...(situation.keyring ? [keyring()] : []),
    ...(edition === 'enterprise' || editionAfter(situation) === 'enterprise'
      ? [licence(edition === 'enterprise')]
      : []),
    ...(situation.customPlugins ? [pluginPackages()] : []),
    kongConf(),
    certificates(datastore),
  ];
}

function declarativeCopy({ mode, edition }: Situation): RunbookStep {
  return before({
    id: 'backup-declarative',
    title: 'Keep a declarative copy of the configuration, as the second safety net',
    commands: [
      'deck gateway ping --kong-addr $ADMIN_URL',
      dump('$ADMIN_URL', 'kong-backup', edition),
      'kong config db_export kong-export.yml -c $KONG_CONF',
    ],
    why: 'It is never the first one: decK does not hold everything, and 3.4 refuses a 2.8 file with routes that its database migration takes (recorded).',
    expected: `both files are there${edition === 'enterprise' ? ', of decK one for each workspace' : ''}${mode === 'hybrid' ? ', taken at the control plane' : ''}; \`db_export\` refuses a file that exists`,
    check: 'the number of services and routes in the files and in the Admin API',
    undo: 'delete the files; they hold credentials',
    sources: [SOURCE.backup, SOURCE.recordedDeclarative],
  });
}

function notInDeck(): RunbookStep {
  return before({
    id: 'backup-not-in-deck',
    title: 'Go through what decK does not cover',
    expected: tools.deck.notCovered.map(({ what, instead }) => `${what}: ${instead}`).join('; '),
    check: 'each of them is either not used here, or its backup has a name and a place',
    undo: 'nothing to undo: it only reads',
    sources: tools.deck.sources,
  });
}

function kongYaml(): RunbookStep {
  return before({
    id: 'backup-kong-yaml',
    title: 'Keep the kong.yaml that runs',
    commands: ['cp $KONG_YAML kong-backup.yaml', 'sha256sum $KONG_YAML kong-backup.yaml'],
    expected: 'the same sum twice, and the file is in version control or in a bucket',
    check: 'the file is what the nodes have: `curl -s $ADMIN_URL/ | jq -r .configuration.declarative_config` names it',
    undo: 'delete the copy; it may hold credentials',
    sources: [SOURCE.backup],
  });
}

function keyring(): RunbookStep {
  return before({
    id: 'backup-keyring',
    title: 'Make sure that the keyring can be recovered',
    why: 'Without its keys the encrypted rows of a restored database are lost for good.',
    commands: ['curl -s $ADMIN_URL/keyring', 'curl -s $ADMIN_URL/keyring/active'],
    expected: 'keyring_recovery_public_key is set, the private key to it lies in your vault and not beside the backup',
    check:
      'on the rehearsal: `curl -X POST $ADMIN_URL/keyring/recover -F recovery_private_key=@$RECOVERY_KEY_FILE` lists the keys as recovered',
    undo: 'nothing to undo: it only reads',
    sources: [SOURCE.keyring, SOURCE.backup],
  });
}

function licence(exists: boolean): RunbookStep {
  return before({
    id: 'backup-licence',
    title: exists
      ? 'Keep the licence, as a secret of the new cluster'
      : 'Have the Enterprise licence ready, as a secret of the new cluster',
    commands: exists ? ['curl -s $ADMIN_URL/license/report | jq .license_expiration_date'] : [],
    expected: 'the licence is valid for months, and KONG_LICENSE_DATA of the new nodes comes from the secret',
    check: 'a node of the rehearsal shows it under /license/report',
    undo: 'nothing to undo: it only reads',
    sources: ['https://developer.konghq.com/gateway/entities/license/', SOURCE.guide],
  });
}

function pluginPackages(): RunbookStep {
  return before({
    id: 'backup-plugin-packages',
    title: 'Keep the packages of custom plugins, of the old and of the new version',
    who: 'plugin author',
    commands: ['tar czf plugins-backup.tgz -C $PLUGINS_DIR .'],
    expected: 'the old image can be built again without the internet',
    check: 'the image of the old cluster is still in your registry by its digest',
    undo: 'delete the archive',
    sources: [SOURCE.backup],
  });
}

function kongConf(): RunbookStep {
  return before({
    id: 'backup-kong-conf',
    title: 'Keep kong.conf, the environment of the nodes and changed Nginx templates',
    commands: ['cp $KONG_CONF kong-backup.conf'],
    expected: 'file, task definition or values are in version control, without the values of secrets',
    check:
      'the running node has no setting that is not there: `curl -s $ADMIN_URL/ | jq .configuration` (it shows no passwords)',
    undo: 'delete the copy',
    sources: [SOURCE.backup],
  });
}

function certificates(datastore: Situation['datastore']): RunbookStep {
  return before({
    id: 'backup-certificates',
    title: 'Keep the certificates and keys that are files: listeners, cluster, client certificates, authorities',
    expected: `each file named in kong.conf (ssl_cert, cluster_cert, lua_ssl_trusted_certificate${datastore === 'postgres' ? ', pg_ssl_cert' : ''} and their keys) has a copy in your vault`,
    check: 'the copies open, and none expires within the next weeks',
    undo: 'nothing to undo: copies only',
    sources: [SOURCE.backup],
  });
}

/** The native backup, taken when nothing writes any more. */
export function backupDatabase({ datastore }: Situation): RunbookStep {
  if (datastore === 'cassandra') {
    return during({
      id: 'backup-database',
      title: 'Back up the keyspace: migrations cannot be reversed',
      commands: ['nodetool snapshot --tag $SNAPSHOT $OLD_KEYSPACE'],
      expected: 'a snapshot of each Cassandra node',
      check: '`nodetool listsnapshots` on each node shows the tag',
      undo: '`nodetool clearsnapshot -t $SNAPSHOT $OLD_KEYSPACE`',
      sources: [SOURCE.backup],
    });
  }
  return during({
    id: 'backup-database',
    title: 'Back up the database: migrations cannot be reversed',
    commands: [
      ...snapshotOf('$OLD_DB', '$SNAPSHOT'),
      'pg_dump -h $OLD_DB_HOST -U $PG_USER -d $PG_DATABASE -F d -f kongdb-backup',
    ],
    why: 'The snapshot is what is restored; the dump is for another engine version or place. Both, or at least the snapshot.',
    expected: 'the snapshot is `available`, the dump ends with exit code 0',
    check: 'the snapshot is younger than the freeze; `pg_restore -l kongdb-backup` lists the tables',
    undo: 'nothing to undo; delete them when nobody would go back to that data any more',
    sources: [SOURCE.backup, SOURCE.rdsSnapshot],
  });
}
