import { execFile } from 'node:child_process';
import { copyFile, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { SSMClient, paginateGetParametersByPath } from '@aws-sdk/client-ssm';
import { DESTROY } from '../../../lib/blueprint/deploy-command';
import { parameterPath } from '../../../lib/blueprint/parameter-names';
import { ACCOUNT, DemoRun, REGION, clientOptions } from '../../../local/demo/run';
import { Terraform } from '../../../local/terraform/terraform';
import type { Ran } from '../../../local/terraform/terraform';
import { ROOT } from '../../../local/world/places';
import { startWorld } from '../../../local/world/world';
import { Road } from '../road';

/** What `terraform plan -detailed-exitcode` says. */
export const NO_CHANGES = 0;
export const CHANGES = 2;

/** The road of a user of Terraform: settings, the project's app, and the real `terraform`, against a world of its own. */
export class TerraformRoad extends Road {
  private constructor(
    run: DemoRun,
    folder: string,
    readonly terraform: Terraform,
  ) {
    super(run, folder);
  }

  static async begin(options: { readonly imagesFile?: string } = {}): Promise<TerraformRoad> {
    const folder = await mkdtemp(join(tmpdir(), 'kong-dual-cluster-terraform-road-'));
    const run = new DemoRun({ folder, signal: new AbortController().signal });
    const world = await startWorld(options);
    const terraform = await Terraform.start({ environment: world.environment }).catch(async (error: unknown) => {
      await world.stop();
      throw error;
    });
    // Our commands start terraform themselves.
    run.world = { ...world, environment: { ...world.environment, ...terraform.environment } };
    return new TerraformRoad(run, folder, terraform);
  }

  override async writeSettings(name = 'kong'): Promise<void> {
    const app = `${process.execPath} ${join(ROOT, 'dist/bin/terraform-app.js')}`;
    await writeFile(
      join(this.folder, 'cdktf.json'),
      JSON.stringify({ language: 'typescript', app, projectId: 'test', sendCrashReports: 'false' }),
    );
    await copyFile(join(ROOT, 'examples/terraform/dual-cluster.yaml'), this.run.settingsPath);
    await this.edit([
      { path: ['name'], value: name },
      { path: ['account'], value: ACCOUNT },
      { path: ['region'], value: REGION },
      { path: ['edge', 'testerHeader'], value: {} },
      { path: ['edge', 'drainSeconds'], value: 1 },
      { path: ['slots', 'blue', 'size', 'count'], value: 1 },
    ]);
  }

  stackFolder(stack: string): string {
    return join(this.folder, 'cdktf.out', 'stacks', stack);
  }

  /** Writes every stack, as `cdktf synth` does: it runs the app. */
  async synth(destroyable?: string): Promise<void> {
    const environment = {
      ...process.env,
      ...this.run.world.environment,
      ...(destroyable && { [DESTROY]: destroyable }),
    };
    await new Promise<void>((done, fail) =>
      execFile(
        process.execPath,
        [join(ROOT, 'dist/bin/terraform-app.js')],
        { cwd: this.folder, env: environment },
        (error, _, stderr) => (error ? fail(new Error(`${error.message}\n${stderr}`)) : done()),
      ),
    );
  }

  async tf(stack: string, args: readonly string[]): Promise<Ran> {
    const folder = this.stackFolder(stack);
    const initialized = await this.terraform.run(folder, ['init', '-no-color']);
    if (initialized.code !== 0) throw new Error(`terraform init of ${stack}:\n${initialized.output}`);
    return this.terraform.run(folder, [...args, '-no-color']);
  }

  /** @throws Error with what terraform said when it fails */
  async apply(stack: string): Promise<string> {
    await this.synth();
    const { code, output } = await this.tf(stack, ['apply', '-auto-approve']);
    if (code !== 0) throw new Error(`terraform apply of ${stack} ended with ${code}:\n${output.slice(-6000)}`);
    return output;
  }

  /** @returns NO_CHANGES, CHANGES or 1, and what terraform said */
  async plan(stack: string): Promise<Ran> {
    await this.synth();
    return this.tf(stack, ['plan', '-detailed-exitcode']);
  }

  /** What a stack has published. */
  async outputs(stack: string): Promise<Record<string, string>> {
    const found: Record<string, string> = {};
    const path = parameterPath(stack);
    for await (const { Parameters = [] } of paginateGetParametersByPath(
      { client: new SSMClient(clientOptions(this.run)) },
      { Path: path },
    ))
      for (const { Name = '', Value = '' } of Parameters) found[Name.slice(path.length + 1)] = Value;
    return found;
  }

  override async stop(): Promise<void> {
    await this.terraform.stop();
    await super.stop();
    await rm(this.folder, { recursive: true, force: true });
  }
}
