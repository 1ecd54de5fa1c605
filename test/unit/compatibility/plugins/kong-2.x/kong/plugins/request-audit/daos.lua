local typedefs = require "kong.db.schema.typedefs"

return {
  audits = {
    name = "audits",
    primary_key = { "id" },
    fields = {
      { id = typedefs.uuid },
      { name = { type = "string", legacy = true } },
    },
  },
}
