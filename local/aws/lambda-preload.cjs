// Loaded into every local Lambda process (NODE_OPTIONS). CloudFormation's ResponseURL is https on AWS, and aws-cdk-lib's
// provider framework answers with https.request({hostname, path}) whatever the URL says; here the gateway speaks http.
'use strict';
const http = require('node:http');
const https = require('node:https');
const gateway = new URL(process.env.AWS_ENDPOINT_URL ?? 'http://127.0.0.1');
const request = https.request;

https.request = function (...args) {
  const first = args[0];
  const url = typeof first === 'string' || first instanceof URL ? new URL(String(first)) : undefined;
  const given = url ? (typeof args[1] === 'object' ? args[1] : {}) : first;
  const host = given.hostname ?? given.host ?? url?.hostname;
  if (host !== gateway.hostname) return request.apply(https, args);
  const path = given.path ?? (url ? url.pathname + url.search : '/');
  const callback = args.find((arg) => typeof arg === 'function');
  return http.request(
    {
      ...given,
      protocol: 'http:',
      hostname: gateway.hostname,
      host: gateway.hostname,
      port: gateway.port,
      path,
      agent: undefined,
    },
    callback,
  );
};
https.get = (...args) => https.request(...args).end();
require('node:module').syncBuiltinESMExports();
