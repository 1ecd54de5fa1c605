import { CommanderError } from 'commander';
import { EXIT, KongDualClusterError, type ExitCode } from '../errors';
import { awsError } from './aws-errors';
import type { Context, GlobalOptions, Output } from './context';
import { program } from './program';
import { progressOn } from './progress';

/** Runs the command line and sets the exit code (ARCHITECTURE.md, "Exit codes"). */
export async function main(argv: readonly string[]): Promise<void> {
  // The SDK's notice about future Node versions is for whoever ships this package, not for whoever runs it.
  process.env.AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED ??= 'true';
  // `| head` has read enough, a closed terminal (EIO) reads no more: what is under way goes on, and the exit code is the
  // command's.
  for (const stream of [process.stdout, process.stderr]) {
    stream.on('error', (error: NodeJS.ErrnoException) => {
      if (error.code !== 'EPIPE' && error.code !== 'EIO') throw error;
    });
  }
  let hint = 'nothing was changed';
  let stop: (() => void) | undefined;
  let interrupted = false;
  // Commander refuses a wrong option before anybody has read the right ones.
  let output: Output = /(^|\0)--output[=\0](nd)?json(\0|$)/.test(argv.join('\0')) ? 'json' : 'text';
  const progress = progressOn(process.stderr);
  const contextOf = (options: GlobalOptions): Context => {
    output = options.output;
    return {
      settingsPath: options.settings,
      output: options.output,
      colors: process.stdout.isTTY && !process.env.NO_COLOR,
      yes: options.yes ?? false,
      region: options.region,
      progress,
      print: (text, json, pages) => process.stdout.write(`${rendered(output, text, json, pages)}\n`),
      ifInterrupted: (text) => (hint = text),
      onInterrupt: (act) => (stop = act),
    };
  };
  let finish: (code: ExitCode) => void = () => undefined;
  const ended = new Promise<ExitCode>((resolve) => (finish = resolve));
  // A closed terminal must not leave a shift half-way either.
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
    process.on(signal, () => {
      const graceful = stop;
      stop = undefined;
      if (graceful === undefined) {
        progress.end(true);
        process.stderr.write(`interrupted: ${hint}\n`);
        // The second Ctrl-C ends the process at once, whatever is under way.
        if (interrupted) process.exit(EXIT.interrupted);
        finish(EXIT.interrupted);
      } else {
        progress.note(`interrupted: ${hint}; again to end at once`);
        graceful();
      }
      interrupted = true;
    });
  }
  program(contextOf, finish)
    .parseAsync(argv)
    .then(() => finish(EXIT.done))
    .catch((error: unknown) => {
      progress.end(true);
      finish(report(error, output));
    });
  process.exitCode = await ended;
  progress.end(process.exitCode !== EXIT.done);
  // A command that was interrupted or has failed may have left calls under way, which would hold the process.
  process.stdout.write('', () => process.exit());
}

function rendered(output: Output, ...[text, json, pages]: Parameters<Context['print']>): string {
  if (output === 'json') return JSON.stringify(typeof json === 'function' ? (json as () => unknown)() : json, null, 2);
  if (output === 'ndjson') return JSON.stringify(typeof json === 'function' ? (json as () => unknown)() : json);
  if (output !== 'text' && pages) return pages[output]();
  return typeof text === 'string' ? text : text();
}

function report(error: unknown, output: Output): ExitCode {
  if (error instanceof CommanderError) {
    // Without a command the help is shown, on stderr.
    if (error.exitCode === 0) return EXIT.done;
    if (error.code === 'commander.help') return EXIT.usage;
  }
  const known =
    error instanceof KongDualClusterError ? error : error instanceof CommanderError ? usage(error) : awsError(error);
  if (known) {
    const { code, problem, found, remedy, exitCode } = known;
    process.stderr.write(
      output === 'json' || output === 'ndjson'
        ? `${JSON.stringify({ error: { code, problem, found, remedy, exitCode } })}\n`
        : `error: ${known.message}\n`,
    );
    return exitCode;
  }
  const text = error instanceof Error ? (error.stack ?? error.message) : String(error);
  const problem = 'this should not happen, please report it';
  process.stderr.write(
    output === 'json' || output === 'ndjson'
      ? `${JSON.stringify({ error: { code: 'UNEXPECTED_ERROR', problem, found: text, exitCode: EXIT.error } })}\n`
      : `error: ${problem}\n${text}\n`,
  );
  return EXIT.error;
}

/** Commander's own words, `error: unknown option '--fro'\n(Did you mean --for?)`, as an error like the others. */
const usage = ({ message }: CommanderError): KongDualClusterError =>
  new KongDualClusterError('COMMAND_LINE', message.replace(/^error: /, '').replaceAll('\n', ' '), {
    remedy: 'add --help for the options and an example',
    exitCode: EXIT.usage,
  });
