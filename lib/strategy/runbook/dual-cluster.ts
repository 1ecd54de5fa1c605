import { deployCommand, diffCommand, giveUpCommand } from '../../blueprint/deploy-command';
import { editionAfter, imageOf, stopsOf, type Situation, type Stop } from '../situation';
import type { RunbookStep } from '../upgrade-plan';
import { envFile, MIGRATIONS_CHECK, MIGRATIONS_EXPECTED, pluginList } from './commands';
import { stopId } from './stop-id';
import { pluginsAdded } from './plugin-added';
import { rollbackByWeights } from './rollback';
import { topUpAtCutover } from './runtime-state';
import { after, before, during, SOURCE } from './step';

const KDC = 'kong-dual-cluster';

/** The walk of README.md and docs/runbook.md, in its order; blue is the live slot. */
export function dualCluster(situation: Situation): RunbookStep[] {
  return [...prepare(situation), ...night(situation), ...afterTheCutover(situation)];
}

function prepare({ platform, from, terraform }: Situation): RunbookStep[] {
  const adopt =
    platform === 'ecs'
      ? `${KDC} adopt --load-balancer $LOAD_BALANCER --target-group $OLD_TARGET_GROUP --service $CLUSTER/$SERVICE --write`
      : `${KDC} adopt --load-balancer $LOAD_BALANCER --target-group $OLD_TARGET_GROUP --database $OLD_DB --kong-version ${from.toString()} --nodes 2 --node-subnets $NODE_SUBNETS --database-password-secret $DB_PASSWORD_SECRET_ARN --write`;
  return [
    before({
      id: 'adopt',
      title: 'Adopt the gateway, unless this project has made it',
      commands: [adopt, deployCommand({ terraform }, 'kong-edge')],
      why:
        platform === 'ec2'
          ? 'Blue stays on its machines; green runs on ECS with Fargate. `--nodes` is the number of nodes that run.'
          : undefined,
      expected:
        'dual-cluster.yaml with your gateway as the slot blue; the edge adds its rules above yours, with all weight on blue',
      check: '`kong-dual-cluster shift status`: all traffic on blue',
      undo: '`kong-dual-cluster eject`, and what it says',
      sources: ['docs/adopt.md'],
    }),
    before({
      id: 'doctor',
      title: 'Let everything be looked at that is known to go wrong',
      commands: [`${KDC} doctor`],
      expected: '`nothing stands out`, exit code 0',
      check: 'each finding names the command that mends it',
      undo: 'nothing to undo: it only reads',
      sources: [SOURCE.runbook],
    }),
    before({
      id: 'tell-writers',
      title: 'Tell everybody who writes Kong’s configuration the hours of the freeze',
      who: 'owner of the gateway',
      expected: 'CI, decK, people and scripts know it, and whoever makes keys or credentials',
      check: 'a list of writers with a name beside each',
      undo: 'tell them the new date',
      sources: ['docs/freeze.md'],
    }),
  ];
}

/** Of all but the last, which is the slot's own version. */
const stopLines = (stops: readonly Stop[]): string[] =>
  stops
    .slice(0, -1)
    .map(({ version, edition, image }) => `      - { version: '${version}', edition: ${edition}, image: ${image} }`);

function night(situation: Situation): RunbookStep[] {
  const { to, pluginsAdded: added, platform } = situation;
  const stops = stopsOf(situation);
  const stop = stops.at(-1)!;
  const edition = editionAfter(situation);
  return [
    during({
      id: 'freeze',
      title: 'Freeze the configuration',
      who: 'driver',
      commands: [`${KDC} freeze --for 8h --reason "upgrade to ${to.toString()}"`, `${KDC} freeze status`],
      expected:
        '`frozen: by … since …`; exit code 0, or 4 where the Admin listener cannot be reached from here: then run the line that it prints inside the VPC',
      check: '`freeze status` names the roads that it does not cover; a write is answered 423',
      undo: `\`${KDC} unfreeze\``,
      sources: ['docs/freeze.md'],
    }),
    during({
      id: 'backup-database',
      title: 'Snapshot of blue’s database: the backup, and what green is made from',
      who: 'driver',
      commands: [
        `${KDC} snapshot --for green${platform === 'ec2' ? ' --migrations-are-clean' : ''}`,
        'git diff dual-cluster.lock.json',
      ],
      why:
        platform === 'ec2'
          ? 'Migrations cannot be reversed. `--migrations-are-clean` is your word: run `kong migrations list` on a node first.'
          : 'Migrations cannot be reversed. It looks itself that blue is frozen and its migrations are clean.',
      expected: '`locked for green in dual-cluster.lock.json`',
      check: 'the snapshot is `available` and younger than the freeze',
      undo: 'nothing to undo; unfreeze if you stop here',
      sources: [SOURCE.backup, SOURCE.runbook],
    }),
    during({
      id: 'deploy-green',
      title: 'Deploy green: restored database, migrations, nodes of the same size, no traffic',
      who: 'driver',
      commands: [diffCommand(situation, 'kong-green'), deployCommand(situation, 'kong-green')],
      files: [
        {
          name: 'dual-cluster.yaml',
          content: [
            'slots:',
            '  green:',
            `    version: '${to.toString()}'`,
            ...(edition === 'enterprise' ? ['    edition: enterprise'] : []),
            ...(stops.length > 1
              ? ['    stops: # in this order; each migrates the copy, none serves', ...stopLines(stops)]
              : []),
            '    size: { count: $COUNT, cpu: $CPU, memoryMib: $MEMORY_MIB } # at least those of blue',
            ...(added.length > 0 ? ['    environment:', `      KONG_PLUGINS: ${pluginList(added)}`] : []),
            ...(edition === 'enterprise'
              ? ['    secrets:', '      KONG_LICENSE_DATA: { secretArn: $LICENCE_SECRET_ARN }']
              : []),
            '    datastore:',
            '      snapshot:',
            '        id: $SNAPSHOT # what `snapshot` printed',
            '',
          ].join('\n'),
        },
      ],
      why: 'Merge the lines into the file that is there. A slot smaller than blue is refused.',
      expected: 'the outputs of the stack; green’s nodes registered with weight 0',
      check: `\`${KDC} shift status\`: green healthy, all traffic on blue`,
      undo: `\`${giveUpCommand(situation, 'kong-green')}\`; blue, the edge and the weights are not touched`,
      sources: ['README.md', SOURCE.dualCluster],
    }),
    ...stops.map((each) =>
      during({
        id: stopId(each),
        title: `See that the migrations to ${each.version} have run on the restored copy`,
        who: 'driver',
        commands: ['aws logs tail $MIGRATIONS_LOG_GROUP --since 2h'],
        why: `The deployment above ran \`up\`, \`finish\` and \`list\` ${stops.length > 1 ? `with the image of ${each.version}, a task a stop in order,` : 'in one task'} before any node started, and refuses a list that is not clean.`,
        expected: MIGRATIONS_EXPECTED,
        check: `${MIGRATIONS_CHECK}. With \`migrations: manual\`: \`${KDC} migrate --slot green\` runs them`,
        undo: 'as the step before: the copy is green’s alone',
        sources: [SOURCE.recordedMigrations, ...(each.hop?.sources ?? [SOURCE.ossToEnterprise])],
      }),
    ),
    ...pluginsAdded(situation, {
      image: imageOf(to.toString(), edition, stop.hop),
      envFile: 'green.env',
      pointOfNoReturn: false,
    }).map((step) => ({
      ...step,
      commands: step.commands.slice(2),
      files: [envFile('green.env', '$GREEN_DB_HOST', situation)],
      why: `The deployment ran \`up\` and \`finish\` with green’s KONG_PLUGINS already; this looks again. ${step.why}`,
    })),
    during({
      id: 'look-at-green',
      title: 'Call green with the tester header: every important route, with and without credentials',
      who: 'testers',
      commands: [
        'curl -s -o /dev/null -w \'%{http_code}\\n\' -H "X-Kong-Tester: green-$TESTER_TOKEN" https://$HOST/$ROUTE',
      ],
      expected: 'blue’s answers, apart from differences that somebody has accepted',
      check: 'the same request to blue; the error log of each green node for routes that it dropped',
      undo: `\`${giveUpCommand(situation, 'kong-green')}\``,
      sources: ['README.md'],
    }),
    ...topUpAtCutover(situation).filter(({ id }) => id === 'runtime-top-up'),
    during({
      id: 'plan-shift',
      title: 'Go or no-go 1: what the shift would do',
      who: 'driver and second',
      commands: [`${KDC} plan`],
      expected: 'stages, times and alarms; no `NOT`, exit code 0',
      check: 'testers say yes, both people on call are there',
      undo: 'nothing to undo: it only reads',
      sources: [SOURCE.runbook],
    }),
    during({
      id: 'shift',
      title: 'Shift the traffic in stages',
      who: 'driver',
      commands: [`${KDC} shift start --to green`, `${KDC} shift status --watch`],
      why: 'Go or no-go 2 is before 100 %: `shift pause` in the stage before, `shift resume` to go on.',
      expected: 'a line for each stage that passed; exit code 0 and `live is green now` at its end',
      check: 'your own dashboards, green beside blue',
      undo: `\`${KDC} shift abort\`: everything back on blue in one jump`,
      sources: [SOURCE.runbook],
    }),
    ...topUpAtCutover(situation).filter(({ id }) => id !== 'runtime-top-up'),
    during({
      id: 'soak',
      title: 'Soak: green has everything, blue stands by with all the data',
      who: 'driver and second',
      commands: [`${KDC} doctor`],
      expected: 'nothing that you cannot explain, for as long as you need',
      check: 'users, not only alarms',
      undo: `\`${KDC} shift abort --force\`, as long as nothing was written to green’s configuration`,
      sources: [SOURCE.noReturn],
    }),
    rollbackByWeights('tool'),
  ];
}

function afterTheCutover({ terraform }: Situation): RunbookStep[] {
  return [
    after({
      id: 'teardown',
      title: 'Go or no-go 3, the point of no return: take blue away',
      who: 'driver and second',
      commands: [`${KDC} teardown --slot blue`],
      why: 'The first of this and `unfreeze` is the point of no return. Torn down first, blue had everything to its last moment.',
      expected: 'a table of what goes and stays; `kept: final snapshot …, verified`',
      check: `\`${KDC} doctor\``,
      undo: 'a new slot from the final snapshot, which is a deployment and no jump',
      pointOfNoReturn: true,
      sources: [SOURCE.noReturn],
    }),
    after({
      id: 'unfreeze',
      title: 'Let writes through again',
      who: 'driver',
      commands: [`${KDC} unfreeze`],
      why: 'If writes cannot wait, this may come before the teardown; then this is the point of no return, because blue lacks what is written from now on.',
      expected: '`not frozen any more`',
      check: 'a write by the usual way, read back',
      undo: `\`${KDC} freeze --for 8h\`; what was written in between is on green alone`,
      sources: [SOURCE.noReturn],
    }),
    after({
      id: 'commit-settings',
      title: 'Commit settings and lock file, follow the `next:` lines of the teardown',
      who: 'driver',
      commands: ['git add dual-cluster.yaml dual-cluster.lock.json', 'git commit -m "live is green"'],
      expected: 'a clean `git status`',
      check: terraform
        ? `\`${diffCommand({ terraform }, 'kong-edge')}\`, and the same for kong-green: nothing that surprises`
        : '`npx cdk diff --all` shows nothing that surprises',
      undo: '`git revert`',
      sources: ['docs/settings.md'],
    }),
  ];
}
