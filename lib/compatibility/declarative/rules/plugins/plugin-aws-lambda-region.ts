import { configOf, isSet } from './config';
import { noticed } from './shapes';

export const awsLambdaRegion = noticed('plugin-aws-lambda-region', ['aws-lambda'], (plugin) =>
  isSet(configOf(plugin).aws_region)
    ? undefined
    : {
        path: ['config', 'aws_region'],
        message:
          'config.aws_region is not set: 3.x needs a region, be it with config.host, and answers 500 where AWS_REGION is not in its environment either',
        how: 'set config.aws_region, or AWS_REGION in the environment of every green node',
      },
);
