-- The tables of Kong 2.8.5 as its migrations leave them (test/recorded/datastore), in a trimmed form: every table, column,
-- key and constraint under its real name; without the search indexes. A line `-- @ <subsystem>/<migration>` begins what
-- that migration executes; migrations that are not named here only leave their row in schema_meta.

-- @ core/000_base
CREATE OR REPLACE FUNCTION sync_tags() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF TG_OP = 'DELETE' THEN
    DELETE FROM tags WHERE entity_id = OLD.id;
    RETURN OLD;
  END IF;
  INSERT INTO tags VALUES (NEW.id, TG_TABLE_NAME, NEW.tags) ON CONFLICT (entity_id) DO UPDATE SET tags = EXCLUDED.tags;
  RETURN NEW;
END $$;
CREATE TABLE IF NOT EXISTS schema_meta (
  key text NOT NULL, subsystem text NOT NULL, last_executed text, executed text[], pending text[],
  PRIMARY KEY (key, subsystem)
);
CREATE TABLE IF NOT EXISTS workspaces (
  id uuid NOT NULL, name text, comment text, created_at timestamptz DEFAULT (CURRENT_TIMESTAMP(0) AT TIME ZONE 'UTC'),
  meta jsonb, config jsonb, PRIMARY KEY (id), CONSTRAINT workspaces_name_key UNIQUE (name)
);
INSERT INTO workspaces (id, name) VALUES (gen_random_uuid(), 'default') ON CONFLICT DO NOTHING;
CREATE TABLE IF NOT EXISTS locks (
  key text NOT NULL, owner text, ttl timestamptz, PRIMARY KEY (key)
);
CREATE TABLE IF NOT EXISTS parameters (
  key text NOT NULL, value text NOT NULL, created_at timestamptz, PRIMARY KEY (key)
);
INSERT INTO parameters (key, value) VALUES ('cluster_id', gen_random_uuid()) ON CONFLICT DO NOTHING;
CREATE TABLE IF NOT EXISTS tags (
  entity_id uuid NOT NULL, entity_name text, tags text[], PRIMARY KEY (entity_id)
);
CREATE TABLE IF NOT EXISTS ttls (
  primary_key_value text NOT NULL, primary_uuid_value uuid, table_name text NOT NULL, primary_key_name text NOT NULL,
  expire_at timestamp without time zone NOT NULL, PRIMARY KEY (primary_key_value, table_name)
);
CREATE TABLE IF NOT EXISTS cluster_events (
  id uuid NOT NULL, node_id uuid NOT NULL, at timestamptz NOT NULL, nbf timestamptz, expire_at timestamptz NOT NULL,
  channel text, data text, PRIMARY KEY (id)
);
CREATE TABLE IF NOT EXISTS clustering_data_planes (
  id uuid NOT NULL, hostname text NOT NULL, ip text NOT NULL,
  last_seen timestamptz DEFAULT (CURRENT_TIMESTAMP(0) AT TIME ZONE 'UTC'), config_hash text NOT NULL, ttl timestamptz,
  version text, sync_status text DEFAULT 'unknown' NOT NULL, PRIMARY KEY (id)
);
CREATE TABLE IF NOT EXISTS ca_certificates (
  id uuid NOT NULL, created_at timestamptz DEFAULT (CURRENT_TIMESTAMP(0) AT TIME ZONE 'UTC'), cert text NOT NULL,
  tags text[], cert_digest text NOT NULL, PRIMARY KEY (id),
  CONSTRAINT ca_certificates_cert_digest_key UNIQUE (cert_digest)
);
CREATE OR REPLACE TRIGGER ca_certificates_sync_tags_trigger AFTER INSERT OR DELETE OR UPDATE OF tags ON ca_certificates FOR EACH ROW EXECUTE FUNCTION sync_tags();
CREATE TABLE IF NOT EXISTS certificates (
  id uuid NOT NULL, created_at timestamptz DEFAULT (CURRENT_TIMESTAMP(0) AT TIME ZONE 'UTC'), cert text, key text,
  tags text[], ws_id uuid, cert_alt text, key_alt text, PRIMARY KEY (id),
  CONSTRAINT certificates_id_ws_id_unique UNIQUE (id, ws_id),
  CONSTRAINT certificates_ws_id_fkey FOREIGN KEY (ws_id) REFERENCES workspaces(id)
);
CREATE OR REPLACE TRIGGER certificates_sync_tags_trigger AFTER INSERT OR DELETE OR UPDATE OF tags ON certificates FOR EACH ROW EXECUTE FUNCTION sync_tags();
CREATE TABLE IF NOT EXISTS snis (
  id uuid NOT NULL, created_at timestamptz DEFAULT (CURRENT_TIMESTAMP(0) AT TIME ZONE 'UTC'), name text NOT NULL,
  certificate_id uuid, tags text[], ws_id uuid, PRIMARY KEY (id), CONSTRAINT snis_id_ws_id_unique UNIQUE (id, ws_id),
  CONSTRAINT snis_name_key UNIQUE (name),
  CONSTRAINT snis_certificate_id_fkey FOREIGN KEY (certificate_id, ws_id) REFERENCES certificates(id, ws_id),
  CONSTRAINT snis_ws_id_fkey FOREIGN KEY (ws_id) REFERENCES workspaces(id)
);
CREATE OR REPLACE TRIGGER snis_sync_tags_trigger AFTER INSERT OR DELETE OR UPDATE OF tags ON snis FOR EACH ROW EXECUTE FUNCTION sync_tags();
CREATE TABLE IF NOT EXISTS services (
  id uuid NOT NULL, created_at timestamptz, updated_at timestamptz, name text, retries bigint, protocol text,
  host text, port bigint, path text, connect_timeout bigint, write_timeout bigint, read_timeout bigint, tags text[],
  client_certificate_id uuid, tls_verify boolean, tls_verify_depth smallint, ca_certificates uuid[], ws_id uuid,
  enabled boolean DEFAULT true, PRIMARY KEY (id), CONSTRAINT services_id_ws_id_unique UNIQUE (id, ws_id),
  CONSTRAINT services_ws_id_name_unique UNIQUE (ws_id, name),
  CONSTRAINT services_client_certificate_id_fkey FOREIGN KEY (client_certificate_id, ws_id) REFERENCES certificates(id, ws_id),
  CONSTRAINT services_ws_id_fkey FOREIGN KEY (ws_id) REFERENCES workspaces(id)
);
CREATE OR REPLACE TRIGGER services_sync_tags_trigger AFTER INSERT OR DELETE OR UPDATE OF tags ON services FOR EACH ROW EXECUTE FUNCTION sync_tags();
CREATE TABLE IF NOT EXISTS routes (
  id uuid NOT NULL, created_at timestamptz, updated_at timestamptz, name text, service_id uuid, protocols text[],
  methods text[], hosts text[], paths text[], snis text[], sources jsonb[], destinations jsonb[],
  regex_priority bigint, strip_path boolean, preserve_host boolean, tags text[], https_redirect_status_code integer,
  headers jsonb, path_handling text DEFAULT 'v0', ws_id uuid, request_buffering boolean, response_buffering boolean,
  PRIMARY KEY (id), CONSTRAINT routes_id_ws_id_unique UNIQUE (id, ws_id),
  CONSTRAINT routes_ws_id_name_unique UNIQUE (ws_id, name),
  CONSTRAINT routes_service_id_fkey FOREIGN KEY (service_id, ws_id) REFERENCES services(id, ws_id),
  CONSTRAINT routes_ws_id_fkey FOREIGN KEY (ws_id) REFERENCES workspaces(id)
);
CREATE OR REPLACE TRIGGER routes_sync_tags_trigger AFTER INSERT OR DELETE OR UPDATE OF tags ON routes FOR EACH ROW EXECUTE FUNCTION sync_tags();
CREATE TABLE IF NOT EXISTS consumers (
  id uuid NOT NULL, created_at timestamptz DEFAULT (CURRENT_TIMESTAMP(0) AT TIME ZONE 'UTC'), username text,
  custom_id text, tags text[], ws_id uuid, PRIMARY KEY (id), CONSTRAINT consumers_id_ws_id_unique UNIQUE (id, ws_id),
  CONSTRAINT consumers_ws_id_custom_id_unique UNIQUE (ws_id, custom_id),
  CONSTRAINT consumers_ws_id_username_unique UNIQUE (ws_id, username),
  CONSTRAINT consumers_ws_id_fkey FOREIGN KEY (ws_id) REFERENCES workspaces(id)
);
CREATE OR REPLACE TRIGGER consumers_sync_tags_trigger AFTER INSERT OR DELETE OR UPDATE OF tags ON consumers FOR EACH ROW EXECUTE FUNCTION sync_tags();
CREATE TABLE IF NOT EXISTS upstreams (
  id uuid NOT NULL, created_at timestamptz DEFAULT (CURRENT_TIMESTAMP(3) AT TIME ZONE 'UTC'), name text, hash_on text,
  hash_fallback text, hash_on_header text, hash_fallback_header text, hash_on_cookie text, hash_on_cookie_path text,
  slots integer NOT NULL, healthchecks jsonb, tags text[], algorithm text, host_header text,
  client_certificate_id uuid, ws_id uuid, PRIMARY KEY (id), CONSTRAINT upstreams_id_ws_id_unique UNIQUE (id, ws_id),
  CONSTRAINT upstreams_ws_id_name_unique UNIQUE (ws_id, name),
  CONSTRAINT upstreams_client_certificate_id_fkey FOREIGN KEY (client_certificate_id) REFERENCES certificates(id),
  CONSTRAINT upstreams_ws_id_fkey FOREIGN KEY (ws_id) REFERENCES workspaces(id)
);
CREATE OR REPLACE TRIGGER upstreams_sync_tags_trigger AFTER INSERT OR DELETE OR UPDATE OF tags ON upstreams FOR EACH ROW EXECUTE FUNCTION sync_tags();
CREATE TABLE IF NOT EXISTS targets (
  id uuid NOT NULL, created_at timestamptz DEFAULT (CURRENT_TIMESTAMP(3) AT TIME ZONE 'UTC'), upstream_id uuid,
  target text NOT NULL, weight integer NOT NULL, tags text[], ws_id uuid, PRIMARY KEY (id),
  CONSTRAINT targets_id_ws_id_unique UNIQUE (id, ws_id),
  CONSTRAINT targets_upstream_id_fkey FOREIGN KEY (upstream_id, ws_id) REFERENCES upstreams(id, ws_id) ON DELETE CASCADE,
  CONSTRAINT targets_ws_id_fkey FOREIGN KEY (ws_id) REFERENCES workspaces(id)
);
CREATE OR REPLACE TRIGGER targets_sync_tags_trigger AFTER INSERT OR DELETE OR UPDATE OF tags ON targets FOR EACH ROW EXECUTE FUNCTION sync_tags();
CREATE TABLE IF NOT EXISTS plugins (
  id uuid NOT NULL, created_at timestamptz DEFAULT (CURRENT_TIMESTAMP(0) AT TIME ZONE 'UTC'), name text NOT NULL,
  consumer_id uuid, service_id uuid, route_id uuid, config jsonb NOT NULL, enabled boolean NOT NULL, cache_key text,
  protocols text[], tags text[], ws_id uuid, PRIMARY KEY (id), CONSTRAINT plugins_cache_key_key UNIQUE (cache_key),
  CONSTRAINT plugins_id_ws_id_unique UNIQUE (id, ws_id),
  CONSTRAINT plugins_consumer_id_fkey FOREIGN KEY (consumer_id, ws_id) REFERENCES consumers(id, ws_id) ON DELETE CASCADE,
  CONSTRAINT plugins_route_id_fkey FOREIGN KEY (route_id, ws_id) REFERENCES routes(id, ws_id) ON DELETE CASCADE,
  CONSTRAINT plugins_service_id_fkey FOREIGN KEY (service_id, ws_id) REFERENCES services(id, ws_id) ON DELETE CASCADE,
  CONSTRAINT plugins_ws_id_fkey FOREIGN KEY (ws_id) REFERENCES workspaces(id)
);
CREATE OR REPLACE TRIGGER plugins_sync_tags_trigger AFTER INSERT OR DELETE OR UPDATE OF tags ON plugins FOR EACH ROW EXECUTE FUNCTION sync_tags();
CREATE TABLE IF NOT EXISTS vaults_beta (
  id uuid NOT NULL, ws_id uuid, prefix text, name text NOT NULL, description text, config jsonb NOT NULL,
  created_at timestamptz DEFAULT (CURRENT_TIMESTAMP(0) AT TIME ZONE 'UTC'), updated_at timestamptz, tags text[],
  PRIMARY KEY (id), CONSTRAINT vaults_beta_id_ws_id_key UNIQUE (id, ws_id),
  CONSTRAINT vaults_beta_prefix_key UNIQUE (prefix), CONSTRAINT vaults_beta_prefix_ws_id_key UNIQUE (prefix, ws_id),
  CONSTRAINT vaults_beta_ws_id_fkey FOREIGN KEY (ws_id) REFERENCES workspaces(id)
);
CREATE OR REPLACE TRIGGER vaults_beta_sync_tags_trigger AFTER INSERT OR DELETE OR UPDATE OF tags ON vaults_beta FOR EACH ROW EXECUTE FUNCTION sync_tags();

-- @ acl/000_base_acl
CREATE TABLE IF NOT EXISTS acls (
  id uuid NOT NULL, created_at timestamptz DEFAULT (CURRENT_TIMESTAMP(0) AT TIME ZONE 'UTC'), consumer_id uuid,
  "group" text, cache_key text, tags text[], ws_id uuid, PRIMARY KEY (id),
  CONSTRAINT acls_cache_key_key UNIQUE (cache_key), CONSTRAINT acls_id_ws_id_unique UNIQUE (id, ws_id),
  CONSTRAINT acls_consumer_id_fkey FOREIGN KEY (consumer_id, ws_id) REFERENCES consumers(id, ws_id) ON DELETE CASCADE,
  CONSTRAINT acls_ws_id_fkey FOREIGN KEY (ws_id) REFERENCES workspaces(id)
);
CREATE OR REPLACE TRIGGER acls_sync_tags_trigger AFTER INSERT OR DELETE OR UPDATE OF tags ON acls FOR EACH ROW EXECUTE FUNCTION sync_tags();

-- @ acme/000_base_acme
CREATE TABLE IF NOT EXISTS acme_storage (
  id uuid NOT NULL, key text, value text, created_at timestamptz, ttl timestamptz, PRIMARY KEY (id),
  CONSTRAINT acme_storage_key_key UNIQUE (key)
);

-- @ basic-auth/000_base_basic_auth
CREATE TABLE IF NOT EXISTS basicauth_credentials (
  id uuid NOT NULL, created_at timestamptz DEFAULT (CURRENT_TIMESTAMP(0) AT TIME ZONE 'UTC'), consumer_id uuid,
  username text, password text, tags text[], ws_id uuid, PRIMARY KEY (id),
  CONSTRAINT basicauth_credentials_id_ws_id_unique UNIQUE (id, ws_id),
  CONSTRAINT basicauth_credentials_ws_id_username_unique UNIQUE (ws_id, username),
  CONSTRAINT basicauth_credentials_consumer_id_fkey FOREIGN KEY (consumer_id, ws_id) REFERENCES consumers(id, ws_id) ON DELETE CASCADE,
  CONSTRAINT basicauth_credentials_ws_id_fkey FOREIGN KEY (ws_id) REFERENCES workspaces(id)
);
CREATE OR REPLACE TRIGGER basicauth_sync_tags_trigger AFTER INSERT OR DELETE OR UPDATE OF tags ON basicauth_credentials FOR EACH ROW EXECUTE FUNCTION sync_tags();

-- @ hmac-auth/000_base_hmac_auth
CREATE TABLE IF NOT EXISTS hmacauth_credentials (
  id uuid NOT NULL, created_at timestamptz DEFAULT (CURRENT_TIMESTAMP(0) AT TIME ZONE 'UTC'), consumer_id uuid,
  username text, secret text, tags text[], ws_id uuid, PRIMARY KEY (id),
  CONSTRAINT hmacauth_credentials_id_ws_id_unique UNIQUE (id, ws_id),
  CONSTRAINT hmacauth_credentials_ws_id_username_unique UNIQUE (ws_id, username),
  CONSTRAINT hmacauth_credentials_consumer_id_fkey FOREIGN KEY (consumer_id, ws_id) REFERENCES consumers(id, ws_id) ON DELETE CASCADE,
  CONSTRAINT hmacauth_credentials_ws_id_fkey FOREIGN KEY (ws_id) REFERENCES workspaces(id)
);
CREATE OR REPLACE TRIGGER hmacauth_sync_tags_trigger AFTER INSERT OR DELETE OR UPDATE OF tags ON hmacauth_credentials FOR EACH ROW EXECUTE FUNCTION sync_tags();

-- @ jwt/000_base_jwt
CREATE TABLE IF NOT EXISTS jwt_secrets (
  id uuid NOT NULL, created_at timestamptz DEFAULT (CURRENT_TIMESTAMP(0) AT TIME ZONE 'UTC'), consumer_id uuid,
  key text, secret text, algorithm text, rsa_public_key text, tags text[], ws_id uuid, PRIMARY KEY (id),
  CONSTRAINT jwt_secrets_id_ws_id_unique UNIQUE (id, ws_id),
  CONSTRAINT jwt_secrets_ws_id_key_unique UNIQUE (ws_id, key),
  CONSTRAINT jwt_secrets_consumer_id_fkey FOREIGN KEY (consumer_id, ws_id) REFERENCES consumers(id, ws_id) ON DELETE CASCADE,
  CONSTRAINT jwt_secrets_ws_id_fkey FOREIGN KEY (ws_id) REFERENCES workspaces(id)
);
CREATE OR REPLACE TRIGGER jwtsecrets_sync_tags_trigger AFTER INSERT OR DELETE OR UPDATE OF tags ON jwt_secrets FOR EACH ROW EXECUTE FUNCTION sync_tags();

-- @ key-auth/000_base_key_auth
CREATE TABLE IF NOT EXISTS keyauth_credentials (
  id uuid NOT NULL, created_at timestamptz DEFAULT (CURRENT_TIMESTAMP(0) AT TIME ZONE 'UTC'), consumer_id uuid,
  key text, tags text[], ttl timestamptz, ws_id uuid, PRIMARY KEY (id),
  CONSTRAINT keyauth_credentials_id_ws_id_unique UNIQUE (id, ws_id),
  CONSTRAINT keyauth_credentials_ws_id_key_unique UNIQUE (ws_id, key),
  CONSTRAINT keyauth_credentials_consumer_id_fkey FOREIGN KEY (consumer_id, ws_id) REFERENCES consumers(id, ws_id) ON DELETE CASCADE,
  CONSTRAINT keyauth_credentials_ws_id_fkey FOREIGN KEY (ws_id) REFERENCES workspaces(id)
);
CREATE OR REPLACE TRIGGER keyauth_sync_tags_trigger AFTER INSERT OR DELETE OR UPDATE OF tags ON keyauth_credentials FOR EACH ROW EXECUTE FUNCTION sync_tags();

-- @ oauth2/000_base_oauth2
CREATE TABLE IF NOT EXISTS oauth2_credentials (
  id uuid NOT NULL, created_at timestamptz DEFAULT (CURRENT_TIMESTAMP(0) AT TIME ZONE 'UTC'), name text,
  consumer_id uuid, client_id text, client_secret text, redirect_uris text[], tags text[], client_type text,
  hash_secret boolean, ws_id uuid, PRIMARY KEY (id), CONSTRAINT oauth2_credentials_id_ws_id_unique UNIQUE (id, ws_id),
  CONSTRAINT oauth2_credentials_ws_id_client_id_unique UNIQUE (ws_id, client_id),
  CONSTRAINT oauth2_credentials_consumer_id_fkey FOREIGN KEY (consumer_id, ws_id) REFERENCES consumers(id, ws_id) ON DELETE CASCADE,
  CONSTRAINT oauth2_credentials_ws_id_fkey FOREIGN KEY (ws_id) REFERENCES workspaces(id)
);
CREATE OR REPLACE TRIGGER oauth2_credentials_sync_tags_trigger AFTER INSERT OR DELETE OR UPDATE OF tags ON oauth2_credentials FOR EACH ROW EXECUTE FUNCTION sync_tags();
CREATE TABLE IF NOT EXISTS oauth2_tokens (
  id uuid NOT NULL, created_at timestamptz DEFAULT (CURRENT_TIMESTAMP(0) AT TIME ZONE 'UTC'), credential_id uuid,
  service_id uuid, access_token text, refresh_token text, token_type text, expires_in integer,
  authenticated_userid text, scope text, ttl timestamptz, ws_id uuid, PRIMARY KEY (id),
  CONSTRAINT oauth2_tokens_id_ws_id_unique UNIQUE (id, ws_id),
  CONSTRAINT oauth2_tokens_ws_id_access_token_unique UNIQUE (ws_id, access_token),
  CONSTRAINT oauth2_tokens_ws_id_refresh_token_unique UNIQUE (ws_id, refresh_token),
  CONSTRAINT oauth2_tokens_credential_id_fkey FOREIGN KEY (credential_id, ws_id) REFERENCES oauth2_credentials(id, ws_id) ON DELETE CASCADE,
  CONSTRAINT oauth2_tokens_service_id_fkey FOREIGN KEY (service_id, ws_id) REFERENCES services(id, ws_id) ON DELETE CASCADE,
  CONSTRAINT oauth2_tokens_ws_id_fkey FOREIGN KEY (ws_id) REFERENCES workspaces(id)
);
CREATE TABLE IF NOT EXISTS oauth2_authorization_codes (
  id uuid NOT NULL, created_at timestamptz DEFAULT (CURRENT_TIMESTAMP(0) AT TIME ZONE 'UTC'), credential_id uuid,
  service_id uuid, code text, authenticated_userid text, scope text, ttl timestamptz, challenge text,
  challenge_method text, ws_id uuid, PRIMARY KEY (id),
  CONSTRAINT oauth2_authorization_codes_id_ws_id_unique UNIQUE (id, ws_id),
  CONSTRAINT oauth2_authorization_codes_ws_id_code_unique UNIQUE (ws_id, code),
  CONSTRAINT oauth2_authorization_codes_credential_id_fkey FOREIGN KEY (credential_id, ws_id) REFERENCES oauth2_credentials(id, ws_id) ON DELETE CASCADE,
  CONSTRAINT oauth2_authorization_codes_service_id_fkey FOREIGN KEY (service_id, ws_id) REFERENCES services(id, ws_id) ON DELETE CASCADE,
  CONSTRAINT oauth2_authorization_codes_ws_id_fkey FOREIGN KEY (ws_id) REFERENCES workspaces(id)
);

-- @ rate-limiting/000_base_rate_limiting
CREATE TABLE IF NOT EXISTS ratelimiting_metrics (
  identifier text NOT NULL, period text NOT NULL, period_date timestamptz NOT NULL,
  service_id uuid DEFAULT '00000000-0000-0000-0000-000000000000' NOT NULL,
  route_id uuid DEFAULT '00000000-0000-0000-0000-000000000000' NOT NULL, value integer, ttl timestamptz,
  PRIMARY KEY (identifier, period, period_date, service_id, route_id)
);

-- @ response-ratelimiting/000_base_response_rate_limiting
CREATE TABLE IF NOT EXISTS response_ratelimiting_metrics (
  identifier text NOT NULL, period text NOT NULL, period_date timestamptz NOT NULL,
  service_id uuid DEFAULT '00000000-0000-0000-0000-000000000000' NOT NULL,
  route_id uuid DEFAULT '00000000-0000-0000-0000-000000000000' NOT NULL, value integer,
  PRIMARY KEY (identifier, period, period_date, service_id, route_id)
);

-- @ session/000_base_session
CREATE TABLE IF NOT EXISTS sessions (
  id uuid NOT NULL, session_id text, expires integer, data text, created_at timestamptz, ttl timestamptz,
  PRIMARY KEY (id), CONSTRAINT sessions_session_id_key UNIQUE (session_id)
);
