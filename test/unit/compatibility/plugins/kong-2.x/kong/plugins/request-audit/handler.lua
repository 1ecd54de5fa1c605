-- Written for Kong 2.x on purpose: what check plugins has to find.
local BasePlugin = require "kong.plugins.base_plugin"
local BatchQueue = require "kong.tools.batch_queue"
local serializer = require("kong.plugins.log-serializers.basic")
local singletons = require "kong.singletons"
local constants = require "kong.constants"

--[[
  Old notes, not code: ngx.ctx.balancer_address, kong.request.get_path()
]]

local RequestAudit = BasePlugin:extend()

RequestAudit.PRIORITY = 1010
RequestAudit.VERSION = "1.0.0.2"

local ctx = ngx.ctx

function RequestAudit:new()
  RequestAudit.super.new(self, "request-audit")
end

function RequestAudit:access(conf)
  RequestAudit.super.access(self)
  local path = kong.request.get_path()
  local entity = singletons.db.audits:select({ id = conf.audit_id })
  kong.service.request.set_header(constants.HEADERS.CREDENTIAL_USERNAME, entity.name)
  if conf.refuse and path == "/--not-a-comment" then
    return kong.response.exit(403, "", { ["Transfer-Encoding"] = "chunked" })
  end
end

function RequestAudit:log(conf)
  local token = ctx.authenticated_jwt_token
  local record = serializer.serialize(ngx)
  record.upstream = ctx.balancer_address.ip
  record.text = "ngx.ctx.proxy_cache_hit is told elsewhere"
  BatchQueue.new(function() end, {}):add(record)
end

return RequestAudit
