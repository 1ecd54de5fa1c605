import type { SourceRule } from '../rule';
import { lineRule, type Line } from './text';

/** Whether a request is a POST: curl with data and no method is one too; in programs the method may stand on a line near. */
function isPost({ text }: Line, around: string): boolean {
  if (/-X\s*["']?(PUT|PATCH|GET|DELETE)|--request[ =]["']?(PUT|PATCH|GET|DELETE)/.test(text)) return false;
  if (/-X\s*["']?POST|--request[ =]["']?POST/.test(text)) return true;
  if (/\b(curl|httpie)\b/.test(text)) return /\s(-d|-F|--data\S*|--form\S*|--json)\b/.test(text);
  if (/[.:](put|patch|get|delete)\b|\b(PUT|PATCH|GET|DELETE)\b/.test(text)) return false;
  return /[.:]post\b|\bPOST\b/.test(text) || /[.:]post\b|\bmethod\b.*\bpost\b|["'`]POST["'`]/i.test(around);
}

/** Health checks near the Admin API's ports. */
const isProbe = (_line: Line, around: string): boolean =>
  /health|liveness|readiness|startupProbe|wait-?for/i.test(around);

/** Scripts and programs that speak to the Admin API. */
export const adminApiRules: readonly SourceRule[] = [
  lineRule(
    'targets-post-no-update',
    /\/targets\/?(?=["'`\s?]|$)/,
    {
      field: 'POST /targets',
      message: 'POST on /targets makes a target and no longer changes one that exists: it answers 409',
      how: 'change a target by PATCH or PUT on /upstreams/{upstream}/targets/{target}; PUT makes it where it is missing',
    },
    { isMeant: isPost },
  ),
  lineRule(
    'api-target-health-put',
    /\/targets\/\S+?\/(un)?healthy\b/,
    {
      field: 'POST /targets/{target}/healthy',
      message: 'POST on /healthy and /unhealthy of a target answers 405; on 2.8 it is PUT that does',
      how: 'use PUT against the new version',
    },
    { isMeant: isPost },
  ),
  lineRule('api-vitals-reports', /\/vitals\/reports\b/, {
    field: '/vitals/reports',
    message: '/vitals/reports and everything below it is gone',
    how: 'use /{workspace}/vitals/status_codes/by_consumer or by_service, and /{workspace}/vitals/nodes',
  }),
  lineRule('api-available-on-server', /\bavailable_on_server\b/, {
    field: 'plugins.available_on_server',
    message: 'plugins.available_on_server of GET / holds {version, priority} for each plugin, it was true',
    how: 'ask whether the name is there, not whether it is true',
  }),
  lineRule('api-dynamic-log-level-timeout', /\/debug\/[^"'\s]*log-level/, {
    field: '/debug/.../log-level',
    message: 'a log level that is set by the Admin API goes back after 60 seconds',
    how: 'pass timeout (seconds)',
  }),
  lineRule('api-status-db-field', /\bdatabase(\.|\?\.|["'\]]+\s*\[?["']?)reachable\b|\.database\b.*\breachable\b/, {
    field: 'database.reachable',
    message:
      '/status of data planes and DB-less nodes has no database section; with a database it is 200 even while that is down',
    how: 'use /status/ready (200 or 503) against the new version; 2.8 answers it with 404',
  }),
  lineRule(
    'api-admin-db-down-200',
    /:(8001|8444)\b/,
    {
      field: 'health check of the Admin API',
      message: 'an Admin API answer that was 500 with the database down can be 200',
      how: 'check /status/ready on the status listener, or read the body',
    },
    { isMeant: isProbe },
  ),
  lineRule('api-consumer-groups-pagination-future', /\/consumer_groups\b/, {
    field: '/consumer_groups',
    message: 'from 3.6 lists of /consumer_groups are pages: entities under data, next for the next page',
    how: 'read data and follow next',
  }),
  lineRule('vaults-beta-renamed', /\/vaults-beta\b/, {
    field: '/vaults-beta',
    message: '/vaults-beta answers 404, the entity is /vaults',
    how: 'use /vaults against the new version',
  }),
];
