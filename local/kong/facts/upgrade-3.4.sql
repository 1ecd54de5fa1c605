-- What the migrations of Kong 3.4.2 do to a 2.8 database, so far as it is SQL (the rest: migrations/data.ts). Compared
-- with test/recorded/datastore. A line `-- @ <subsystem>/<migration> [finish]` begins a part.

-- @ core/016_280_to_300
ALTER TABLE IF EXISTS targets ADD COLUMN IF NOT EXISTS cache_key text UNIQUE;
ALTER TABLE IF EXISTS upstreams ADD COLUMN IF NOT EXISTS hash_on_query_arg text, ADD COLUMN IF NOT EXISTS hash_fallback_query_arg text,
  ADD COLUMN IF NOT EXISTS hash_on_uri_capture text, ADD COLUMN IF NOT EXISTS hash_fallback_uri_capture text;
CREATE TABLE IF NOT EXISTS sm_vaults (
  id uuid PRIMARY KEY, ws_id uuid REFERENCES workspaces(id), prefix text UNIQUE, name text NOT NULL, description text,
  config jsonb NOT NULL, created_at timestamptz DEFAULT (CURRENT_TIMESTAMP(0) AT TIME ZONE 'UTC'), updated_at timestamptz,
  tags text[], UNIQUE (id, ws_id), UNIQUE (prefix, ws_id)
);
CREATE OR REPLACE TRIGGER sm_vaults_sync_tags_trigger AFTER INSERT OR DELETE OR UPDATE OF tags ON sm_vaults FOR EACH ROW EXECUTE FUNCTION sync_tags();
DO $$ BEGIN
  IF to_regclass('vaults_beta') IS NOT NULL THEN
    INSERT INTO sm_vaults SELECT id, ws_id, prefix, name, description, config, created_at, updated_at, tags FROM vaults_beta
      ON CONFLICT DO NOTHING;
  END IF;
END $$;
DROP TABLE IF EXISTS ttls;
CREATE TABLE IF NOT EXISTS keys (
  id uuid PRIMARY KEY, set_id uuid, name text UNIQUE, cache_key text UNIQUE, ws_id uuid REFERENCES workspaces(id), kid text,
  jwk text, pem jsonb, tags text[], created_at timestamptz, updated_at timestamptz, UNIQUE (kid, set_id)
);
CREATE TABLE IF NOT EXISTS key_sets (
  id uuid PRIMARY KEY, name text UNIQUE, tags text[], ws_id uuid REFERENCES workspaces(id), created_at timestamptz,
  updated_at timestamptz
);
ALTER TABLE IF EXISTS keys DROP CONSTRAINT IF EXISTS keys_set_id_fkey,
  ADD CONSTRAINT keys_set_id_fkey FOREIGN KEY (set_id) REFERENCES key_sets(id) ON DELETE CASCADE;
CREATE OR REPLACE TRIGGER keys_sync_tags_trigger AFTER INSERT OR DELETE OR UPDATE OF tags ON keys FOR EACH ROW EXECUTE FUNCTION sync_tags();
CREATE OR REPLACE TRIGGER key_sets_sync_tags_trigger AFTER INSERT OR DELETE OR UPDATE OF tags ON key_sets FOR EACH ROW EXECUTE FUNCTION sync_tags();

-- @ core/016_280_to_300 finish
DELETE FROM targets a USING targets b
  WHERE a.upstream_id = b.upstream_id AND a.target = b.target AND a.created_at < b.created_at;
UPDATE targets SET cache_key = concat('targets:', upstream_id, ':', target, '::::', ws_id);
DROP TABLE IF EXISTS vaults_beta;

-- @ core/017_300_to_310
ALTER TABLE IF EXISTS upstreams ADD COLUMN IF NOT EXISTS use_srv_name boolean DEFAULT false;

-- @ core/018_310_to_320
ALTER TABLE IF EXISTS plugins ADD COLUMN IF NOT EXISTS instance_name text;
ALTER TABLE IF EXISTS plugins DROP CONSTRAINT IF EXISTS plugins_ws_id_instance_name_unique,
  ADD CONSTRAINT plugins_ws_id_instance_name_unique UNIQUE (ws_id, instance_name);
ALTER TABLE IF EXISTS routes ADD COLUMN IF NOT EXISTS expression text, ADD COLUMN IF NOT EXISTS priority bigint;

-- @ core/019_320_to_330
CREATE OR REPLACE FUNCTION batch_delete_expired_rows() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  EXECUTE format('DELETE FROM %s WHERE ctid IN (SELECT ctid FROM %s WHERE %s < CURRENT_TIMESTAMP AT TIME ZONE ''UTC'' ORDER BY %s LIMIT 2 FOR UPDATE SKIP LOCKED)',
    TG_TABLE_NAME, TG_TABLE_NAME, TG_ARGV[0], TG_ARGV[0]);
  RETURN NULL;
END $$;
DO $$ BEGIN CREATE OR REPLACE TRIGGER cluster_events_ttl_trigger AFTER INSERT ON cluster_events FOR EACH STATEMENT EXECUTE FUNCTION batch_delete_expired_rows('expire_at'); EXCEPTION WHEN undefined_table THEN NULL; END $$;
DO $$ BEGIN CREATE OR REPLACE TRIGGER clustering_data_planes_ttl_trigger AFTER INSERT ON clustering_data_planes FOR EACH STATEMENT EXECUTE FUNCTION batch_delete_expired_rows('ttl'); EXCEPTION WHEN undefined_table THEN NULL; END $$;
ALTER TABLE IF EXISTS ca_certificates ADD COLUMN IF NOT EXISTS updated_at timestamptz DEFAULT (CURRENT_TIMESTAMP(0) AT TIME ZONE 'UTC');
ALTER TABLE IF EXISTS certificates ADD COLUMN IF NOT EXISTS updated_at timestamptz DEFAULT (CURRENT_TIMESTAMP(0) AT TIME ZONE 'UTC');
ALTER TABLE IF EXISTS clustering_data_planes ADD COLUMN IF NOT EXISTS updated_at timestamptz DEFAULT (CURRENT_TIMESTAMP(0) AT TIME ZONE 'UTC');
ALTER TABLE IF EXISTS consumers ADD COLUMN IF NOT EXISTS updated_at timestamptz DEFAULT (CURRENT_TIMESTAMP(0) AT TIME ZONE 'UTC');
ALTER TABLE IF EXISTS plugins ADD COLUMN IF NOT EXISTS updated_at timestamptz DEFAULT (CURRENT_TIMESTAMP(0) AT TIME ZONE 'UTC');
ALTER TABLE IF EXISTS snis ADD COLUMN IF NOT EXISTS updated_at timestamptz DEFAULT (CURRENT_TIMESTAMP(0) AT TIME ZONE 'UTC');
ALTER TABLE IF EXISTS targets ADD COLUMN IF NOT EXISTS updated_at timestamptz DEFAULT (CURRENT_TIMESTAMP(3) AT TIME ZONE 'UTC');
ALTER TABLE IF EXISTS upstreams ADD COLUMN IF NOT EXISTS updated_at timestamptz DEFAULT (CURRENT_TIMESTAMP(0) AT TIME ZONE 'UTC');
ALTER TABLE IF EXISTS workspaces ADD COLUMN IF NOT EXISTS updated_at timestamptz DEFAULT (CURRENT_TIMESTAMP(0) AT TIME ZONE 'UTC');

-- @ core/020_330_to_340
CREATE TABLE IF NOT EXISTS filter_chains (
  id uuid PRIMARY KEY, name text UNIQUE, enabled boolean DEFAULT true, route_id uuid REFERENCES routes(id) ON DELETE CASCADE,
  service_id uuid REFERENCES services(id) ON DELETE CASCADE, ws_id uuid REFERENCES workspaces(id) ON DELETE CASCADE,
  cache_key text UNIQUE, filters jsonb[], tags text[], created_at timestamptz, updated_at timestamptz
);
CREATE OR REPLACE TRIGGER filter_chains_sync_tags_trigger AFTER INSERT OR DELETE OR UPDATE OF tags ON filter_chains FOR EACH ROW EXECUTE FUNCTION sync_tags();

-- @ acme/001_280_to_300

-- @ acme/002_320_to_330
DO $$ BEGIN CREATE OR REPLACE TRIGGER acme_storage_ttl_trigger AFTER INSERT ON acme_storage FOR EACH STATEMENT EXECUTE FUNCTION batch_delete_expired_rows('ttl'); EXCEPTION WHEN undefined_table THEN NULL; END $$;

-- @ key-auth/004_320_to_330
DO $$ BEGIN CREATE OR REPLACE TRIGGER keyauth_credentials_ttl_trigger AFTER INSERT ON keyauth_credentials FOR EACH STATEMENT EXECUTE FUNCTION batch_delete_expired_rows('ttl'); EXCEPTION WHEN undefined_table THEN NULL; END $$;

-- @ oauth2/006_320_to_330
DO $$ BEGIN CREATE OR REPLACE TRIGGER oauth2_authorization_codes_ttl_trigger AFTER INSERT ON oauth2_authorization_codes FOR EACH STATEMENT EXECUTE FUNCTION batch_delete_expired_rows('ttl'); EXCEPTION WHEN undefined_table THEN NULL; END $$;
DO $$ BEGIN CREATE OR REPLACE TRIGGER oauth2_tokens_ttl_trigger AFTER INSERT ON oauth2_tokens FOR EACH STATEMENT EXECUTE FUNCTION batch_delete_expired_rows('ttl'); EXCEPTION WHEN undefined_table THEN NULL; END $$;

-- @ oauth2/007_320_to_330
ALTER TABLE IF EXISTS oauth2_authorization_codes ADD COLUMN IF NOT EXISTS plugin_id uuid REFERENCES plugins(id) ON DELETE CASCADE;

-- @ rate-limiting/005_320_to_330
DO $$ BEGIN CREATE OR REPLACE TRIGGER ratelimiting_metrics_ttl_trigger AFTER INSERT ON ratelimiting_metrics FOR EACH STATEMENT EXECUTE FUNCTION batch_delete_expired_rows('ttl'); EXCEPTION WHEN undefined_table THEN NULL; END $$;

-- @ session/002_320_to_330
DO $$ BEGIN CREATE OR REPLACE TRIGGER sessions_ttl_trigger AFTER INSERT ON sessions FOR EACH STATEMENT EXECUTE FUNCTION batch_delete_expired_rows('ttl'); EXCEPTION WHEN undefined_table THEN NULL; END $$;

-- @ http-log/001_280_to_300 finish
UPDATE plugins SET config = jsonb_set(config, '{headers}', (
    SELECT jsonb_object_agg(h.key, (SELECT string_agg(v, ', ') FROM jsonb_array_elements_text(h.value) v))
    FROM jsonb_each(config -> 'headers') h))
  WHERE name = 'http-log' AND jsonb_typeof(config -> 'headers') = 'object'
    AND NOT EXISTS (SELECT 1 FROM jsonb_each(config -> 'headers') h WHERE jsonb_typeof(h.value) <> 'array')
    AND config -> 'headers' <> '{}';

-- @ pre-function/001_280_to_300
UPDATE plugins SET config = jsonb_set(config, '{access}', config -> 'functions')
  WHERE name = 'pre-function' AND jsonb_typeof(config -> 'functions') = 'array' AND config -> 'functions' <> '[]';

-- @ pre-function/001_280_to_300 finish
UPDATE plugins SET config = config - 'functions'
  WHERE name = 'pre-function' AND config -> 'functions' NOT IN ('[]', '{}');

-- @ post-function/001_280_to_300
UPDATE plugins SET config = jsonb_set(config, '{access}', config -> 'functions')
  WHERE name = 'post-function' AND jsonb_typeof(config -> 'functions') = 'array' AND config -> 'functions' <> '[]';

-- @ post-function/001_280_to_300 finish
UPDATE plugins SET config = config - 'functions'
  WHERE name = 'post-function' AND config -> 'functions' NOT IN ('[]', '{}');
