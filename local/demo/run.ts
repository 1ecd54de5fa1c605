import { copyFile, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { lockPathOf, readLock } from '../../lib/settings/lock-file';
import { updateSettingsFile } from '../../lib/settings/write';
import type { Slot } from '../../lib/traffic/weights';
import { ROOT } from '../world/places';
import type { World } from '../world/world';
import { compare, Gateway } from './gateway';
import type { Load } from './load';
import { cdk, kongDualCluster } from './commands';
import { probes } from './configuration';
import type { Step, StepResult } from './steps';
import { runSteps } from './steps';
import type { Compared, DemoResult, Rows } from './summary';
import type { WeightsWatch } from './weights-watch';

export const ACCOUNT = '000000000000';
export const REGION = 'us-east-1';
export const CERTIFICATE_BY_THE_DEMO = { trustSelfSigned: true };

/** For the demo's own AWS calls: what an owner or a tester does, not the project. */
export const clientOptions = (run: { readonly world: World }) => ({
  endpoint: run.world.endpoint,
  region: REGION,
  credentials: { accessKeyId: 'test', secretAccessKey: 'test' },
});

export interface Walked {
  readonly failure?: string;
  readonly steps: readonly StepResult[];
  readonly seconds: number;
  readonly requests: DemoResult['requests'];
}

export interface RunOptions {
  readonly folder: string;
  readonly signal: AbortSignal;
  readonly imagesFile?: string | undefined;
  readonly gatewayPort?: number | undefined;
  /** Where the report goes; undefined: none is written. */
  readonly reportFile?: string | undefined;
}

/** What the steps of a journey share: the world, the folder with the settings, the commands, the load. */
export class DemoRun {
  world!: World;
  upstream?: { url: string; stop: () => Promise<void> };
  load?: Load;
  watch?: WeightsWatch;
  /** Zero of every time that the demo tells, milliseconds; a whole second, as the metrics' are. */
  readonly epoch = Math.floor(Date.now() / 1000) * 1000;
  private readonly gateways: Gateway[] = [];
  private readonly ending = new AbortController();
  /** A step that failed may have left one under way. */
  private readonly commands = new Set<Promise<unknown>>();

  constructor(readonly options: RunOptions) {}

  get settingsPath(): string {
    return join(this.options.folder, 'dual-cluster.yaml');
  }

  gateway(url: string, headers: Readonly<Record<string, string>> = {}): Gateway {
    const gateway = new Gateway(url, headers, CERTIFICATE_BY_THE_DEMO);
    this.gateways.push(gateway);
    return gateway;
  }

  private command(show?: (line: string) => void) {
    return {
      cwd: this.options.folder,
      environment: this.world.environment,
      signal: AbortSignal.any([this.options.signal, this.ending.signal]),
      ...(show ? { onLine: show } : {}),
    };
  }

  cdk(args: readonly string[], show?: (line: string) => void): Promise<string> {
    return this.kept(cdk([...args, '--ci', '--no-notices'], this.command(show)));
  }

  kongDualCluster(args: readonly string[], show?: (line: string) => void): Promise<string> {
    return this.kept(kongDualCluster(args, this.command(show)));
  }

  private kept<T>(command: Promise<T>): Promise<T> {
    this.commands.add(command);
    const forget = () => this.commands.delete(command);
    command.then(forget, forget);
    return command;
  }

  /** Deploys stacks exclusively and returns their outputs by stack. */
  async deploy(
    stacks: readonly string[],
    show?: (line: string) => void,
  ): Promise<Record<string, Record<string, string>>> {
    const file = join(this.options.folder, 'outputs.json');
    await this.cdk(
      [
        'deploy',
        ...stacks,
        '--exclusively',
        '--require-approval',
        'never',
        '--progress',
        'events',
        '--outputs-file',
        file,
      ],
      show,
    );
    return JSON.parse(await readFile(file, 'utf8')) as Record<string, Record<string, string>>;
  }

  /** The folder as a user has it: a cdk.json that runs the project's app, to stand beside the settings. */
  async writeCdkJson(): Promise<void> {
    const cdkJson = JSON.parse(await readFile(join(ROOT, 'cdk.json'), 'utf8')) as { app: string };
    cdkJson.app = `${process.execPath} ${join(ROOT, 'dist/bin/app.js')}`;
    await writeFile(join(this.options.folder, 'cdk.json'), JSON.stringify(cdkJson, null, 2));
  }

  copyExample(): Promise<void> {
    return copyFile(join(ROOT, 'examples', 'dual-cluster.yaml'), this.settingsPath);
  }

  /** What the walk in the README does by hand: the new slot's section, with the snapshot that `snapshot` locked. */
  async addSlot(slot: Slot, version: string, size: { readonly count: number }): Promise<void> {
    const locked = (await readLock(lockPathOf(this.settingsPath))).slots[slot]?.snapshot;
    if (locked === undefined) throw new Error(`the lock file names no snapshot for ${slot}`);
    await updateSettingsFile(this.settingsPath, [
      { path: ['slots', slot], value: { version, size, datastore: { snapshot: { id: locked.id } } } },
    ]);
  }

  /** @throws Error when an answer differs */
  async compareSlots(live: Gateway, idle: Gateway): Promise<Compared> {
    const results = await compare(live, idle, probes());
    const different = results.filter(({ same }) => !same);
    return { compared: results.length, alike: results.length - different.length, different };
  }

  /** Runs the steps; a failed one ends the walk, never the clean-up. */
  async walk(steps: readonly Step<DemoRun>[]): Promise<Walked> {
    const done: StepResult[] = [];
    let failure: string | undefined;
    try {
      await runSteps(steps, this as DemoRun, this.options.signal, done, this.epoch);
    } catch (error) {
      failure = (error as Error).message;
    }
    await this.load?.stop();
    const { sent = 0, failed = 0, failures = [] } = this.load ?? {};
    if (failure === undefined && (failed > 0 || sent === 0))
      failure = `${failed} of ${sent} requests failed: ${failures.join('; ')}`;
    return {
      ...(failure === undefined ? {} : { failure }),
      steps: done,
      seconds: Math.round((Date.now() - this.epoch) / 100) / 10,
      requests: { sent, failed, failures },
    };
  }

  async close(): Promise<void> {
    this.ending.abort();
    await Promise.allSettled(this.commands);
    await this.watch?.stop();
    await this.load?.stop();
    await Promise.allSettled(this.gateways.map((gateway) => gateway.close()));
    await this.upstream?.stop();
    await this.world?.stop();
  }
}

/** @throws Error when a collection has other rows than at the snapshot, or nothing was counted */
export function refuseOtherRows({ atSnapshot, green }: Rows): void {
  const names = Object.keys(atSnapshot);
  const different = names.filter((name) => green[name] !== atSnapshot[name]);
  if (names.length === 0 || different.length > 0)
    throw new Error(`rows differ in ${different.join(', ') || 'everything'}: ${JSON.stringify({ atSnapshot, green })}`);
}

/** @throws Error with the first difference */
export function refuseOtherAnswers({ compared, different }: Compared): void {
  if (compared === 0) throw new Error('no answers were compared');
  if (different.length > 0)
    throw new Error(`${different.length} of ${compared} answers differ, for example ${JSON.stringify(different[0])}`);
}
