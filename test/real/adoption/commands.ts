import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ROOT } from '../../../local/world/places';
import { startWorld, type World } from '../../../local/world/world';

export interface Ended {
  readonly exitCode: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** A user's folder with a world of its own: the real cdk command and ours, run in it as processes. */
export class Workplace {
  private constructor(
    readonly world: World,
    readonly folder: string,
  ) {}

  static async open(): Promise<Workplace> {
    const folder = await mkdtemp(join(tmpdir(), 'kong-dual-cluster-adoption-'));
    const place = new Workplace(await startWorld(), folder);
    try {
      // Before there is a cdk.json: `cdk bootstrap` runs the app it names, and there are no settings yet.
      await place.cdk('bootstrap', 'aws://000000000000/us-east-1');
      const cdkJson = JSON.parse(await readFile(join(ROOT, 'cdk.json'), 'utf8')) as object;
      const app = `${process.execPath} ${join(ROOT, 'dist', 'bin', 'app.js')}`;
      await writeFile(join(folder, 'cdk.json'), JSON.stringify({ ...cdkJson, app }));
      return place;
    } catch (error) {
      await place.close();
      throw error;
    }
  }

  get settingsPath(): string {
    return join(this.folder, 'dual-cluster.yaml');
  }

  /** Throws with what it wrote when it fails. */
  async cdk(...args: string[]): Promise<void> {
    const ended = await this.run(join(ROOT, 'node_modules', 'aws-cdk', 'bin', 'cdk'), [
      ...args,
      '--ci',
      '--no-notices',
    ]);
    if (ended.exitCode !== 0)
      throw new Error(`cdk ${args.join(' ')}: ${ended.stdout.slice(-4000)}${ended.stderr.slice(-2000)}`);
  }

  kongDualCluster(...args: string[]): Promise<Ended> {
    return this.run(join(ROOT, 'dist', 'bin', 'kong-dual-cluster.js'), args);
  }

  private run(program: string, args: readonly string[]): Promise<Ended> {
    return new Promise((resolve) => {
      const env = { ...process.env, ...this.world.environment };
      execFile(
        process.execPath,
        [program, ...args],
        { cwd: this.folder, env, maxBuffer: 1 << 26 },
        (error, stdout, stderr) => resolve({ exitCode: error ? Number(error.code ?? -1) : 0, stdout, stderr }),
      );
    });
  }

  async close(): Promise<void> {
    await this.world.stop();
    await rm(this.folder, { recursive: true, force: true });
  }
}
