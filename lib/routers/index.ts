/**
 * `kong-dual-cluster/routers`: what splits the traffic, one class a router, behind one port. Loads the AWS SDK clients of the
 * load balancers and of Route 53.
 */
export type * from './router';
export { AlbRouter, type AlbRouterProps } from './alb/alb-router';
export { NlbRouter, type NlbRouterProps } from './nlb/nlb-router';
export { Route53Router, type Route53RouterProps } from './route53/route53-router';
export { NginxRouter } from './nginx/nginx-router';
export { F5Router } from './f5/f5-router';
export { KongUpstreamRouter } from './kong-upstream/kong-upstream-router';
export { KongCanaryRouter } from './kong-canary/kong-canary-router';
