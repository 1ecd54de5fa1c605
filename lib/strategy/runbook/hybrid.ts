import { crossesMajor3, type Situation } from '../situation';
import type { RunbookStep, StrategyName } from '../upgrade-plan';
import { backupDatabase } from './backup';
import { allowWrites, divert, freezeWrites, lookAtNew, restoreCopy, soak, startBeside } from './by-hand';
import { weights } from './commands';
import { stopOld } from './in-place';
import { helmChart, helmGreen, helmStop } from './helm';
import { lastImage, migrateCopy, migrateInPlace } from './migrate';
import { rollbackByWeights } from './rollback';
import { removeOld } from './dual-cluster-by-hand';
import { before, during, SOURCE } from './step';
import { stopsOf } from '../situation';

/** Control plane first, by dual-cluster or in place; then data planes at the new control plane. */
export function hybrid(situation: Situation, strategy: StrategyName): RunbookStep[] {
  const inPlace = strategy === 'in-place';
  const { customPlugins, platform, helm } = situation;
  const eks = platform === 'eks';
  const restore =
    'restore the snapshot into a fresh database and start the old control plane on that one; see `rollback-restore`';
  const trafficOnly = `\`${weights(100, 0)}\` sends requests to the old data planes, which serve what they have without a control plane (recorded); the old state as a whole comes back by a restore only`;
  return [
    rateLimits(),
    ...(eks && inPlace ? [helmChart(situation, helm.releaseNames)] : []),
    freezeWrites(situation),
    backupDatabase(situation),
    ...(inPlace ? [stopOld(situation)] : [restoreCopy(situation)]),
    ...(eks
      ? inPlace
        ? stopsOf(situation).flatMap((stop, index) =>
            helmStop(situation, stop, helm.releaseNames, { undo: restore, pointOfNoReturn: index === 0 }),
          )
        : helmGreen(situation)
      : inPlace
        ? migrateInPlace(situation)
        : migrateCopy(situation)),
    ...(customPlugins ? [pluginsOnControlPlane()] : []),
    clusterCertificate(situation),
    startControlPlane(situation, inPlace),
    ...(customPlugins ? [pluginsOnDataPlanes()] : []),
    startDataPlanes(situation),
    lookAtDataPlanes(),
    lookAtNew('each new data plane'),
    divert({
      title: 'Roll the data planes: weights to the new fleet, 5, 25, 50, 100 %',
      ...(inPlace && { undo: trafficOnly }),
      why: 'More new data planes as the weight grows; the old ones serve what they have the whole time.',
    }),
    soak(inPlace ? trafficOnly : undefined),
    ...(inPlace ? [] : [rollbackByWeights('by-hand')]),
    {
      ...removeOld(situation),
      title: inPlace
        ? 'Take the old data planes away'
        : 'The point of no return: a final snapshot, then the old data planes and the old control plane go',
      ...(inPlace && {
        commands: removeOld(situation).commands.filter((line) => !line.startsWith('aws rds')),
        why: 'The database was migrated under the control plane long ago; what goes now is the fleet that served the old configuration.',
        expected: 'no old data plane runs',
        undo: `${restore}; its data planes with the old image`,
        pointOfNoReturn: false,
      }),
    },
    allowWrites(),
  ];
}

/** A data plane refuses its whole configuration for one plugin that counts in the database. */
function rateLimits(): RunbookStep {
  return before({
    id: 'hybrid-rate-limits',
    title: 'rate-limiting-advanced and rate-limiting: `cluster` becomes `redis`',
    commands: [
      'curl -s "$ADMIN_URL/plugins?size=1000" | jq -r \'.data[] | select(.config.policy == "cluster" or .config.strategy == "cluster") | [.name, .id] | @tsv\'',
    ],
    why: 'Data planes have no database to count in. With rate-limiting of policy `cluster` a data plane of either version refuses the whole configuration and is never ready, while the control plane lists it with sync_status `normal` (recorded). The oauth2 plugin does not work in hybrid mode at all.',
    expected: 'an empty list',
    check: 'set strategy or policy to redis (or local) with the Redis that all data planes reach, then look again',
    undo: 'set it back',
    sources: [SOURCE.guide28, SOURCE.hybrid, SOURCE.recordedHybrid],
  });
}

function pluginsOnControlPlane(): RunbookStep {
  return during({
    id: 'plugins-on-control-plane',
    title: 'Custom plugins on the new control plane first',
    who: 'plugin author',
    commands: ["docker run --rm $CP_IMAGE sh -c 'kong check /etc/kong/kong.conf && luarocks list --porcelain'"],
    expected: 'the image of the control plane holds them and KONG_PLUGINS names them',
    check: 'GET / of the control plane: plugins.available_on_server',
    undo: 'the image without them, before a row uses one',
    sources: [SOURCE.guide28, SOURCE.hybrid],
  });
}

function pluginsOnDataPlanes(): RunbookStep {
  return during({
    id: 'plugins-on-data-planes',
    title: 'Custom plugins on the data planes, when the control plane has them',
    who: 'plugin author',
    commands: ["docker run --rm $DP_IMAGE sh -c 'kong check /etc/kong/kong.conf && luarocks list --porcelain'"],
    expected: 'the same plugins in the same versions as on the control plane',
    check: 'the new data planes use the same KONG_PLUGINS as the control plane',
    undo: 'the image without them',
    sources: [SOURCE.guide28, SOURCE.hybrid],
  });
}

function clusterCertificate(situation: Situation): RunbookStep {
  return during({
    id: 'cluster-certificate',
    title: 'A cluster certificate for the new control plane and its data planes alone',
    commands: [
      `docker run --rm -v $PWD:/work -w /work ${lastImage(situation)} kong hybrid gen_cert cluster.crt cluster.key`,
      'aws secretsmanager create-secret --name $CLUSTER_KEY_SECRET --secret-string file://cluster.key',
      'rm cluster.key',
    ],
    why: 'With a certificate of its own no old data plane comes to the new control plane by mistake, and none of the new ones to the old. With cluster_mtls=pki use your authority instead.',
    expected: 'cluster.crt, and the key in the secret store only',
    check: '`openssl x509 -in cluster.crt -noout -dates -subject`',
    undo: 'delete both; the old certificate stays in use by the old fleet',
    sources: [SOURCE.hybrid, SOURCE.recordedHybrid],
  });
}

function startControlPlane(situation: Situation, inPlace: boolean): RunbookStep {
  return {
    ...startBeside({
      id: 'start-control-plane',
      title: `Start the new control plane with ${lastImage(situation)} ${inPlace ? 'on the migrated database' : 'on the migrated copy'}`,
      commands: [
        'KONG_ROLE=control_plane KONG_CLUSTER_CERT=cluster.crt KONG_CLUSTER_CERT_KEY=$CLUSTER_KEY_FILE kong start -c $KONG_CONF',
      ],
      expected: 'its Admin API answers, /clustering/data-planes is empty, and it listens on 8005',
    }),
    why: 'The control plane is never older than a data plane: it goes first.',
    ...(inPlace && { undo: 'restore the snapshot into a fresh database; see `rollback-restore`' }),
  };
}

function startDataPlanes(situation: Situation): RunbookStep {
  const step = startBeside({
    id: 'start-data-planes',
    title: `Start a new fleet of data planes with ${lastImage(situation)}, at the new control plane`,
    commands: [
      'KONG_ROLE=data_plane KONG_DATABASE=off KONG_CLUSTER_CONTROL_PLANE=$NEW_CONTROL_PLANE:8005 KONG_CLUSTER_CERT=cluster.crt KONG_CLUSTER_CERT_KEY=$CLUSTER_KEY_FILE KONG_LUA_SSL_TRUSTED_CERTIFICATE=system,cluster.crt kong start -c $KONG_CONF',
    ],
    expected: 'each is ready and has its routes; none of the old data planes was moved',
  });
  return {
    ...step,
    why: crossesMajor3(situation)
      ? 'A 2.8 data plane does not connect to a 3.4 control plane: it is refused by its major version and gets nothing, not even an empty configuration (recorded). So the old fleet stays at the old control plane, or on what it has in memory, until the new one serves.'
      : 'Old data planes of the same major version may come to the new control plane for a while; a new fleet leaves them alone.',
    sources: [SOURCE.hybrid, SOURCE.recordedHybrid],
  };
}

function lookAtDataPlanes(): RunbookStep {
  return during({
    id: 'look-at-data-planes',
    title: 'Ask each data plane itself, not the control plane',
    commands: [
      "curl -s -o /dev/null -w '%{http_code}\\n' http://$NEW_DATA_PLANE:8100/status/ready",
      "curl -s $NEW_ADMIN_URL/clustering/data-planes | jq -r '.data[] | [.hostname, .version, .sync_status, .config_hash] | @tsv'",
    ],
    why: 'A data plane that has refused its configuration is listed by the control plane with sync_status `normal`; one route with a regex that Rust cannot compile is enough (recorded).',
    expected:
      '200 from every data plane, no `kong_version_incompatible`, one config_hash for all of them that is not zeros',
    check: 'the log of each data plane for "unable to update running config"',
    undo: 'stop the new fleet',
    sources: [SOURCE.recordedHybrid, SOURCE.recordedStatus],
  });
}
