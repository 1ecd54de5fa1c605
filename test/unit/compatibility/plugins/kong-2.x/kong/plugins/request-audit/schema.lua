return {
  no_consumer = true,
  fields = {
    audit_id = { type = "string", required = true },
    refuse = { type = "boolean", default = false },
  },
  self_check = function(schema, conf) return true end,
}
