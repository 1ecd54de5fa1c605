import { App, TerraformStack } from 'cdktf';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import type * as Fs from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type * as HandlerCode from '../../../lib/cdktf/handler-code';
import { resolve } from './resolve';
import { handlerZip } from '../../../lib/cdktf/handler-code';

describe('given a built handler', () => {
  test('then its zip lies beside cdk.tf.json, in a folder by its content', () => {
    const outdir = mkdtempSync(join(tmpdir(), 'kong-dual-cluster-cdktf-'));
    try {
      const app = new App({ outdir, skipValidation: true, stackTraces: false });
      const stack = new TerraformStack(app, 'kong-edge');
      const { filename, sourceCodeHash } = handlerZip(stack, 'Code', 'gates');
      expect(resolve(stack, sourceCodeHash)).toBe(`\${filebase64sha256("${filename}")}`);
      app.synth();
      const built = readFileSync(join(__dirname, '..', '..', '..', 'dist', 'handlers', 'gates.zip'));
      expect(readFileSync(join(outdir, 'stacks', 'kong-edge', filename)).equals(built)).toBe(true);
    } finally {
      rmSync(outdir, { recursive: true });
    }
  });
});

describe('given a handler that has not been built', () => {
  afterEach(() => jest.dontMock('node:fs').resetModules());

  test('then the error says where it was looked for and how to build it', () => {
    jest
      .resetModules()
      .doMock('node:fs', () => ({ ...jest.requireActual<typeof Fs>('node:fs'), existsSync: () => false }));
    const fresh = jest.requireActual<typeof HandlerCode>('../../../lib/cdktf/handler-code');
    expect(() => fresh.handlerZip(undefined as never, 'Code', 'gates')).toThrow(
      expect.objectContaining({
        code: 'HANDLER_NOT_BUILT',
        found: expect.stringContaining(join('dist', 'handlers', 'gates.zip')) as string,
        remedy: 'npm run build',
      }) as Error,
    );
  });
});
