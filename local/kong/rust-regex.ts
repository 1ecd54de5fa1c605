import { RRegex } from 'rregex';

const verdicts = new Map<string, string | undefined>();

/**
 * Why the default router of Kong 3.x refuses a regex path (without its `~`); undefined when it takes it. Asked of the real
 * Rust regex crate, compiled to WebAssembly: Kong's router is made with the same crate. As Kong does, `(?<name>` is first
 * turned into `(?P<name>` (recorded: error-log of 3.4.2), which breaks look-behind in a way of its own.
 */
export function rustRefusal(pattern: string): string | undefined {
  if (!verdicts.has(pattern)) {
    let refusal: string | undefined;
    try {
      new RRegex(`^${pattern.replaceAll('?<', '?P<')}`).free();
    } catch (error) {
      refusal = String((error as { message?: string }).message ?? error).trim();
    }
    verdicts.set(pattern, refusal);
  }
  return verdicts.get(pattern);
}
