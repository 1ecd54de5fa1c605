import { join } from 'node:path';
import { aws_lambda as lambda } from 'aws-cdk-lib';

export type Colour = 'blue' | 'green';

export const handlers = (name: string): lambda.Code =>
  lambda.Code.fromAsset(join(process.env.KDC_BENCH_HANDLERS ?? 'dist/handlers', name));
