import { postgresMajors } from '../../release/catalogue';
import tools from '../facts/tools.json';
import { crossesMajor3, editionAfter, stopsOf, type Situation } from '../situation';
import type { RunbookStep } from '../upgrade-plan';
import { checkDeclarative, checkedVersions, dump, hasLists, kongConfFiles } from './commands';
import { before, idOf, NOTHING_CHANGED, SOURCE } from './step';

/** What is looked at days before: sources, files, versions of everything around Kong. */
export function checks(situation: Situation): RunbookStep[] {
  return [
    readPath(situation),
    platform(situation),
    ...(situation.hops.length === 0 ? [] : [kongConf(situation), declarative(situation)]),
    ...customPlugins(situation),
    ...ltsPreflight(situation),
    ...devPortal(situation),
    toolVersions(situation),
    rehearsal(situation),
  ];
}

const path = ({ hops, from, to }: Situation): string =>
  hops.length === 0
    ? `${from.toString()} → ${to.toString()}`
    : [hops[0]!.from, ...hops.map((hop) => hop.to)].join(' → ');

function readPath(situation: Situation): RunbookStep {
  const stops = stopsOf(situation);
  // Only the last one reads a file; the others are there for their migrations.
  const patches = (situation.mode === 'db-less' ? stops.slice(-1) : stops).map((stop) => stop.image);
  return before({
    id: 'read-path',
    title: `Read the path: ${path(situation)}`,
    why: 'Each stop is a version whose migrations run and whose breaking changes you meet. Use its latest patch. Names such as $OLD_DB in the steps are yours: set them in the shell, and write their values into the files.',
    commands: patches.map((image) => `docker pull ${image}`),
    expected:
      patches.length === 0
        ? 'no migrations run'
        : `the images are there: ${patches.join(', ')}${patches.some((image) => image.startsWith('$')) ? '; old Enterprise images come from where you got them' : ''}`,
    check: 'the warnings of this plan are read, and somebody has agreed to each',
    undo: NOTHING_CHANGED,
    sources: [SOURCE.guide, ...new Set(situation.hops.flatMap((hop) => hop.sources))],
  });
}

function platform({ hops, from, to, datastore, platform: where }: Situation): RunbookStep {
  const databases = [postgresMajors(from.minor()), ...hops.map(({ postgres }) => postgres)].reduce(
    (all, some) => (all === undefined || some === undefined ? (all ?? some) : all.filter((v) => some.includes(v))),
    undefined,
  );
  const postgres =
    datastore !== 'postgres'
      ? []
      : [
          databases === undefined
            ? 'Kong’s documents name no PostgreSQL versions for all stops: look at the support page'
            : databases.length === 0
              ? 'no major version of PostgreSQL serves all stops: the copy needs an engine upgrade on the way'
              : `PostgreSQL ${databases.join(', ')} serves the version that runs and every stop`,
          'from PostgreSQL 15 on the role of Kong owns the database or has CREATE on schema public',
        ];
  const images = to.isAtLeastMinor('3.4')
    ? ['no image is built on Alpine, no node runs Ubuntu 18.04 or Amazon Linux 1']
    : [];
  const certificates = to.isAtLeastMinor('3.4')
    ? ['certificates have RSA keys of 2048 bits or more, EC keys of 224 or more, and no SHA-1 signature']
    : [];
  return before({
    id: 'check-platform',
    title: 'Check what Kong stands on: database engine, operating system, certificates, size',
    commands:
      datastore === 'postgres'
        ? [
            "psql \"host=$OLD_DB_HOST dbname=$PG_DATABASE user=$PG_USER\" -c 'SHOW server_version' -c \"SELECT has_schema_privilege(current_user, 'public', 'CREATE')\"",
          ]
        : [],
    expected: [
      ...postgres,
      ...images,
      ...certificates,
      'the new nodes get at least the size and the number of the old ones',
    ].join('; '),
    check:
      where === 'eks'
        ? 'the Kubernetes version stands in the support table of the ingress controller and the chart'
        : 'the base image of your own Dockerfile is one that the target is built for',
    undo: NOTHING_CHANGED,
    sources: [
      'https://developer.konghq.com/gateway/third-party-support/',
      'https://developer.konghq.com/gateway/breaking-changes/',
    ],
  });
}

/** A command for each hop: what one writes, the next reads. */
const overHops = (situation: Situation, line: (from: string, to: string, input: number) => string): string[] =>
  situation.hops.map((_, index) => {
    const { from, to } = checkedVersions(situation, index);
    return line(from, to, index);
  });

function kongConf(situation: Situation): RunbookStep {
  const files = kongConfFiles(situation);
  const unknown = situation.hops.filter((hop) => !hasLists(hop)).map(({ from, to }) => `${from} → ${to}`);
  const at = situation.hops.findIndex(hasLists);
  const first = at < 0 ? undefined : checkedVersions(situation, at);
  return before({
    id: 'check-kong-conf',
    title: 'Check kong.conf, or the variables that take its place',
    why: [
      'Kong says nothing of parameters that it does not know: they are ignored, and so is what they limited (recorded: client_max_body_size).',
      ...(first === undefined
        ? []
        : [
            `Nodes without a kong.conf: the variables of the task definition or of a file instead, \`kong-dual-cluster check kong-conf --env-file task.json --from ${first.from} --to ${first.to}\`, and leave --kong-conf out below.`,
          ]),
      ...(unknown.length === 0
        ? []
        : [
            `Of ${unknown.join(', ')} no lists of parameters are known here: read Kong’s changelog and its kong.conf.default.`,
          ]),
    ].join(' '),
    commands: overHops(situation, (from, to, index) => {
      const input = index === 0 ? '$KONG_CONF' : files[index - 1];
      return `kong-dual-cluster check kong-conf ${input} --from ${from} --to ${to} --write ${files[index]}`;
    }).filter((_, index) => hasLists(situation.hops[index]!)),
    expected:
      'exit code 0, or 2 with findings that somebody has read; the last file is the kong.conf of the new cluster',
    check: `\`kong check ${files.at(-1)}\` with the new image, which sees wrong values and no unknown names`,
    undo: NOTHING_CHANGED,
    sources: [
      'https://developer.konghq.com/gateway/configuration/',
      'recorded: kong check and kong start with 2.8.5 and 3.4.2',
    ],
  });
}

function declarative(situation: Situation): RunbookStep {
  return before({
    id: 'check-declarative',
    title: `Check the configuration for every breaking change of ${path(situation)}`,
    why: crossesMajor3(situation)
      ? 'A route whose regex Rust cannot compile is dropped with one line in the log, while the node is ready and the Admin API lists the route (recorded). The migration does not look.'
      : undefined,
    commands: [
      ...(situation.mode === 'db-less'
        ? []
        : ['deck gateway ping --kong-addr $ADMIN_URL', dump('$ADMIN_URL', 'kong-now', situation.edition)]),
      ...checkDeclarative(situation),
    ],
    expected:
      'exit code 0, or 2 with findings of which each is fixed on the old cluster, accepted, or in the list for the cutover',
    check: 'the findings of all hops are in one list, each with a name beside it',
    undo: NOTHING_CHANGED,
    sources: ['https://developer.konghq.com/gateway/breaking-changes/', SOURCE.recordedDeclarative],
  });
}

function customPlugins(situation: Situation): RunbookStep[] {
  if (!situation.customPlugins || situation.hops.length === 0) return [];
  return [
    before({
      id: 'check-custom-plugins',
      title: 'Check the sources of custom plugins, and build the image that holds them',
      who: 'plugin author',
      commands: overHops(
        situation,
        (from, to) => `kong-dual-cluster check plugins $PLUGINS_DIR --from ${from} --to ${to}`,
      ),
      expected: 'exit code 0, or every finding mended; the tests of the plugins pass on the target version',
      check:
        'a node of the target starts with KONG_PLUGINS naming them; a plugin with rows in the database and not in `plugins` keeps Kong from starting',
      undo: NOTHING_CHANGED,
      sources: ['https://developer.konghq.com/custom-plugins/', SOURCE.recordedMigrations],
    }),
  ];
}

function ltsPreflight({ hops }: Situation): RunbookStep[] {
  return hops.flatMap(({ preflight, from, to, guide }) => {
    if (preflight === undefined) return [];
    const [, command, needs] = /^(.*?)(?: \((.*)\))?$/.exec(preflight)!;
    return [
      before({
        id: `check-lts-${idOf(from)}-${idOf(to)}`,
        title: `Let ${from} itself check whether it is ready for ${to}`,
        commands: [`${command} $KONG_CONF`],
        why:
          to === '3.14'
            ? '3.14 verifies TLS certificates by default: services, plugins, Redis and PostgreSQL that are not verified today are the usual finding.'
            : undefined,
        expected: `no incompatibility reported${needs === undefined ? '' : `; it needs ${needs}`}`,
        check: 'the output, with the kong.conf of the nodes that run',
        undo: NOTHING_CHANGED,
        sources: [guide ?? SOURCE.guide],
      }),
    ];
  });
}

function devPortal(situation: Situation): RunbookStep[] {
  const from15 = situation.hops.some((hop) => hop.to === '2.1' && hop.kind === 'major');
  const past35 = !situation.from.isAtLeastMinor('3.5') && situation.to.isAtLeastMinor('3.5');
  if (!from15 && !(past35 && editionAfter(situation) === 'enterprise' && situation.edition === 'enterprise')) return [];
  return [
    before({
      id: 'dev-portal',
      title: from15
        ? 'Enterprise: migrate the files of the Dev Portal by hand to 2.1'
        : 'Decide what becomes of Dev Portal and Vitals',
      why: from15 ? 'No migration does it.' : 'From 3.5 on they are not in the packages.',
      expected: from15
        ? 'the templates of the portal work on a rehearsal with 2.1'
        : 'they are not used, or Kong support has answered how they go on',
      check: from15
        ? 'log in to the portal of the rehearsal'
        : 'GET /default/kong on the old cluster: config.portal and vitals',
      undo: NOTHING_CHANGED,
      sources: from15 ? [SOURCE.guide21] : ['https://developer.konghq.com/gateway/breaking-changes/'],
    }),
  ];
}

function toolVersions({ hops, platform: where, helm, mode, edition }: Situation): RunbookStep {
  const convert = hops.flatMap(({ deckConvert }) =>
    deckConvert === undefined ? [] : [`deck file convert knows ${deckConvert}`],
  );
  const controllers = new Map<string, readonly string[]>(Object.entries(tools.ingressController.byMinor));
  const ingress =
    where === 'eks' && (helm.ingressController || mode === 'db-less')
      ? [hops[0]?.from, ...hops.map((hop) => hop.to)].flatMap((minor) => {
          if (minor === undefined) return [];
          const served = controllers.get(minor);
          return [
            served === undefined
              ? `Kong ${minor}: no table of ingress controllers was read, look at the page`
              : `Kong ${minor}: Kong Ingress Controller ${served.join(', ')}`,
          ];
        })
      : [];
  return before({
    id: 'check-tool-versions',
    title: `Bring decK${ingress.length > 0 ? ' and Kong Ingress Controller' : ''} to the versions of each hop`,
    commands: ['deck version', ...(ingress.length > 0 ? ['helm get values --all $RELEASE -n $NAMESPACE'] : [])],
    expected: [...(convert.length === 0 ? ['a decK that knows the target version'] : convert), ...ingress].join('; '),
    check: `the pipelines run the same versions as your terminal${edition === 'enterprise' && mode !== 'db-less' ? '. Where RBAC is on, every later line needs a token: `read -rs KONG_ADMIN_TOKEN`, `export KONG_ADMIN_TOKEN DECK_HEADERS=Kong-Admin-Token:$KONG_ADMIN_TOKEN`, and for curl `-H "Kong-Admin-Token: $KONG_ADMIN_TOKEN"`' : ''}`,
    undo: 'install the earlier version; a controller goes back with its chart values',
    ...(ingress.length > 0 && { why: tools.ingressController.note }),
    sources: [
      'https://developer.konghq.com/deck/file/convert/',
      SOURCE.recordedDeclarative,
      ...(ingress.length > 0 ? tools.ingressController.sources : []),
    ],
  });
}

function rehearsal({ mode }: Situation): RunbookStep {
  return before({
    id: 'rehearse',
    title: 'Rehearse all of it once, outside production, and write down the times',
    expected: 'every step below was done once; the second column of your schedule is filled in',
    check:
      mode === 'db-less'
        ? 'your own probes pass on a node of the target'
        : 'your own probes pass on a cluster made from a copy of the real database',
    undo: 'delete the rehearsal',
    sources: [SOURCE.guide, SOURCE.runbook],
  });
}
