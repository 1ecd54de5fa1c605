import { configOf, isSet } from './config';
import { noticed } from './shapes';

/** Only a plugin without a key of its own asks the metadata service of its instance. */
export const awsLambdaImds = noticed('plugin-aws-lambda-imds', ['aws-lambda'], (plugin) => {
  const { aws_key: key, aws_imds_protocol_version: version } = configOf(plugin);
  if (isSet(key) || isSet(version)) return undefined;
  return {
    path: ['config', 'aws_imds_protocol_version'],
    message:
      'no config.aws_key: the credentials come from the instance, and are asked for by IMDSv1 unless config.aws_imds_protocol_version is v2',
  };
});
