import type { RunbookStep } from '../upgrade-plan';

/** What a step must say; the rest has a default. */
export type StepInput = Omit<RunbookStep, 'who' | 'commands' | 'pointOfNoReturn' | 'phase'> &
  Partial<Pick<RunbookStep, 'who' | 'commands' | 'pointOfNoReturn'>>;

const inPhase =
  (phase: RunbookStep['phase']) =>
  (input: StepInput): RunbookStep => ({
    who: 'platform engineer',
    commands: [],
    pointOfNoReturn: false,
    ...input,
    phase,
  });

/** Days before, nothing of production changes. */
export const before = inPhase('before');
/** The night, from the freeze to the cutover. */
export const during = inPhase('during');
/** When the new version has everything. */
export const after = inPhase('after');

export const NOTHING_CHANGED = 'nothing to undo: it only reads';

/** `3.4.2` → `3-4-2`, for ids. */
export const idOf = (version: string): string => version.toLowerCase().replace(/[^0-9a-z]+/g, '-');

/** Documents and recordings that steps are made from. */
export const SOURCE = {
  guide: 'https://developer.konghq.com/gateway/upgrade/',
  dualCluster: 'https://developer.konghq.com/gateway/upgrade/dual-cluster/',
  inPlace: 'https://developer.konghq.com/gateway/upgrade/in-place/',
  rolling: 'https://developer.konghq.com/gateway/upgrade/rolling/',
  blueGreen: 'https://developer.konghq.com/gateway/upgrade/blue-green/',
  backup: 'https://developer.konghq.com/gateway/upgrade/backup-and-restore/',
  hybrid: 'https://developer.konghq.com/gateway/hybrid-mode/',
  keyring: 'https://developer.konghq.com/gateway/keyring/',
  ossToEnterprise: 'https://developer.konghq.com/gateway/upgrade/migrate-oss-to-ee/',
  guide28: 'https://docs.konghq.com/gateway/2.8.x/install-and-run/upgrade-enterprise/',
  guide21: 'https://docs.konghq.com/enterprise/2.1.x/deployment/upgrades/migrations/',
  pluginWarning: 'Kong/developer.konghq.com:app/_includes/gateway/migration-finish-warning.md',
  chartsUpgrade: 'https://github.com/Kong/charts/blob/main/charts/kong/UPGRADE.md',
  chartsReadme: 'https://github.com/Kong/charts/blob/main/charts/kong/README.md',
  rdsSnapshot: 'https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/USER_RestoreFromSnapshot.html',
  runbook: 'docs/runbook.md',
  noReturn: 'docs/point-of-no-return.md',
  recordedMigrations: 'recorded: kong migrations of 2.8.5 and 3.4.2',
  recordedHybrid: 'recorded: control and data planes of 2.8.5 and 3.4.2',
  recordedDeclarative: 'recorded: decK 1.40.3 and kong config with 2.8.5 and 3.4.2',
  recordedRestore: 'recorded: pg_restore of a 2.8.5 dump over a database of 3.4.2',
  recordedStatus: 'recorded: status API of 2.8.5 and 3.4.2',
  recordedProxy: 'recorded: tokens and cookies of one version given to the other',
} as const;
