import { checkSources, SOURCE_CHANGES } from '../../../../lib/compatibility/plugins/check';
import { KongVersion } from '../../../../lib/release/kong-version';

const LTS = { from: KongVersion.parse('2.8'), to: KongVersion.parse('3.4') };
const LATER = { from: KongVersion.parse('3.4'), to: KongVersion.parse('3.10') };

/** A rule, the smallest source that shows it with its lines, and sources that look alike and must not. */
interface Case {
  readonly id: string;
  readonly shows: readonly (readonly [path: string, text: string, ...lines: number[]])[];
  readonly silent: readonly (readonly [path: string, text: string])[];
  readonly upgrade?: typeof LTS;
}

const P = 'kong/plugins/mine/';

const CASES: readonly Case[] = [
  {
    id: 'pdk-singletons',
    shows: [
      [`${P}a.lua`, 'local singletons = require "kong.singletons"\nreturn singletons.db.daos', 1],
      [`${P}a.lua`, "\nlocal s = require('kong.singletons')", 2],
      [`${P}a.lua`, 'local ok, s = pcall(require, "kong.singletons")', 1],
      [`${P}a.lua`, 'local s = require[[kong.singletons]]', 1],
    ],
    silent: [
      [`${P}a.lua`, '-- local s = require "kong.singletons"'],
      [`${P}a.lua`, '--[==[\nrequire "kong.singletons"\n]==]'],
      [`${P}a.lua`, 'kong.log("kong.singletons is gone")'],
      [`${P}a.lua`, 'local s = require "my.kong.singletons"'],
    ],
  },
  {
    id: 'pdk-log-serializer',
    shows: [[`${P}a.lua`, 'local b = require "kong.plugins.log-serializers.basic"', 1]],
    silent: [
      [`${P}a.lua`, '-- require "kong.plugins.log-serializers.basic"'],
      [`${P}a.lua`, 'local b = require "kong.plugins.log-serializers.basic_auth"'],
    ],
  },
  {
    id: 'pdk-base-plugin',
    shows: [[`${P}a.lua`, 'local Base = require "kong.plugins.base_plugin"\nlocal H = Base:extend()', 1]],
    silent: [[`${P}a.lua`, 'local Base = require "mine.base_plugin"']],
  },
  {
    id: 'pdk-batch-queue',
    shows: [[`${P}a.lua`, 'local BatchQueue = require "kong.tools.batch_queue"', 1]],
    silent: [[`${P}a.lua`, 'local q = require "kong.tools.queue" -- was kong.tools.batch_queue']],
  },
  {
    id: 'pdk-migration-helpers',
    shows: [[`${P}migrations/000.lua`, 'local h = require("kong.db.migrations.helpers")', 1]],
    silent: [[`${P}a.lua`, 'local h = require "kong.db.migrations.operations"']],
  },
  {
    id: 'pdk-balancer-address',
    shows: [
      [`${P}a.lua`, 'local ip = ngx.ctx.balancer_address.ip', 1],
      [`${P}a.lua`, 'local ctx = ngx.ctx\nlocal ip = ctx.balancer_address.ip', 2],
      [`${P}a.lua`, 'local ip = ngx.ctx["balancer_address"].ip', 1],
      [`${P}a.lua`, 'function M.log(conf, ctx)\n  return ctx.balancer_address.ip\nend', 2],
    ],
    silent: [
      [`${P}a.lua`, 'local ip = ngx.ctx.balancer_data.ip -- not ngx.ctx.balancer_address'],
      [`${P}a.lua`, 'local mine = {}\nmine.ngx.ctx.balancer_address = 1'],
      [`${P}a.lua`, 'local s = "ngx.ctx.balancer_address"'],
      [`${P}a.lua`, 'local ctx = kong.ctx.plugin\nctx.balancer_address = 1'],
    ],
  },
  {
    id: 'pdk-jwt-ctx',
    shows: [[`${P}a.lua`, 'local t = ngx.ctx.authenticated_jwt_token', 1]],
    silent: [
      [`${P}a.lua`, 'local t = kong.ctx.shared.authenticated_jwt_token'],
      [`${P}a.lua`, 'ngx.ctx.authenticated_jwt_token = token'],
    ],
  },
  {
    id: 'pdk-proxy-cache-hit',
    shows: [[`${P}a.lua`, 'if ngx.ctx.proxy_cache_hit then return end', 1]],
    silent: [[`${P}a.lua`, 'if kong.ctx.shared.proxy_cache_hit then return end']],
  },
  {
    id: 'pdk-get-path-normalized',
    shows: [
      [`${P}a.lua`, 'local path = kong.request.get_path()', 1],
      [`${P}a.lua`, 'local get_path = kong.request.get_path\nlocal p = get_path()', 1],
      [`${P}a.lua`, 'local req = kong.request\n\nlocal p = req.get_path()', 3],
      ['plugin.py', 'def access(self, kong):\n    p = kong.request.get_path()', 2],
    ],
    silent: [
      [`${P}a.lua`, 'local path = kong.request.get_raw_path()'],
      [`${P}a.lua`, 'local path = kong.request.get_path_with_query()'],
      [`${P}a.lua`, 'local path = client.request.get_path()'],
      ['plugin.py', '# kong.request.get_path()'],
    ],
  },
  {
    id: 'pdk-response-get-source',
    shows: [[`${P}a.lua`, 'if kong.response.get_source() == "exit" then end', 1]],
    silent: [[`${P}a.lua`, 'local s = kong.response.get_status()']],
  },
  {
    id: 'pdk-header-multi-future',
    upgrade: LATER,
    shows: [
      [`${P}a.lua`, 'local h = ngx.var.http_x_forwarded_for\nlocal var = ngx.var\nlocal g = var.http_host', 1, 3],
    ],
    silent: [[`${P}a.lua`, 'local h = ngx.var.request_uri']],
  },
  {
    id: 'pdk-shorthands',
    shows: [[`${P}schema.lua`, 'return { name = "mine", fields = {},\n shorthands = { { a = function() end } } }', 2]],
    silent: [
      [`${P}schema.lua`, 'return { name = "mine", fields = {}, shorthand_fields = {} } -- shorthands = {}'],
      [`${P}a.lua`, 'local shorthands = { fields = 1 }'],
    ],
  },
  {
    id: 'pdk-legacy-attr',
    shows: [[`${P}schema.lua`, 'return { name = "mine",\n legacy = true, fields = {} }', 2]],
    silent: [
      [`${P}schema.lua`, 'local legacy = true\nreturn { name = "mine", fields = {} }'],
      [`${P}a.lua`, 'local options = { legacy = true }'],
    ],
  },
  {
    id: 'pdk-transfer-encoding',
    shows: [
      [`${P}a.lua`, 'kong.response.set_header("Transfer-Encoding", "chunked")', 1],
      [
        `${P}a.lua`,
        'local response = kong.response\nresponse.exit(200, "x", {\n ["transfer-encoding"] = "chunked" })',
        3,
      ],
    ],
    silent: [
      [`${P}a.lua`, 'kong.service.request.set_header("Transfer-Encoding", "chunked")'],
      [`${P}a.lua`, 'kong.response.set_header("X-A", "b")\nlocal t = "Transfer-Encoding"'],
      [`${P}a.lua`, '-- kong.response.set_header("Transfer-Encoding", "chunked")'],
    ],
  },
  {
    id: 'pdk-credential-username',
    shows: [
      [`${P}a.lua`, 'local constants = require "kong.constants"\nf(constants.HEADERS.CREDENTIAL_USERNAME)', 2],
      [`${P}a.lua`, 'kong.service.request.set_header("X-Credential-Username", u)', 1],
    ],
    silent: [[`${P}a.lua`, 'f(constants.HEADERS.CREDENTIAL_IDENTIFIER, "X-Consumer-Username") -- CREDENTIAL_USERNAME']],
  },
  {
    id: 'pdk-process-auto-fields',
    shows: [[`${P}a.lua`, 'local row = schema:process_auto_fields(data, "select")', 1]],
    silent: [[`${P}a.lua`, 'local process_auto_fields = 1']],
  },
  {
    id: 'pdk-not-versioned',
    shows: [[`${P}a.lua`, 'if kong.pdk_major_version == 1 then end', 1]],
    silent: [[`${P}a.lua`, 'if kong.version_num > 3000000 then end']],
  },
  {
    id: 'pdk-priority-version',
    shows: [
      [`${P}handler.lua`, 'local H = {}\nreturn H', 1, 1],
      [`${P}handler.lua`, 'local H = { PRIORITY = 1000.5, VERSION = "1.0.0" }\nreturn H', 1],
      [`${P}handler.lua`, 'local H = {\n  PRIORITY = "1000",\n  VERSION = "1.0.0.1" }\nreturn H', 2, 3],
      [`${P}handler.lua`, 'local H = {}\nH.PRIORITY = math.huge\nH.VERSION = 1.0\nreturn H', 2, 3],
      [
        `${P}handler.lua`,
        'local B = require "kong.plugins.base_plugin"\nlocal H = B:extend()\n-- PRIORITY = 10\nH.VERSION = "dev"\nreturn H',
        1,
        4,
      ],
    ],
    silent: [
      [`${P}handler.lua`, 'return { PRIORITY = -5, VERSION = "1.0.0-1" }'],
      [`${P}handler.lua`, 'local H = {}\nH["PRIORITY"] = 1e3\nH.VERSION = "0." .. minor\nreturn H'],
      [`${P}handler.lua`, 'return require "mine.other"'],
      ['lib/handler.lua', 'return {}'],
      [`${P}access.lua`, 'return {}'],
    ],
  },
  {
    id: 'plugin-priorities',
    shows: [[`${P}handler.lua`, 'return {\n PRIORITY = 1010, VERSION = "1.0.0" }', 2]],
    silent: [
      [`${P}handler.lua`, 'return { PRIORITY = 5, VERSION = "1.0.0" }'],
      [`${P}handler.lua`, 'return { PRIORITY = BASE + 1, VERSION = "1.0.0" }'],
      ['lib/handler.lua', 'return { PRIORITY = 1010 }'],
    ],
  },
  {
    id: 'pdk-0x-schema',
    shows: [
      [`${P}schema.lua`, 'return {\n  no_consumer = true,\n  fields = { url = { type = "string" } } }', 3],
      [`${P}schema.lua`, 'return { fields = { { config = {} } } }', 1],
    ],
    silent: [
      [`${P}schema.lua`, 'return { name = "mine", fields = { { config = { type = "record", fields = {} } } } }'],
      [`${P}other.lua`, 'return { no_consumer = true, fields = { a = {} } }'],
    ],
  },
  {
    id: 'pdk-daos-array',
    shows: [
      [`${P}daos.lua`, 'return {\n  things = { name = "things", fields = {} },\n}', 2],
      [`${P}daos.lua`, 'local things = {}\nlocal M = { things = things }\nreturn M', 2],
    ],
    silent: [
      [`${P}daos.lua`, 'local things = { name = "things" }\nreturn { things }'],
      [`${P}daos.lua`, 'return { { name = "things", fields = { { id = 1 } } } }'],
      [`${P}api.lua`, 'return { things = {} }'],
    ],
  },
  {
    id: 'pdk-cassandra-strategy',
    shows: [[`${P}migrations/000_base.lua`, 'return {\n  cassandra = { up = [[ CREATE TABLE x ]] } }', 2]],
    silent: [
      [`${P}migrations/000_base.lua`, 'return { postgres = { up = "" }, cassandra = { up = [[ x ]] } }'],
      [`${P}a.lua`, 'return { cassandra = {} }'],
    ],
  },
  {
    id: 'pdk-js-python-rawbody',
    shows: [
      ['plugin.js', 'async access(kong) {\n  const body = await kong.request.getRawBody()\n}', 2],
      ['plugin.py', 'body = kong.request.get_raw_body()', 1],
    ],
    silent: [
      ['plugin.js', '// kong.request.getRawBody()'],
      ['plugin.py', '"""docs"""  # get_raw_body()'],
      [`${P}a.lua`, 'local body = kong.request.get_raw_body()'],
    ],
  },
  {
    id: 'targets-post-no-update',
    shows: [
      ['add.sh', '#!/bin/sh\ncurl -X POST http://kong:8001/upstreams/u/targets \\\n  -d target=1.2.3.4:80', 2],
      ['add.sh', 'curl -s http://kong:8001/upstreams/u/targets --data target=1.2.3.4:80', 1],
      ['add.py', 'requests.post(f"{admin}/upstreams/{name}/targets", json=body)', 1],
      ['add.js', "fetch(`${admin}/upstreams/u/targets`, {\n  method: 'POST',\n})", 1],
      ['ci.yml', 'script:\n  - curl -d target=x http://kong:8001/upstreams/u/targets', 2],
    ],
    silent: [
      ['add.sh', '# curl -X POST http://kong:8001/upstreams/u/targets -d x'],
      ['add.sh', 'curl http://kong:8001/upstreams/u/targets'],
      ['add.sh', 'curl -X PUT http://kong:8001/upstreams/u/targets/a -d weight=1'],
      ['add.py', 'requests.get(f"{admin}/upstreams/{name}/targets")'],
    ],
  },
  {
    id: 'api-target-health-put',
    shows: [['drain.sh', 'curl -XPOST $ADMIN/upstreams/u/targets/10.0.0.1:80/unhealthy', 1]],
    silent: [
      ['drain.sh', 'curl -X PUT $ADMIN/upstreams/u/targets/10.0.0.1:80/unhealthy'],
      ['drain.sh', 'curl $ADMIN/upstreams/u/health'],
    ],
  },
  {
    id: 'api-vitals-reports',
    shows: [['report.py', 'get(base + "/vitals/reports/consumer")', 1]],
    silent: [['report.py', 'get(base + "/default/vitals/status_codes/by_consumer")']],
  },
  {
    id: 'api-available-on-server',
    shows: [['check.sh', "curl $ADMIN | jq '.plugins.available_on_server.acl'", 1]],
    silent: [['check.sh', "# available_on_server\ncurl $ADMIN | jq '.plugins.enabled_in_cluster'"]],
  },
  {
    id: 'api-dynamic-log-level-timeout',
    shows: [['debug.sh', 'curl -X PUT $ADMIN/debug/node/log-level/debug', 1]],
    silent: [['debug.sh', 'export KONG_LOG_LEVEL=debug']],
  },
  {
    id: 'api-status-db-field',
    shows: [
      ['health.sh', "curl $STATUS/status | jq -e '.database.reachable'", 1],
      ['health.py', 'return r.json()["database"]["reachable"]', 1],
    ],
    silent: [['health.sh', 'echo "database is reachable"']],
  },
  {
    id: 'api-admin-db-down-200',
    shows: [['compose.yml', 'healthcheck:\n  test: curl -f http://localhost:8001/', 2]],
    silent: [['compose.yml', 'ports:\n  - 127.0.0.1:8001:8001']],
  },
  {
    id: 'api-consumer-groups-pagination-future',
    upgrade: LATER,
    shows: [['groups.sh', 'curl $ADMIN/consumer_groups', 1]],
    silent: [['groups.lua', 'local consumer_groups = {}']],
  },
  {
    id: 'vaults-beta-renamed',
    shows: [['v.sh', 'curl $ADMIN/vaults-beta', 1]],
    silent: [['v.sh', 'curl $ADMIN/vaults']],
  },
  {
    id: 'plat-alpine',
    shows: [
      ['Dockerfile', 'FROM kong/kong-gateway:2.8.1.1-alpine', 1],
      ['Dockerfile', 'FROM kong:2.8\nUSER root\nRUN apk add --no-cache git', 1, 3],
      ['Dockerfile', 'FROM kong\nRUN adduser -D x', 1],
      ['values.yaml', 'image: kong:2.8-alpine', 1],
    ],
    silent: [
      ['Dockerfile', 'FROM node:20-alpine\nRUN apk add git'],
      ['Dockerfile', 'FROM kong:2.8\nCOPY x /x'],
      ['Dockerfile', 'FROM kong:3.4\nRUN useradd x'],
      ['Dockerfile', '# FROM kong:2.8-alpine\nFROM kong:3.4-ubuntu'],
    ],
  },
  {
    id: 'plat-minimal-images',
    shows: [
      ['Dockerfile', 'FROM kong/kong-gateway:2.8-debian\nRUN luarocks install kong-oidc', 2],
      ['Dockerfile', 'FROM kong:2.8\nHEALTHCHECK CMD curl -f http://localhost:8100/status', 2],
    ],
    silent: [
      ['Dockerfile', 'FROM kong:2.8\nRUN apt-get update && apt-get install -y curl \\\n  && curl -O http://x'],
      ['Dockerfile', 'FROM debian:12\nRUN curl http://x\nFROM kong:3.4\nCOPY --from=0 /x /x\nRUN echo curl'],
    ],
  },
  {
    id: 'plat-rhel8-image',
    shows: [['kong.Dockerfile', 'FROM kong/kong-gateway:2.8-rhel', 1]],
    silent: [['Dockerfile', 'FROM registry.access.redhat.com/ubi8/ubi']],
  },
  {
    id: 'plat-ubuntu1804',
    shows: [['Dockerfile', 'FROM --platform=linux/amd64 ubuntu:18.04', 1]],
    silent: [['Dockerfile', 'FROM ubuntu:22.04']],
  },
  {
    id: 'plat-amazonlinux1',
    shows: [['Dockerfile', 'FROM amazonlinux:1', 1]],
    silent: [['Dockerfile', 'FROM amazonlinux:2']],
  },
  {
    id: 'plat-amazonlinux2022',
    shows: [['Dockerfile', 'FROM public.ecr.aws/amazonlinux/amazonlinux:2022', 1]],
    silent: [['Dockerfile', 'FROM amazonlinux:2023']],
  },
  {
    id: 'plat-debian8-10',
    shows: [['Dockerfile', 'FROM debian:buster-slim', 1]],
    silent: [['Dockerfile', 'FROM debian:bookworm']],
  },
  {
    id: 'plat-systemd-unit',
    shows: [['user-data.sh', 'systemctl enable --now kong', 1]],
    silent: [
      ['user-data.sh', 'systemctl enable --now kong-enterprise-edition'],
      ['user-data.sh', '# systemctl start kong'],
    ],
  },
  {
    id: 'conf-go-pluginserver',
    shows: [
      ['Dockerfile', 'FROM kong:2.8\nCOPY --from=build /go/bin/go-pluginserver /usr/local/bin/', 2],
      ['compose.yml', 'environment:\n  KONG_GO_PLUGINS_DIR: /opt/go', 2],
      ['Makefile', 'all:\n\tgo build -buildmode=plugin x.go', 2],
    ],
    silent: [
      ['compose.yml', 'environment:\n  KONG_PLUGINSERVER_NAMES: go-x # no go-pluginserver'],
      ['Makefile', 'all:\n\tgo build -o go-x'],
    ],
  },
  {
    id: 'plat-nginx-template-serve-admin',
    shows: [['nginx_kong.template', 'location / {\n  content_by_lua_block { Kong.serve_admin_api() }\n}', 2]],
    silent: [['nginx_kong.template', 'content_by_lua_block { Kong.admin_content() }']],
  },
  {
    id: 'plat-nginx-template-diff',
    shows: [['entrypoint.sh', 'exec kong start --vv --nginx-conf /etc/kong/nginx.template', 1]],
    silent: [['entrypoint.sh', 'exec kong start --conf /etc/kong/kong.conf']],
  },
  {
    id: 'declarative-lua-import',
    shows: [
      ['load.sh', 'kong config db_import /etc/kong/config.lua', 1],
      ['compose.yml', 'environment:\n  KONG_DECLARATIVE_CONFIG: /kong/config.lua', 2],
    ],
    silent: [['load.sh', 'kong config db_import /etc/kong/config.yml # was config.lua']],
  },
  {
    id: 'deck-old-file-overwrite',
    shows: [
      ['.github/workflows/deploy.yml', 'steps:\n  - run: deck gateway sync kong.yaml', 2],
      ['Makefile', 'sync:\n\tdeck --kong-addr $(ADDR) sync -s kong.yaml', 2],
    ],
    silent: [
      ['deploy.sh', 'deck gateway diff kong.yaml'],
      ['deploy.sh', '# deck gateway sync kong.yaml'],
    ],
  },
];

const linesOf = (id: string, path: string, text: string, upgrade = LTS): (number | null)[] =>
  checkSources(
    // A plugin has both, so that the file stands in one.
    [
      { path, text },
      ...['handler.lua', 'schema.lua'].filter((n) => `${P}${n}` !== path).map((n) => ({ path: `${P}${n}`, text: '' })),
    ],
    upgrade,
  )
    .findings.filter((finding) => finding.id === id && finding.file === path)
    .map(({ line }) => line);

describe.each(CASES)('$id', ({ id, shows, silent, upgrade }) => {
  test.each(shows.map(([path, text, ...lines]) => ({ path, text, lines })))(
    'is found in $text',
    ({ path, text, lines }) => {
      expect(linesOf(id, path, text, upgrade)).toEqual(lines);
    },
  );

  test.each(silent.map(([path, text]) => ({ path, text })))('is not found in $text', ({ path, text }) => {
    expect(linesOf(id, path, text, upgrade)).toEqual([]);
  });
});

test('every rule has a source that shows it and one that must not', () => {
  expect(CASES.map(({ id }) => id).sort()).toEqual([...SOURCE_CHANGES].sort());
  for (const { shows, silent } of CASES) {
    expect(shows.length).toBeGreaterThan(0);
    expect(silent.length).toBeGreaterThan(0);
  }
});
