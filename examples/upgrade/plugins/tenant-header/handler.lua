-- A plugin of one's own for Kong 2.8:
--   npx kong-dual-cluster check plugins plugins --from 2.8 --to 3.4
local BasePlugin = require("kong.plugins.base_plugin")

local TenantHeader = BasePlugin:extend()

TenantHeader.PRIORITY = 900
TenantHeader.VERSION = "1.0.0"

function TenantHeader:access(conf)
  TenantHeader.super.access(self)
  kong.service.request.set_header("x-tenant", conf.tenant)
end

return TenantHeader
