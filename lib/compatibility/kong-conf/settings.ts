import type { Setting } from './read';

/** What a node is given, from its kong.conf and its environment together. */
export class Settings {
  private readonly effective = new Map<string, Setting>();

  constructor(
    /** Those of the file, in order. */
    readonly ofFile: readonly Setting[],
    /** Those of the environment, which wins over the file. */
    readonly ofEnvironment: readonly Setting[],
  ) {
    for (const setting of [...ofFile, ...ofEnvironment]) this.effective.set(setting.name, setting);
  }

  all(): readonly Setting[] {
    return [...this.ofFile, ...this.ofEnvironment];
  }

  /** The one that Kong goes by. */
  get(name: string): Setting | undefined {
    // Docker's entrypoint of Kong reads KONG_PG_PASSWORD from the file that KONG_PG_PASSWORD_FILE names.
    return this.effective.get(name) ?? this.effective.get(`${name}_file`);
  }

  isEffective(setting: Setting): boolean {
    return this.effective.get(setting.name) === setting;
  }

  /** Its value; undefined when it is not set, and when it is a secret. */
  value(name: string): string | undefined {
    return this.effective.get(name)?.value;
  }

  /** Set and switched on; a secret is taken for on. */
  isOn(name: string): boolean {
    const setting = this.get(name);
    return setting !== undefined && !['', 'off', 'false', 'traditional'].includes(setting.value ?? 'a secret');
  }
}
