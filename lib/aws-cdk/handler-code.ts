import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { aws_lambda as lambda } from 'aws-cdk-lib';
import { KongDualClusterError } from '../errors';

/**
 * The bundled code of a Lambda handler (`lib/handlers/<name>`, one file made by the build). Found from the
 * sources (`lib/aws-cdk`) and from the package (`dist/lib/aws-cdk`) alike.
 * @throws KongDualClusterError HANDLER_NOT_BUILT
 */
export function handlerCode(name: 'gates' | 'migrations' | 'weighted-rule'): lambda.Code {
  const folders = [
    join(__dirname, '..', '..', 'dist', 'handlers', name),
    join(__dirname, '..', '..', 'handlers', name),
  ];
  const folder = folders.find((path) => existsSync(join(path, 'index.js')));
  if (folder === undefined) {
    throw new KongDualClusterError('HANDLER_NOT_BUILT', `the code of the ${name} handler has not been built`, {
      found: `no index.js in ${folders.join(' nor in ')}`,
      remedy: 'npm run build',
    });
  }
  return lambda.Code.fromAsset(folder);
}
