import { isName, isSymbol, type Lua } from '../lua';
import type { Token } from '../lua-tokens';
import { swappedWith, type Order } from '../priorities';
import type { SourceRule, SourceViolation } from '../rule';
import type { Source } from '../source';

/** What a handler says of itself; `value` is undefined for what is only known at run time. */
interface Said {
  readonly line: number;
  readonly value: number | string | undefined;
  /** As written, for messages. */
  readonly text: string;
}

const isHandler = ({ path, plugin }: Source): boolean => plugin !== undefined && /(^|\/)handler\.lua$/.test(path);

/** The last `PRIORITY = ...` of a table constructor or of an assignment. */
function said({ tokens }: Lua, key: string): Said | undefined {
  for (let i = tokens.length - 1; i >= 0; i--) {
    const token = tokens[i];
    if (token && isName(token, key) && isSymbol(tokens[i + 1], '='))
      return { line: token.line, ...literal(tokens, i + 2) };
    const isIndexed = token?.kind === 'string' && token.text === key && isSymbol(tokens[i + 1], ']');
    if (token && isIndexed && isSymbol(tokens[i + 2], '=')) return { line: token.line, ...literal(tokens, i + 3) };
  }
  return undefined;
}

function literal(tokens: readonly Token[], from: number): Omit<Said, 'line'> {
  const minus = isSymbol(tokens[from], '-');
  const at = minus ? from + 1 : from;
  const token = tokens[at];
  const behind = tokens[at + 1];
  // An expression goes on: `BASE + 1`, `"1." .. minor`, `f(x)`.
  const goesOn = behind?.kind === 'symbol' && !['}', ',', ';'].includes(behind.text);
  if (isName(token, 'math') && isName(tokens[at + 2], 'huge'))
    return { value: minus ? -Infinity : Infinity, text: 'math.huge' };
  if (token === undefined || goesOn) return { value: undefined, text: '' };
  if (token.kind === 'number')
    return { value: Number(token.text) * (minus ? -1 : 1), text: `${minus ? '-' : ''}${token.text}` };
  if (token.kind === 'string') return { value: token.text, text: `"${token.text}"` };
  return { value: undefined, text: '' };
}

/** A handler that takes its fields from elsewhere: nothing is known about what it does not say itself. */
function inherits({ tokens, requires }: Lua): boolean {
  const extendsOther =
    tokens.some((token, i) => isName(token, 'extend') && isSymbol(tokens[i - 1], ':')) &&
    !requires.some(({ module }) => module === 'kong.plugins.base_plugin');
  const returnsOther = tokens.some((token, i) => isName(token, 'return') && isName(tokens[i + 1], 'require'));
  return extendsOther || returnsOther || tokens.some((token) => isName(token, 'setmetatable'));
}

const priorityVersion: SourceRule = {
  id: 'pdk-priority-version',
  on: ['lua'],
  check(source) {
    if (source.lua === undefined || !isHandler(source)) return undefined;
    const found: SourceViolation[] = [];
    const refuse = (field: string, line: number, problem: string, how: string): void => {
      found.push({ line, field, message: `Kong does not load the plugin: ${field} ${problem}`, how });
    };
    const priority = said(source.lua, 'PRIORITY');
    const version = said(source.lua, 'VERSION');
    if (priority === undefined) {
      if (!inherits(source.lua))
        refuse('PRIORITY', 1, 'is missing', 'add PRIORITY = 1000 (a whole number), in the order you need');
    } else if (priority.value !== undefined && !Number.isInteger(priority.value)) {
      refuse(
        'PRIORITY',
        priority.line,
        `is no whole number, found: ${priority.text}`,
        'write a whole number without quotes',
      );
    }
    if (version === undefined) {
      if (!inherits(source.lua)) refuse('VERSION', 1, 'is missing', 'add VERSION = "1.0.0"');
    } else if (version.value !== undefined && !isVersion(version.value)) {
      refuse(
        'VERSION',
        version.line,
        `is not of the form x.y.z, found: ${version.text}`,
        'write it as a string, "1.0.0"',
      );
    }
    return found;
  },
};

/** Kong reads the first run of digits and dots, and refuses a fourth number (kong/db/dao/plugins.lua, valid_version). */
function isVersion(value: number | string): boolean {
  if (typeof value !== 'string') return false;
  const numbers = /\d[\d.]*/.exec(value)?.[0].split('.').filter(Boolean) ?? [];
  return numbers.length >= 1 && numbers.length <= 3;
}

const priorities: SourceRule = {
  id: 'plugin-priorities',
  on: ['lua'],
  check(source) {
    if (source.lua === undefined || !isHandler(source)) return undefined;
    const priority = said(source.lua, 'PRIORITY');
    if (typeof priority?.value !== 'number') return undefined;
    const swapped = swappedWith(priority.value);
    if (swapped.length === 0) return [];
    const groups = new Map<string, string[]>();
    for (const { plugin, was, is } of swapped) {
      const key = `${told(was)} and now ${told(is)}`;
      groups.set(key, [...(groups.get(key) ?? []), plugin]);
    }
    const text = [...groups].map(([key, plugins]) => `${key} ${plugins.join(', ')}`).join('; it ran ');
    return [
      {
        line: priority.line,
        field: 'PRIORITY',
        message: `PRIORITY ${priority.text}: the plugin ran ${text}`,
        how: 'choose a priority that keeps the order for the plugins you use together with it',
      },
    ];
  },
};

const told = (order: Order): string => (order === 'beside' ? 'with the same priority as' : order);

export const handlerRules: readonly SourceRule[] = [priorityVersion, priorities];
