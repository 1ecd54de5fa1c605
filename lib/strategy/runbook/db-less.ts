import { crossesMajor3, editionAfter, imageOf, type Situation } from '../situation';
import type { RunbookStep } from '../upgrade-plan';
import { divert, freezeWrites, lookAtNew, soak, startBeside } from './by-hand';
import { checkDeclarative } from './commands';
import { helmChart, versionValues } from './helm';
import { startNodes, stopNodes } from './nodes';
import { rollbackByWeights } from './rollback';
import { after, during, idOf, SOURCE } from './step';

/** Nodes without a database: the file is converted over all hops, then new nodes join and old ones leave. */
export function rolling(situation: Situation): RunbookStep[] {
  const { to, hops, platform, helm } = situation;
  const edition = editionAfter(situation);
  const image = imageOf(to.toString(), edition, hops.at(-1));
  const file = hops.length === 0 ? '$KONG_YAML' : `kong-${hops.at(-1)!.to}.yaml`;
  const converts = hops.flatMap(({ deckConvert }) => deckConvert ?? []);
  const version = versionValues({ version: to.toString(), edition, image }, situation.pluginsAdded);
  return [
    ...(platform === 'eks' ? [helmChart(situation, helm.releaseNames)] : []),
    freezeWrites(situation),
    during({
      id: 'convert-kong-yaml',
      title: 'Convert kong.yaml for the new version, and let the new version read it',
      commands: [
        ...checkDeclarative(situation, true),
        `docker run --rm -v $PWD/${file.replace('$KONG_YAML', 'kong-backup.yaml')}:/kong.yaml:ro ${image} kong config parse /kong.yaml`,
      ],
      why: crossesMajor3(situation)
        ? '`_format_version` becomes 3.0 and every regex path begins with `~`. A regex without it is a plain prefix for 3.x, without an error; a regex that Rust cannot compile lets a node refuse the whole file (recorded).'
        : 'No database migration repairs a file.',
      expected: '`parse successful`; the findings are read, those that no tool can fix are fixed by a person',
      check: `the number of routes before and after, and the diff of both files${converts.length > 0 ? `; for comparison \`deck file convert\` (${converts.join(', ')})` : ''}`,
      undo: 'the old file is untouched',
      sources: [SOURCE.rolling, SOURCE.recordedDeclarative],
    }),
    ...(platform === 'eks'
      ? [
          during({
            id: 'roll-pods',
            title: `Let Kubernetes roll the pods to ${to.toString()} with the converted file`,
            commands: helm.releaseNames.map(
              (release) =>
                `helm upgrade ${release} ${helm.chart} --version ${helm.chartNew} -n ${helm.namespace} -f ${helm.releases === 'single' ? 'values.yaml' : `values-${release}.yaml`} -f ${version.name} --set-file dblessConfig.config=${file} --wait --timeout 30m`,
            ),
            files: [version],
            why: 'Version and file in one step, because each version reads its own format. Where the ingress controller makes the configuration, leave `--set-file` out and bring the controller to a version that serves both Kong versions first.',
            expected:
              'pods are replaced one after the other; a pod without a configuration is not ready and the roll-out stops there',
            check: '`kubectl rollout status`; the log of the first new pod for refused or dropped routes',
            undo: '`helm rollback` to the revision before, which has the old image and the old file',
            sources: [SOURCE.rolling, SOURCE.chartsReadme, SOURCE.recordedStatus],
          }),
        ]
      : [
          startBeside({
            id: 'start-new-nodes',
            title: `Start a first new node with ${image} and ${file} as KONG_DECLARATIVE_CONFIG, then as many as there are old ones`,
            ...startNodes(situation),
            expected: '/status/ready is 200; 503 with "no configuration available" means that the file was refused',
          }),
          lookAtNew('the new nodes'),
          divert({ title: 'Roll: weights to the new nodes, 5, 25, 50, 100 %' }),
        ]),
    soak(),
    ...(platform === 'eks' ? [] : [rollbackByWeights('by-hand')]),
    after({
      id: 'remove-old',
      title:
        platform === 'eks'
          ? 'The point of no return by the roll-out: forget the old revision'
          : 'The point of no return by weights: take the old nodes away',
      commands: platform === 'eks' ? [`kubectl get pods -n ${helm.namespace}`] : stopNodes(situation),
      why: 'Nothing is lost with them: kong-backup.yaml and the old image make them again.',
      expected: 'new nodes only',
      check: 'no request reached the old nodes for a quarter of an hour',
      undo: 'start nodes of the old version with kong-backup.yaml: minutes, not one jump',
      pointOfNoReturn: true,
      sources: [SOURCE.rolling],
    }),
    after({
      id: 'allow-writes',
      title: 'Let the pipelines write kong.yaml again, in its new form',
      commands: [`git add ${file}`, 'git commit -m "kong.yaml for the new version"'],
      expected: 'the file in git is the converted one',
      check: `a roll-out by the usual way, on ${idOf(to.toString()).replaceAll('-', '.')}`,
      undo: '`git revert`',
      sources: [SOURCE.rolling],
    }),
  ];
}
