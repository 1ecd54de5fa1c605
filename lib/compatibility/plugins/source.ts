import { readLua, type Lua } from './lua';
import { luaTokens } from './lua-tokens';

/** A text file of the folder that is checked; the path is relative to it, with `/`. */
export interface SourceText {
  readonly path: string;
  readonly text: string;
}

export type Language = 'lua' | 'dockerfile' | 'python' | 'javascript' | 'shell' | 'yaml' | 'other';

/** A source as rules read it. */
export interface Source {
  readonly path: string;
  readonly language: Language;
  /** `my-plugin` of `kong/plugins/my-plugin/handler.lua`; the folder of a `handler.lua` with a `schema.lua` beside it. */
  readonly plugin: string | undefined;
  /** The text with comments blanked, so that line numbers stay. */
  readonly code: string;
  /** For Lua only. */
  readonly lua: Lua | undefined;
}

const BY_EXTENSION: Readonly<Record<string, Language>> = {
  lua: 'lua',
  py: 'python',
  js: 'javascript',
  mjs: 'javascript',
  cjs: 'javascript',
  ts: 'javascript',
  go: 'javascript',
  groovy: 'javascript',
  sh: 'shell',
  bash: 'shell',
  zsh: 'shell',
  mk: 'shell',
  tf: 'shell',
  env: 'shell',
  rb: 'shell',
  ps1: 'shell',
  yml: 'yaml',
  yaml: 'yaml',
  json: 'other',
  conf: 'shell',
  template: 'other',
  tpl: 'other',
  tmpl: 'other',
  etlua: 'other',
  txt: 'other',
  service: 'shell',
};
const BY_NAME: readonly (readonly [RegExp, Language])[] = [
  [/^(.*[._-])?(dockerfile|containerfile)([._-].*)?$/i, 'dockerfile'],
  [/^(gnu)?makefile$/i, 'shell'],
  [/^jenkinsfile$/i, 'javascript'],
  [/^\.env(\..*)?$/, 'shell'],
  [/^(user-?data|entrypoint|bootstrap)$/i, 'shell'],
];

/** In which language a file of this name is; undefined: nothing that a rule reads. */
export function languageOf(path: string): Language | undefined {
  const name = path.slice(path.lastIndexOf('/') + 1);
  const known = BY_NAME.find(([pattern]) => pattern.test(name));
  if (known) return known[1];
  return BY_EXTENSION[name.slice(name.lastIndexOf('.') + 1).toLowerCase()];
}

export function readSources(texts: readonly SourceText[]): readonly Source[] {
  const paths = new Set(texts.map(({ path }) => path));
  return texts.flatMap(({ path, text }) => {
    const language = languageOf(path);
    if (language === undefined) return [];
    return [
      {
        path,
        language,
        plugin: pluginOf(path, paths),
        code: withoutComments(text, language),
        lua: language === 'lua' ? readLua(text) : undefined,
      },
    ];
  });
}

/** The plugin whose handler.lua lies in the folder that is checked. */
export const FOLDER_ITSELF = '.';

function pluginOf(path: string, paths: ReadonlySet<string>): string | undefined {
  const inKong = /(?:^|\/)kong\/plugins\/([^/]+)\//.exec(path);
  if (inKong) return inKong[1];
  const folders = path.split('/').slice(0, -1);
  for (let depth = folders.length; depth >= 0; depth--) {
    const folder = folders.slice(0, depth).join('/');
    const at = (name: string): string => (folder === '' ? name : `${folder}/${name}`);
    if (paths.has(at('handler.lua')) && paths.has(at('schema.lua'))) return folders[depth - 1] ?? FOLDER_ITSELF;
  }
  return undefined;
}

const blank = (text: string): string => text.replace(/[^\n]/g, ' ');

/** The same text with its comments as spaces. */
export function withoutComments(text: string, language: Language): string {
  if (language === 'other') return text;
  if (language === 'lua') {
    let code = '';
    let at = 0;
    for (const { kind, start, end } of luaTokens(text)) {
      if (kind !== 'comment') continue;
      code += text.slice(at, start) + blank(text.slice(start, end));
      at = end;
    }
    return code + text.slice(at);
  }
  // Strings first, so that what looks like a comment inside one stays. In shells, YAML and Dockerfiles a comment begins a word.
  const pattern =
    language === 'javascript'
      ? /"(?:\\.|[^"\\\n])*"|'(?:\\.|[^'\\\n])*'|`(?:\\[\s\S]|[^`\\])*`|\/\*[\s\S]*?(?:\*\/|$)|\/\/[^\n]*/g
      : language === 'python'
        ? /"""[\s\S]*?(?:"""|$)|'''[\s\S]*?(?:'''|$)|"(?:\\.|[^"\\\n])*"|'(?:\\.|[^'\\\n])*'|#[^\n]*/g
        : /"(?:\\[\s\S]|[^"\\\n])*"|'[^'\n]*'|(?<=^|[ \t;(&|])#[^\n]*/gm;
  return text.replace(pattern, (found) => (/^(#|\/\/|\/\*)/.test(found) ? blank(found) : found));
}
