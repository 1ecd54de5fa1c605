import { AssetType, Fn, TerraformAsset } from 'cdktf';
import type { Construct } from 'constructs';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { KongDualClusterError } from '../errors';

export interface HandlerZip {
  readonly filename: string;
  readonly sourceCodeHash: string;
}

/**
 * The bundled code of a Lambda handler (`lib/handlers/<name>`) as the zip that the build makes, the same bytes in every
 * build. Found from the sources (`lib/cdktf`) and from the package (`dist/lib/cdktf`) alike.
 * @throws KongDualClusterError HANDLER_NOT_BUILT
 */
export function handlerZip(scope: Construct, id: string, name: 'gates' | 'migrations'): HandlerZip {
  const paths = [
    join(__dirname, '..', '..', 'dist', 'handlers', `${name}.zip`),
    join(__dirname, '..', '..', 'handlers', `${name}.zip`),
  ];
  const path = paths.find((each) => existsSync(each));
  if (path === undefined) {
    throw new KongDualClusterError('HANDLER_NOT_BUILT', `the code of the ${name} handler has not been built`, {
      found: `neither ${paths.join(' nor ')}`,
      remedy: 'npm run build',
    });
  }
  const asset = new TerraformAsset(scope, id, { path, type: AssetType.FILE });
  return { filename: asset.path, sourceCodeHash: Fn.filebase64sha256(asset.path) };
}
