return {
  cassandra = {
    up = [[
      CREATE TABLE IF NOT EXISTS audits (id uuid, name text, PRIMARY KEY (id)); -- postgres = { up = "" }
    ]],
  },
}
