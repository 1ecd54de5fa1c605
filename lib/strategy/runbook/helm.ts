import { stopsOf, type Situation, type Stop } from '../situation';
import type { RunbookStep } from '../upgrade-plan';
import { MIGRATIONS_CHECK, MIGRATIONS_EXPECTED, pluginList } from './commands';
import { stopId } from './stop-id';
import { before, during, idOf, SOURCE } from './step';

type File = NonNullable<RunbookStep['files']>[number];

/** `values-3-4.yaml`: the Kong version and nothing else, so that a step changes one thing. */
export const versionValues = ({ image, version, edition }: Stop, plugins: readonly string[] = []): File => {
  const [repository, tag = '$TAG'] = image.split(':');
  return {
    name: `values-${idOf(version)}.yaml`,
    content: [
      'image:',
      `  repository: ${repository}`,
      `  tag: '${tag}'`,
      ...(edition === 'enterprise' ? ['enterprise:', '  enabled: true', '  license_secret: $LICENCE_SECRET'] : []),
      ...(plugins.length === 0 ? [] : ['env:', `  plugins: ${pluginList(plugins)}`]),
      '',
    ].join('\n'),
  };
};

const jobs = (name: 'first' | 'middle' | 'last', preUpgrade: boolean, postUpgrade: boolean): File => ({
  name: `migrations-${name}.yaml`,
  content: `migrations:\n  preUpgrade: ${preUpgrade}\n  postUpgrade: ${postUpgrade}\n`,
});
const FIRST = jobs('first', true, false);
const MIDDLE = jobs('middle', false, false);
const LAST = jobs('last', false, true);

/** One chart version, one Kong version: `helm upgrade` of a release, waiting until its pods are ready. */
const upgrade = (
  release: string,
  chart: string,
  version: string,
  namespace: string,
  files: readonly string[],
): string =>
  `helm upgrade ${release} ${chart} --version ${version} -n ${namespace} ${files.map((file) => `-f ${file}`).join(' ')} --wait --timeout 30m`;

/** The values of a release: one file, or one for each where the deployment is split. */
const valuesOf = (release: string, { helm }: Situation): string =>
  helm.releases === 'single' ? 'values.yaml' : `values-${release}.yaml`;

const greenOf = (release: string): string => `${release}-green`;

/** What each line for a green release needs: without it the release would be on the database of the old ones. */
const onTheCopy = (release: string, { mode }: Situation): readonly string[] =>
  release.endsWith('-green') ? ['values-copy.yaml', ...(mode === 'hybrid' ? ['values-cluster.yaml'] : [])] : [];

/** The chart in a step of its own, with the Kong version that runs. */
export function helmChart(
  situation: Situation,
  releases: readonly string[],
  inPhase: typeof before = before,
): RunbookStep {
  const { helm, from, edition } = situation;
  return inPhase({
    id: 'helm-chart',
    title: 'Upgrade the chart first, with the Kong version that runs',
    why: 'Chart and Kong in one step would leave open whose fault a failure is. An explicit image keeps the chart’s newer default away; no migrations job runs.',
    commands: [
      'helm repo add kong https://charts.konghq.com',
      'helm repo update',
      ...(helm.ingressController
        ? [
            'kubectl apply -f https://raw.githubusercontent.com/Kong/charts/kong-$CHART_NEW/charts/kong/crds/custom-resource-definitions.yaml',
          ]
        : []),
      ...releases.map((release) =>
        upgrade(release, helm.chart, helm.chartNew, helm.namespace, [
          valuesOf(release.replace(/-green$/, ''), situation),
          ...onTheCopy(release, situation),
          'values-now.yaml',
        ]),
      ),
    ],
    files: [
      {
        name: 'values-now.yaml',
        content: `image:\n  repository: ${edition === 'enterprise' ? 'kong/kong-gateway' : 'kong'}\n  tag: '${from.toString()}'\nmigrations:\n  preUpgrade: false\n  postUpgrade: false\n`,
      },
    ],
    expected: 'pods of the old Kong version under the new chart; notes of the chart read',
    check: `\`helm list -n ${helm.namespace}\` shows the chart, \`kubectl get pods -n ${helm.namespace} -o jsonpath='{..image}'\` the unchanged image; CRDs are not upgraded by Helm and were applied by hand where the controller needs them`,
    undo: `${releases.map((release) => `\`helm rollback ${release} -n ${helm.namespace}\``).join(', ')}: back to ${helm.chart} ${helm.chartNow}`,
    sources: [SOURCE.chartsUpgrade, SOURCE.chartsReadme],
  });
}

/** One stop on releases that share a database: the jobs of the chart, in the order that the chart's documents give. */
export function helmStop(
  situation: Situation,
  stop: Stop,
  releases: readonly string[],
  { undo, pointOfNoReturn }: { undo: string; pointOfNoReturn: boolean },
): RunbookStep[] {
  const { helm } = situation;
  const values = versionValues(stop, situation.pluginsAdded);
  const line = (release: string, more: readonly string[]): string =>
    upgrade(release, helm.chart, helm.chartNew, helm.namespace, [
      valuesOf(release.replace(/-green$/, ''), situation),
      ...onTheCopy(release, situation),
      ...(situation.mode === 'hybrid' && !release.endsWith('-green') ? ['values-cluster.yaml'] : []),
      values.name,
      ...more,
    ]);
  const common = {
    expected: MIGRATIONS_EXPECTED,
    check: `\`kubectl logs -n ${helm.namespace} job/…-pre-upgrade-migrations\` and \`…-post-upgrade-migrations\`; then \`kubectl exec -n ${helm.namespace} deploy/${releases[0]}-kong -- kong migrations list\`. ${MIGRATIONS_CHECK}`,
    sources: [SOURCE.chartsUpgrade, SOURCE.chartsReadme, SOURCE.guide28],
  };
  if (releases.length < 2) {
    return [
      during({
        id: stopId(stop),
        title: `Upgrade Kong to ${stop.version}: the chart’s own jobs run \`up\`, then the pods, then \`finish\``,
        commands: [line(releases[0]!, [])],
        files: [values],
        why: 'preUpgrade and postUpgrade are true by default. A release that was uninstalled and installed again would run `bootstrap` instead, and its pods would wait for ever.',
        ...common,
        undo,
        pointOfNoReturn,
      }),
    ];
  }
  const [first, ...rest] = releases as [string, ...string[]];
  const last = rest.at(-1)!;
  const middle = rest.slice(0, -1);
  return [
    during({
      id: stopId(stop),
      title: `Upgrade Kong of the first release to ${stop.version}: it alone runs \`up\``,
      commands: [line(first, [FIRST.name])],
      files: [values, FIRST],
      ...common,
      expected: 'the pre-upgrade job has ended well; `list` shows pending migrations and nothing new',
      undo,
      pointOfNoReturn,
    }),
    ...(middle.length === 0
      ? []
      : [
          during({
            id: `${stopId(stop)}-middle`,
            title: `Upgrade Kong of the releases in between to ${stop.version}: no migrations job`,
            commands: middle.map((release) => line(release, [MIDDLE.name])),
            files: [values, MIDDLE],
            ...common,
            expected: 'their pods run the new version, still with pending migrations',
            undo,
          }),
        ]),
    during({
      id: `${stopId(stop)}-last`,
      title: `Upgrade Kong of the last release to ${stop.version}: it alone runs \`finish\`, when every pod is new`,
      commands: [line(last, [LAST.name])],
      files: [values, LAST],
      ...common,
      undo,
    }),
  ];
}

/**
 * Green releases beside the old ones, on the restored copy: installed with the version that runs (where `bootstrap` of the
 * chart does nothing to a database that has everything: recorded), then the chart, then each stop.
 */
export function helmGreen(situation: Situation): RunbookStep[] {
  const { helm, from } = situation;
  const green = helm.releaseNames.map(greenOf);
  return [
    during({
      id: 'helm-install-green',
      title: `Install green releases beside the old ones, with Kong ${from.toString()} on the restored copy`,
      commands: helm.releaseNames.map(
        (release) =>
          `helm install ${greenOf(release)} ${helm.chart} --version ${helm.chartNow} -n ${helm.namespace} -f ${[valuesOf(release, situation), ...onTheCopy(greenOf(release), situation)].join(' -f ')} --wait`,
      ),
      files: [
        {
          name: 'values-copy.yaml',
          content: [
            'env:',
            '  pg_host: $COPY_DB_HOST',
            '  pg_password:',
            '    valueFrom:',
            '      secretKeyRef: { name: $COPY_DB_SECRET, key: password }',
            'proxy:',
            '  type: NodePort # a target group of its own; no weight yet',
            '',
          ].join('\n'),
        },
      ],
      why: '`helm install` runs `kong migrations bootstrap`, which does nothing to a database that has everything. The migrations are for `helm upgrade` alone. A green ingress controller, if there is one, gets a class of its own, so that it leaves the old one’s work alone.',
      expected: 'green pods ready, on the copy, registered in the new target group with weight 0',
      check: `\`kubectl exec -n ${helm.namespace} deploy/${green[0]}-kong -- kong migrations list\` with the old version: clean`,
      undo: `helm uninstall ${green.join(' ')} -n ${helm.namespace}; the old releases are not touched`,
      sources: [SOURCE.chartsReadme, SOURCE.recordedMigrations],
    }),
    helmChart(situation, green, during),
    ...stopsOf(situation).flatMap((stop) =>
      helmStop(situation, stop, green, {
        undo: 'uninstall the green releases, restore the copy again; the old releases and their database are not touched',
        pointOfNoReturn: false,
      }),
    ),
  ];
}
