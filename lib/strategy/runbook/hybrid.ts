import { crossesMajor3, stopsOf, type Situation } from '../situation';
import type { RunbookStep, StrategyName } from '../upgrade-plan';
import { backupDatabase } from './backup';
import { allowWrites, divert, freezeWrites, lookAtNew, restoreCopy, soak, startBeside } from './by-hand';
import { weights } from './commands';
import { stopOld } from './in-place';
import { helmChart, helmGreen, helmStop, versionValues } from './helm';
import { migrateCopy, migrateInPlace } from './migrate';
import { lastImage, lastStop } from './nodes';
import { rollbackByWeights } from './rollback';
import { removeOld } from './dual-cluster-by-hand';
import { before, during, SOURCE } from './step';

/** Control plane first, by dual-cluster or in place; then data planes at the new control plane. */
export function hybrid(situation: Situation, strategy: StrategyName): RunbookStep[] {
  const inPlace = strategy === 'in-place';
  const { customPlugins, platform, helm } = situation;
  const eks = platform === 'eks';
  // Of the releases only that of the control plane has a database, and jobs.
  const controlPlane: Situation = { ...situation, helm: { ...helm, releaseNames: helm.releaseNames.slice(0, 1) } };
  const trafficOnly = `\`${weights(100, 0)}\` sends requests to the old data planes, which serve what they have without a control plane (recorded); the old state as a whole comes back by a restore only`;
  return [
    rateLimits(),
    ...(eks && inPlace ? [helmChart(controlPlane, controlPlane.helm.releaseNames)] : []),
    freezeWrites(situation),
    backupDatabase(situation),
    clusterCertificate(situation),
    ...(customPlugins ? [pluginsOnControlPlane()] : []),
    ...(inPlace ? [stopOld(controlPlane)] : [restoreCopy(situation)]),
    ...(eks
      ? inPlace
        ? stopsOf(situation).flatMap((stop, index) =>
            helmStop(controlPlane, stop, controlPlane.helm.releaseNames, {
              undo: RESTORE,
              pointOfNoReturn: index === 0,
            }),
          )
        : helmGreen(controlPlane)
      : inPlace
        ? migrateInPlace(situation)
        : migrateCopy(situation)),
    startControlPlane(situation, inPlace),
    ...(customPlugins ? [pluginsOnDataPlanes()] : []),
    startDataPlanes(situation, inPlace),
    lookAtDataPlanes(),
    lookAtNew('each new data plane'),
    divert({
      title: 'Roll the data planes: weights to the new fleet, 5, 25, 50, 100 %',
      ...(inPlace && { undo: trafficOnly }),
      why: 'More new data planes as the weight grows; the old ones serve what they have the whole time.',
    }),
    soak(inPlace ? trafficOnly : undefined),
    ...(inPlace ? [] : [rollbackByWeights('by-hand')]),
    removeOldPlanes(situation, inPlace),
    allowWrites(situation),
  ];
}

/** The same for a control plane that was made in another way: its data planes come when it has its configuration. */
export function withDataPlanes(steps: readonly RunbookStep[], situation: Situation): RunbookStep[] {
  const { customPlugins } = situation;
  const start = steps.findIndex(({ id }) => id === 'start-new-nodes');
  const ready = Math.max(
    start,
    steps.findIndex(({ id }) => id === 'load-configuration'),
  );
  return [
    rateLimits(),
    ...steps.slice(0, start),
    clusterCertificate(situation),
    ...(customPlugins ? [pluginsOnControlPlane()] : []),
    {
      ...startControlPlane(situation, true, 'on the new datastore'),
      undo: 'stop it; the old control plane and its data planes have everything',
    },
    ...steps.slice(start + 1, ready + 1),
    ...(customPlugins ? [pluginsOnDataPlanes()] : []),
    startDataPlanes(situation, true),
    lookAtDataPlanes(),
    ...steps.slice(ready + 1),
  ];
}

const RESTORE =
  'restore the snapshot into a fresh database and start the old control plane on that one; see `rollback-restore`';

function removeOldPlanes(situation: Situation, inPlace: boolean): RunbookStep {
  const { platform, helm } = situation;
  const step = removeOld(situation);
  const isDatabase = (line: string): boolean => line.startsWith('aws rds');
  const dataPlanes = {
    ecs: ['aws ecs update-service --cluster $CLUSTER --service $OLD_DATA_PLANE_SERVICE --desired-count 0'],
    ec2: [
      'aws autoscaling update-auto-scaling-group --auto-scaling-group-name $OLD_DATA_PLANE_GROUP --min-size 0 --desired-capacity 0',
    ],
    eks: dataPlaneReleases(helm.releaseNames).map((release) => `helm uninstall ${release} -n ${helm.namespace}`),
  }[platform];
  if (inPlace) {
    return {
      ...step,
      title: 'Take the old data planes away',
      commands: dataPlanes,
      why: 'The database was migrated long ago; what goes now is the fleet that served the old configuration.',
      expected: 'no old data plane runs',
      undo: `${RESTORE}; its data planes with the old image`,
      pointOfNoReturn: false,
    };
  }
  const controlPlane = {
    ecs: ['aws ecs update-service --cluster $CLUSTER --service $CONTROL_PLANE_SERVICE --desired-count 0'],
    ec2: ['kong quit -c $KONG_CONF --timeout 30'],
    eks: [`helm uninstall ${helm.releaseNames[0]} -n ${helm.namespace}`],
  }[platform];
  const [last, ...saved] = step.commands.filter(isDatabase).reverse();
  return {
    ...step,
    title: 'The point of no return: a final snapshot, then the old data planes and the old control plane go',
    commands: [...saved.reverse(), ...dataPlanes, ...controlPlane, last!],
  };
}

/** The first release is the control plane; one release alone stands for both, and the other has a name to fill in. */
const dataPlaneReleases = (releases: readonly string[]): readonly string[] =>
  releases.length > 1 ? releases.slice(1) : ['$DATA_PLANE_RELEASE'];

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
  const eks = situation.platform === 'eks';
  return during({
    id: 'cluster-certificate',
    title: 'A cluster certificate for the new control plane and its data planes alone',
    commands: [
      `docker run --rm --user $(id -u):$(id -g) -v $PWD:/work -w /work ${lastImage(situation)} kong hybrid gen_cert cluster.crt cluster.key`,
      eks
        ? `kubectl create secret tls kong-new-cluster-cert -n ${situation.helm.namespace} --cert=cluster.crt --key=cluster.key`
        : 'aws secretsmanager create-secret --name $CLUSTER_KEY_SECRET --secret-string file://cluster.key',
      'rm cluster.key',
    ],
    ...(eks && { files: [CLUSTER_VALUES] }),
    why: 'With a certificate of its own no old data plane comes to the new control plane by mistake, and none of the new ones to the old. With cluster_mtls=pki use your authority instead.',
    expected: 'cluster.crt, and the key in the secret store only',
    check: '`openssl x509 -in cluster.crt -noout -dates -subject`',
    undo: 'delete both; the old certificate stays in use by the old fleet',
    sources: [SOURCE.hybrid, SOURCE.recordedHybrid, ...(eks ? [SOURCE.chartsReadme] : [])],
  });
}

const CLUSTER_VALUES = {
  name: 'values-cluster.yaml',
  content: `secretVolumes:
- kong-new-cluster-cert
env:
  cluster_cert: /etc/secrets/kong-new-cluster-cert/tls.crt
  cluster_cert_key: /etc/secrets/kong-new-cluster-cert/tls.key
`,
} as const;

function startControlPlane(
  situation: Situation,
  inPlace: boolean,
  where = inPlace ? 'on the migrated database' : 'on the migrated copy',
): RunbookStep {
  const { platform, helm } = situation;
  const release = `${helm.releaseNames[0]}${inPlace ? '' : '-green'}`;
  return {
    ...startBeside({
      id: 'start-control-plane',
      title: `${platform === 'eks' ? 'See that the new control plane runs' : 'Start the new control plane'} with ${lastImage(situation)} ${where}`,
      commands: {
        ecs: [
          'aws ecs register-task-definition --cli-input-json file://new-control-plane.json',
          'aws ecs create-service --cluster $CLUSTER --service-name $NEW_CONTROL_PLANE_SERVICE --task-definition $NEW_CONTROL_PLANE_TASK --desired-count 1 --launch-type FARGATE --network-configuration $NETWORK',
        ],
        ec2: [
          'KONG_ROLE=control_plane KONG_CLUSTER_CERT=cluster.crt KONG_CLUSTER_CERT_KEY=$CLUSTER_KEY_FILE kong start -c $KONG_CONF',
        ],
        eks: [`kubectl rollout status deployment ${release}-kong -n ${helm.namespace}`],
      }[platform],
      expected:
        'its Admin API answers, /clustering/data-planes is empty, and it listens on 8005 with the new certificate',
    }),
    why: 'The control plane is never older than a data plane: it goes first. It runs with role control_plane, cluster_cert and cluster_cert_key.',
    undo: inPlace ? RESTORE : 'stop it; the old control plane and its data planes have everything',
  };
}

function startDataPlanes(situation: Situation, inPlace: boolean): RunbookStep {
  const { platform, helm } = situation;
  const version = versionValues(lastStop(situation), situation.pluginsAdded);
  const controlPlane = `${helm.releaseNames[0]}${inPlace ? '' : '-green'}-kong-cluster.${helm.namespace}.svc.cluster.local`;
  const step = startBeside({
    id: 'start-data-planes',
    title: `Start a new fleet of data planes with ${lastImage(situation)}, at the new control plane`,
    commands: {
      ecs: [
        'aws ecs register-task-definition --cli-input-json file://new-data-plane.json',
        'aws ecs create-service --cluster $CLUSTER --service-name $NEW_DATA_PLANE_SERVICE --task-definition $NEW_DATA_PLANE_TASK --desired-count $COUNT --launch-type FARGATE --network-configuration $NETWORK --load-balancers targetGroupArn=$NEW_TARGET_GROUP,containerName=kong,containerPort=8000',
      ],
      ec2: [
        'KONG_ROLE=data_plane KONG_DATABASE=off KONG_CLUSTER_CONTROL_PLANE=$NEW_CONTROL_PLANE:8005 KONG_CLUSTER_CERT=cluster.crt KONG_CLUSTER_CERT_KEY=$CLUSTER_KEY_FILE KONG_LUA_SSL_TRUSTED_CERTIFICATE=system,cluster.crt kong start -c $KONG_CONF',
      ],
      eks: dataPlaneReleases(helm.releaseNames).map(
        (release) =>
          `helm install ${release}-green ${helm.chart} --version ${helm.chartNew} -n ${helm.namespace} -f values-${release.replace(/^\$.*/, 'data-plane')}.yaml -f ${version.name} -f values-cluster.yaml -f values-new-control-plane.yaml --wait`,
      ),
    }[platform],
    expected: 'each is ready and has its routes; none of the old data planes was moved',
  });
  return {
    ...step,
    ...(platform === 'eks' && {
      files: [
        version,
        {
          name: 'values-new-control-plane.yaml',
          content: `env:\n  role: data_plane\n  database: "off"\n  cluster_control_plane: ${controlPlane}:8005\n  lua_ssl_trusted_certificate: /etc/secrets/kong-new-cluster-cert/tls.crt\n`,
        },
      ],
    }),
    why: `${
      crossesMajor3(situation)
        ? 'A 2.8 data plane does not connect to a 3.4 control plane: it is refused by its major version and gets nothing, not even an empty configuration (recorded). So the old fleet stays at the old control plane, or on what it has in memory, until the new one serves.'
        : 'Old data planes of the same major version may come to the new control plane for a while; a new fleet leaves them alone.'
    } The new ones run with role data_plane, database off, cluster_control_plane at the new control plane, and its certificate.`,
    undo: 'stop the new fleet; the old data planes serve on',
    sources: [SOURCE.hybrid, SOURCE.recordedHybrid, ...(platform === 'eks' ? [SOURCE.chartsReadme] : [])],
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
