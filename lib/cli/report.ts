import { mkdir, mkdtemp, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { EXIT, KongDualClusterError, type ExitCode } from '../errors';
import { shiftMarkdown, shiftPage } from '../render/shift-page';
import { shiftStory } from '../render/shift-report';
import { linesOf } from '../runner/journal';
import { withoutSecrets } from '../runner/without-secrets';
import { loadSettings } from '../settings/load';
import { fold } from '../traffic/shift';
import type { JournalLine } from '../traffic/shift-events';
import type { Context } from './context';
import { openJournals } from './open-journals';
import { reportText, shiftReport } from './shift-text';

export interface ReportFlags {
  out?: string;
  journal?: string;
}

/**
 * Tells a shift from its journal.
 * @throws KongDualClusterError REPORT_NO_JOURNAL (exit 64), REPORT_NOT_WRITABLE, JOURNAL_DAMAGED
 */
export async function runReport(context: Context, run: string | undefined, flags: ReportFlags): Promise<ExitCode> {
  context.progress.step('read the journal');
  const { lines, where } = flags.journal === undefined ? await ofStore(context, run) : await ofFile(flags.journal);
  // Reasons are words of AWS and of the owner's nodes; the router's reading is nobody's business.
  const told = lines.map((line) => withoutSecrets({ ...line, reading: undefined }) as JournalLine);
  const state = fold(told);
  const story = shiftStory(told);
  const out = flags.out ?? (context.output === 'text' ? `shift-${fileName(state.start.run)}.html` : undefined);
  if (out !== undefined) {
    context.progress.step(`write ${out}`);
    await write(out, shiftPage(story));
  }
  context.progress.end();
  context.print(
    () => `${reportText(shiftReport(state, told, where))}${out === undefined ? '' : `\nreport ${out}`}`,
    () => ({ ...story, journal: where, out: out ?? null }),
    { markdown: () => shiftMarkdown(story), html: () => shiftPage(story) },
  );
  return EXIT.done;
}

interface JournalRead {
  readonly lines: readonly JournalLine[];
  readonly where: string;
}

async function ofFile(path: string): Promise<JournalRead> {
  const text = await readFile(path, 'utf8').catch((error: Error) => {
    throw noJournal(`${path}: ${error.message}`);
  });
  return { lines: some(linesOf(text, path), path), where: path };
}

async function ofStore(context: Context, asked: string | undefined): Promise<JournalRead> {
  const settings = await loadSettings(context.settingsPath);
  const store = await openJournals(
    settings,
    context.settingsPath,
    context.region ?? settings.region ?? process.env.AWS_REGION ?? '',
  );
  const run = asked ?? (await store.runs())[0];
  if (run === undefined) throw noJournal(`no journal in ${store.where}`);
  return { lines: some(await store.read(run), `${run} in ${store.where}`), where: `${run} in ${store.where}` };
}

function some(lines: readonly JournalLine[], where: string): readonly JournalLine[] {
  if (lines.length === 0) throw noJournal(`no line of ${where}`);
  return lines;
}

const noJournal = (found: string): KongDualClusterError =>
  new KongDualClusterError('REPORT_NO_JOURNAL', 'there is no journal to report from', {
    found,
    remedy:
      'run it where the shift ran, beside its settings, or give the file: kong-dual-cluster report --journal RUN.ndjson',
    exitCode: EXIT.usage,
  });

const fileName = (run: string): string => run.replace(/[^\w.-]+/g, '-');

/** As a whole or not at all. */
async function write(out: string, text: string): Promise<void> {
  const path = resolve(out);
  let folder: string | undefined;
  try {
    await mkdir(dirname(path), { recursive: true });
    folder = await mkdtemp(join(dirname(path), '.report-'));
    await writeFile(join(folder, 'report.html'), `${text}\n`);
    await rename(join(folder, 'report.html'), path);
  } catch (error) {
    throw new KongDualClusterError('REPORT_NOT_WRITABLE', 'the report cannot be written', {
      found: `${out}: ${(error as Error).message}`,
      remedy: 'give --out a place that you may write to',
      cause: error,
    });
  } finally {
    if (folder !== undefined) await rm(folder, { recursive: true, force: true });
  }
}
