import { isSymbol, names, type Lua } from '../lua';
import type { SourceRule, SourceViolation } from '../rule';

/** A rule over the Lua of plugins, with or without a `handler.lua` beside it. */
const luaRule = (id: string, find: (lua: Lua) => readonly SourceViolation[]): SourceRule => ({
  id,
  on: ['lua'],
  check: ({ lua }) => (lua === undefined ? undefined : find(lua)),
});

/** A module that is gone. Its uses are named with it, since it is they that have to be rewritten. */
const moduleGone = (id: string, module: string, how: string): SourceRule =>
  luaRule(id, ({ requires, accesses }) => {
    const uses = accesses.filter(
      ({ path, known }) => known > 0 && path.length > known && path[0] === `require:${module}`,
    );
    const lines = [...new Set(uses.map(({ line }) => line))];
    return requires
      .filter((required) => required.module === module)
      .map(({ line }, n) => ({
        line,
        field: module,
        message:
          `module ${module} is gone: require raises an error and the plugin does not load` +
          (n === 0 && lines.length > 0 ? ` (used on line${lines.length === 1 ? '' : 's'} ${lines.join(', ')})` : ''),
        how,
      }));
  });

/** Names that mean something else or nothing any more. */
const accessOf = (id: string, wanted: readonly string[], tell: Pick<SourceViolation, 'message' | 'how'>): SourceRule =>
  luaRule(id, ({ accesses }) =>
    accesses
      .filter((access) => names(access, ...wanted))
      .map(({ line }) => ({ line, field: wanted.join('.'), ...tell })),
  );

/** A field of ngx.ctx that Kong no longer sets, also of a `ctx` that was handed in. A plugin may set it for itself. */
const ctxOf = (id: string, field: string, tell: Pick<SourceViolation, 'message' | 'how'>): SourceRule =>
  luaRule(id, ({ accesses }) =>
    accesses
      .filter((access) => names(access, 'ngx', 'ctx', field) || (access.known === 0 && names(access, 'ctx', field)))
      .filter(({ assigned, path }) => !(assigned && path.at(-1) === field))
      .map(({ line }) => ({ line, field: `ngx.ctx.${field}`, ...tell })),
  );

/** `key = ...` inside a table constructor. */
const fieldOf = (
  id: string,
  key: string,
  tell: Pick<SourceViolation, 'message' | 'how'>,
  values?: readonly string[],
): SourceRule =>
  luaRule(id, ({ tokens }) => {
    // A schema has fields; a table of options that happens to have such a key has not.
    if (!tokens.some(({ kind, text }) => kind === 'name' && text === 'fields')) return [];
    return tokens.flatMap((token, i) => {
      const before = tokens[i - 1];
      const isKey =
        token.kind === 'name' &&
        token.text === key &&
        isSymbol(tokens[i + 1], '=') &&
        (isSymbol(before, '{') || isSymbol(before, ',') || isSymbol(before, ';'));
      if (!isKey || (values && !values.includes(tokens[i + 2]?.text ?? ''))) return [];
      return [{ line: token.line, field: key, ...tell }];
    });
  });

/** Calls of the PDK that say a header by name: `set_header("Transfer-Encoding", ...)`. */
const transferEncoding = luaRule('pdk-transfer-encoding', ({ accesses, tokens }) =>
  accesses.flatMap((access) => {
    const setter = ['set_header', 'set_headers', 'exit'].find(
      (name) => access.path.length === 3 && access.path.join('.') === `kong.response.${name}`,
    );
    if (setter === undefined || !access.called) return [];
    let depth = 0;
    for (let i = access.next; i < tokens.length; i++) {
      const token = tokens[i];
      if (token === undefined) break;
      if (token.kind === 'string' && token.text.toLowerCase() === 'transfer-encoding') {
        return [
          {
            line: token.line,
            field: `kong.response.${setter}`,
            message: `kong.response.${setter} ignores Transfer-Encoding and logs a warning`,
            how: 'take the header out; Nginx decides how the body is sent',
          },
        ];
      }
      if (token.kind === 'symbol' && '({['.includes(token.text)) depth++;
      else if (token.kind === 'symbol' && ')}]'.includes(token.text) && --depth === 0) break;
    }
    return [];
  }),
);

const credentialUsername = luaRule('pdk-credential-username', ({ accesses, tokens }) => {
  const tell = {
    message:
      'the constant CREDENTIAL_USERNAME (X-Credential-Username) is gone: it is nil, and no plugin sets that header',
    how: 'use constants.HEADERS.CREDENTIAL_IDENTIFIER (X-Credential-Identifier)',
  };
  return [
    ...accesses
      .filter(({ path, known }) => path.indexOf('CREDENTIAL_USERNAME') >= Math.max(known, 1))
      .map(({ line }) => ({ line, field: 'CREDENTIAL_USERNAME', ...tell })),
    ...tokens
      .filter(({ kind, text }) => kind === 'string' && text.toLowerCase() === 'x-credential-username')
      .map(({ line }) => ({ line, field: 'X-Credential-Username', ...tell })),
  ];
});

const autoFields = luaRule('pdk-process-auto-fields', ({ accesses }) =>
  accesses
    .filter(({ path, called }) => called && path.length > 1 && path.at(-1) === 'process_auto_fields')
    .map(({ line }) => ({
      line,
      field: 'process_auto_fields',
      message:
        'process_auto_fields with context "select" changes the table that it is given, it used to work on a copy',
      how: 'copy the table first (tablex.deepcopy) where it is used again',
    })),
);

const notVersioned = luaRule('pdk-not-versioned', ({ accesses, tokens }) => [
  ...accesses
    .filter((access) => names(access, 'kong', 'pdk_major_version') || names(access, 'kong', 'pdk_version'))
    .map(({ line, path }) => ({
      line,
      field: path.slice(0, 2).join('.'),
      message: 'the PDK has no version of its own any more: this is nil',
      how: 'ask kong.version or kong.version_num',
    })),
  ...tokens
    .filter(({ kind, text }, i) => kind === 'name' && text === 'init_pdk' && isSymbol(tokens[i + 1], '('))
    .map(({ line }) => ({
      line,
      field: 'init_pdk',
      message: 'the PDK takes no version number any more',
      how: 'drop the argument',
    })),
]);

const repeatedHeader = luaRule('pdk-header-multi-future', ({ accesses }) =>
  accesses
    .filter(({ path, known }) => known < 3 && path[0] === 'ngx' && path[1] === 'var' && path[2]?.startsWith('http_'))
    .map(({ line, path }) => ({
      line,
      field: path.slice(0, 3).join('.'),
      message: 'ngx.var.http_* has all values of a repeated header from 3.6, joined by a comma',
      how: 'use kong.request.get_header',
    })),
);

export const luaPatterns: readonly SourceRule[] = [
  moduleGone(
    'pdk-singletons',
    'kong.singletons',
    'use the global kong: singletons.db.daos is kong.db.daos, singletons.cache is kong.cache',
  ),
  moduleGone('pdk-log-serializer', 'kong.plugins.log-serializers.basic', 'use kong.log.serialize()'),
  moduleGone(
    'pdk-base-plugin',
    'kong.plugins.base_plugin',
    'make the handler a plain table: no :extend(), no :new() and no super calls; keep PRIORITY and VERSION',
  ),
  moduleGone(
    'pdk-batch-queue',
    'kong.tools.batch_queue',
    'use kong.tools.queue (Queue.enqueue), it takes other parameters',
  ),
  moduleGone(
    'pdk-migration-helpers',
    'kong.db.migrations.helpers',
    'write the SQL in the migration itself; up_f takes a function',
  ),
  ctxOf('pdk-balancer-address', 'balancer_address', {
    message: 'ngx.ctx.balancer_address is nil',
    how: 'use ngx.ctx.balancer_data',
  }),
  ctxOf('pdk-jwt-ctx', 'authenticated_jwt_token', {
    message: 'ngx.ctx.authenticated_jwt_token is nil: the jwt plugin writes kong.ctx.shared',
    how: 'use kong.ctx.shared.authenticated_jwt_token',
  }),
  ctxOf('pdk-proxy-cache-hit', 'proxy_cache_hit', {
    message: 'ngx.ctx.proxy_cache_hit is nil: the proxy-cache plugins write kong.ctx.shared',
    how: 'use kong.ctx.shared.proxy_cache_hit',
  }),
  accessOf('pdk-get-path-normalized', ['kong', 'request', 'get_path'], {
    message:
      'kong.request.get_path returns the normalized path: percent-encoding decoded, dot segments and double slashes gone',
    how: 'use kong.request.get_raw_path() where the path is meant as the client sent it, as 2.x returned it',
  }),
  accessOf('pdk-response-get-source', ['kong', 'response', 'get_source'], {
    message: 'kong.response.get_source returns "error" (it was "exit") when a plugin raised an error',
    how: 'compare with "error" too',
  }),
  repeatedHeader,
  fieldOf('pdk-shorthands', 'shorthands', {
    message: 'a schema with shorthands is refused: the plugin does not load',
    how: 'use shorthand_fields, each with a type and a func',
  }),
  fieldOf(
    'pdk-legacy-attr',
    'legacy',
    {
      message: 'a schema with the attribute legacy is refused: the plugin does not load',
      how: 'take the attribute out',
    },
    ['true', 'false'],
  ),
  transferEncoding,
  credentialUsername,
  autoFields,
  notVersioned,
];
