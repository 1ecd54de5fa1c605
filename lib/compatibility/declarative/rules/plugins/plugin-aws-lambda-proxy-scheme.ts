import { fieldsRemoved } from './shapes';

export const awsLambdaProxyScheme = fieldsRemoved(
  'plugin-aws-lambda-proxy-scheme',
  ['aws-lambda'],
  ['config.proxy_scheme'],
  (field) => `aws-lambda of 3.x refuses ${field}; the scheme of config.proxy_url says it`,
);
