import { copyFile, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { lockPathOf, readLock } from '../../lib/settings/lock-file';
import { updateSettingsFile } from '../../lib/settings/write';
import { ROOT } from '../world/places';
import type { World } from '../world/world';
import type { Comparison } from './gateway';
import { compare, Gateway } from './gateway';
import type { Load } from './load';
import { cdk, kongDualCluster } from './commands';
import { probes } from './configuration';
import type { Step, StepResult } from './steps';
import { runSteps } from './steps';
import type { DemoResult } from './summary';

export const ACCOUNT = '000000000000';
export const REGION = 'us-east-1';
export const CERTIFICATE_BY_THE_DEMO = { trustSelfSigned: true };

/** For the demo's own AWS calls: what an owner or a tester does, not the project. */
export const clientOptions = (run: { readonly world: World }) => ({
  endpoint: run.world.endpoint,
  region: REGION,
  credentials: { accessKeyId: 'test', secretAccessKey: 'test' },
});

export interface RunOptions {
  readonly folder: string;
  readonly signal: AbortSignal;
  readonly imagesFile?: string | undefined;
  readonly gatewayPort?: number | undefined;
}

/** What the steps of a journey share: the world, the folder with the settings, what was counted and compared so far. */
export class DemoRun {
  world!: World;
  upstream?: { url: string; stop: () => Promise<void> };
  load?: Load;
  atSnapshot: Record<string, number> = {};
  onGreen: Record<string, number> = {};
  comparison: Comparison[] = [];
  ejected?: DemoResult['ejected'];
  private readonly gateways: Gateway[] = [];

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
      signal: this.options.signal,
      ...(show ? { onLine: show } : {}),
    };
  }

  cdk(args: readonly string[], show?: (line: string) => void): Promise<string> {
    return cdk([...args, '--ci', '--no-notices'], this.command(show));
  }

  kongDualCluster(args: readonly string[], show?: (line: string) => void): Promise<string> {
    return kongDualCluster(args, this.command(show));
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

  /** What the walk in the README does by hand: green's section, with the snapshot that `snapshot` locked. */
  async addGreen(size: { readonly count: number }): Promise<void> {
    const locked = (await readLock(lockPathOf(this.settingsPath))).slots.green?.snapshot;
    if (locked === undefined) throw new Error('the lock file names no snapshot for green');
    await updateSettingsFile(this.settingsPath, [
      { path: ['slots', 'green'], value: { version: '3.4', size, datastore: { snapshot: { id: locked.id } } } },
    ]);
  }

  async compareSlots(blue: Gateway, green: Gateway): Promise<string> {
    this.comparison = await compare(blue, green, probes());
    const different = this.comparison.filter(({ same }) => !same);
    if (different.length > 0)
      throw new Error(
        `${different.length} of ${this.comparison.length} answers differ, for example ${JSON.stringify(different[0])}`,
      );
    return `${this.comparison.length} answers alike`;
  }

  /** Runs the steps and says whether everything holds; a failed step ends the journey, never the clean-up. */
  async journey(name: DemoResult['journey'], steps: readonly Step<DemoRun>[]): Promise<DemoResult> {
    const start = performance.now();
    const done: StepResult[] = [];
    let failure: string | undefined;
    try {
      await runSteps(steps, this as DemoRun, this.options.signal, done);
    } catch (error) {
      failure = (error as Error).message;
    }
    await this.load?.stop();
    const different = this.comparison.filter(({ same }) => !same);
    const sent = this.load?.sent ?? 0;
    const failed = this.load?.failed ?? 0;
    if (failure === undefined && (failed > 0 || sent === 0))
      failure = `${failed} of ${sent} requests to blue failed: ${this.load?.failures.join('; ')}`;
    const sameRows =
      Object.keys(this.atSnapshot).length > 0 &&
      Object.entries(this.atSnapshot).every(([key, count]) => this.onGreen[key] === count);
    if (failure === undefined && !sameRows) failure = 'the rows on green are not those of the snapshot';
    return {
      journey: name,
      holds:
        failure === undefined &&
        done.length === steps.length &&
        this.comparison.length > 0 &&
        different.length === 0 &&
        (this.ejected?.alike ?? true),
      ...(failure === undefined ? {} : { failure }),
      steps: done,
      seconds: Math.round((performance.now() - start) / 100) / 10,
      rows: { atSnapshot: this.atSnapshot, green: this.onGreen },
      comparison: { compared: this.comparison.length, alike: this.comparison.length - different.length, different },
      requests: { sent, failed },
      ...(this.ejected ? { ejected: this.ejected } : {}),
    };
  }

  async close(): Promise<void> {
    await this.load?.stop();
    await Promise.allSettled(this.gateways.map((gateway) => gateway.close()));
    await this.upstream?.stop();
    await this.world?.stop();
  }
}
