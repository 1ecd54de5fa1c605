import { expressionsOf } from './expressions';

export interface Problem {
  /** The way to it: `resource.aws_lb.edge.subnets[0]`. */
  readonly where: string;
  readonly problem: string;
}

export interface CheckOptions {
  /** Folders of the machine that wrote it; none of them may stand in what other machines use. */
  readonly folders?: readonly string[];
}

/**
 * What in a stack's `cdk.tf.json` no Terraform could use, or nobody should: references that were not resolved, that lead
 * nowhere, round in circles or into another stack's state; secrets in the clear; folders of this machine. The local
 * state's own path is left alone. It knows no provider: what a resource takes is for `terraform validate`.
 */
export function problemsOf(json: object, { folders = [] }: CheckOptions = {}): Problem[] {
  const strings = [...stringsIn(json as Json, [])];
  const known = blocksOf(json as Tree);
  const edges = new Map<string, Set<string>>();
  const problems: Problem[] = [];

  for (const { path, text, isKey } of strings) {
    const found = (problem: string) => problems.push({ where: written(path), problem });
    if (/TfToken\[/.test(text)) found('a token of cdktf that was not resolved');
    else if (text.includes('[object Object]')) found('an object that was written as text');
    const folder = isLocalState(path) ? undefined : folders.find((each) => text.includes(each));
    if (folder !== undefined) found(`a folder of this machine, ${folder}`);
    if (/-----BEGIN [A-Z ]*PRIVATE KEY-----|\b(?:AKIA|ASIA)[A-Z0-9]{16}\b/.test(text)) found('a secret in the clear');

    const { references, problem } =
      bare(path) && !isKey ? { references: [text.split(/\.|\[/)], problem: undefined } : expressionsOf(text);
    if (problem !== undefined) found(`an expression that Terraform cannot read, ${problem}: ${text.slice(0, 80)}`);
    if (!isKey && isSecret(path, text, references.length > 0)) found('a secret in the clear');
    const bound = references.length > 0 ? namesOfDynamic(json as Json, path) : FREE;
    for (const reference of problem === undefined ? references : []) {
      if (path[0] === 'terraform') found(`a reference where Terraform takes none, ${reference.join('.')}`);
      if (FREE.has(reference[0]!) || bound.has(reference[0]!)) continue;
      const target = blockOf(reference);
      if (!known.has(target)) found(`a reference to nothing in this stack, ${reference.join('.')}`);
      // A variable's own validation names it.
      else if (path[0] !== 'variable') addEdge(edges, blockOf(path.map(String)), target);
    }
  }
  for (const { path, value } of numbersIn(json as Json, [])) {
    if (Math.abs(value) > Number.MAX_SAFE_INTEGER) {
      problems.push({ where: written(path), problem: 'a token of cdktf that was not resolved' });
    }
  }
  for (const block of known) {
    if (block.startsWith('data.terraform_remote_state.')) {
      problems.push({ where: block, problem: 'it reads the state of another stack' });
    }
  }
  for (const cycle of cyclesIn(edges)) {
    problems.push({ where: cycle[0]!, problem: `it needs itself, ${[...cycle, cycle[0]].join(' -> ')}` });
  }
  return problems;
}

type Json = string | number | boolean | null | readonly Json[] | Tree;
interface Tree {
  readonly [key: string]: Json;
}
type Path = readonly (string | number)[];

const isTree = (value: Json | undefined): value is Tree =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** Without the metadata that cdktf adds. */
const entries = (value: Json): [string | number, Json][] =>
  Array.isArray(value)
    ? (value as readonly Json[]).map((each, i) => [i, each])
    : isTree(value)
      ? Object.entries(value).filter(([key]) => key !== '//')
      : [];

/** Every text and, below the names of blocks, every key: Terraform reads both as templates. */
function* stringsIn(value: Json, path: Path): Generator<{ path: Path; text: string; isKey: boolean }> {
  if (typeof value === 'string') yield { path, text: value, isKey: false };
  for (const [key, each] of entries(value)) {
    if (typeof key === 'string') yield { path: [...path, key], text: key, isKey: true };
    yield* stringsIn(each, [...path, key]);
  }
}

function* numbersIn(value: Json, path: Path): Generator<{ path: Path; value: number }> {
  if (typeof value === 'number') yield { path, value };
  for (const [key, each] of entries(value)) yield* numbersIn(each, [...path, key]);
}

const written = (path: Path): string =>
  path.map((part, i) => (typeof part === 'number' ? `[${part}]` : i === 0 ? part : `.${part}`)).join('');

/** Places that take an address without `${…}`. */
const bare = (path: Path): boolean =>
  (path.at(-2) === 'depends_on' && typeof path.at(-1) === 'number') ||
  (path.at(-2) === 'replace_triggered_by' && typeof path.at(-1) === 'number') ||
  (path[0] === 'moved' && path.at(-1) === 'to') ||
  (path[0] === 'import' && path.at(-1) === 'to');

const isLocalState = (path: Path): boolean =>
  path[0] === 'terraform' && path[1] === 'backend' && path[2] === 'local' && path.at(-1) === 'path';

/** Names that are not blocks of the configuration. */
const FREE: ReadonlySet<string> = new Set(['each', 'count', 'self', 'path', 'terraform']);
const FIRST: Readonly<Record<string, string>> = { variable: 'var', locals: 'local' };

/** Names that the `dynamic` blocks around a place give: their label, or what `iterator` says. */
function namesOfDynamic(json: Json, path: Path): ReadonlySet<string> {
  const names = new Set<string>();
  let block: Json | undefined = json;
  path.forEach((key, i) => {
    block = (block as Record<string | number, Json> | undefined)?.[key];
    const labelled = path[i - 1] === 'dynamic' || (path[i - 2] === 'dynamic' && typeof path[i - 1] === 'number');
    if (labelled && isTree(block)) names.add(typeof block.iterator === 'string' ? block.iterator : String(key));
  });
  return names;
}

/** The block that a reference or a path leads to, as a reference names it. */
function blockOf([first, ...rest]: readonly string[]): string {
  const name = FIRST[first!] ?? first!;
  switch (name) {
    case 'data':
    case 'ephemeral':
      return [name, ...rest.slice(0, 2)].join('.');
    case 'resource':
      return rest.slice(0, 2).join('.');
    default:
      return `${name}.${rest[0]}`;
  }
}

function blocksOf(json: Tree): ReadonlySet<string> {
  const names = (value: Json | undefined) => (isTree(value) ? entries(value).map(([key]) => String(key)) : []);
  const typed = (section: 'resource' | 'data' | 'ephemeral') =>
    names(json[section]).flatMap((type) =>
      names((json[section] as Tree)[type]).map((name) => blockOf([section, type, name])),
    );
  return new Set([
    ...typed('resource'),
    ...typed('data'),
    ...typed('ephemeral'),
    ...names(json.variable).map((name) => `var.${name}`),
    ...names(json.locals).map((name) => `local.${name}`),
    ...names(json.module).map((name) => `module.${name}`),
  ]);
}

const SECRET_ATTRIBUTE =
  /^(password|master_password|secret_string|client_secret|auth_token|private_key|token|secret_key)(_wo)?$/;
const SECRET_NAME = String.raw`\w*(?:PASSWORD|SECRET|TOKEN|PRIVATE_KEY)`;
const IN_CLEAR = String.raw`"value":\s*"(?!\$\{|\{vault:\/\/)[^"]`;
/** In either order: what one tool writes another may have sorted. */
const SECRET_VARIABLE = new RegExp(
  String.raw`"name":\s*"${SECRET_NAME}",\s*${IN_CLEAR}|${IN_CLEAR}(?:[^"\\]|\\.)*",\s*"name":\s*"${SECRET_NAME}"`,
);

/** A value that nobody gave by reference, where secrets are. Container definitions are JSON in a text. */
const isSecret = (path: Path, text: string, refers: boolean): boolean =>
  (path[0] !== 'output' && SECRET_ATTRIBUTE.test(String(path.at(-1))) && text !== '' && !refers) ||
  (path.at(-2) === 'variables' && new RegExp(`^${SECRET_NAME}$`).test(String(path.at(-1))) && text !== '' && !refers) ||
  (path.at(-1) === 'container_definitions' && SECRET_VARIABLE.test(text));

function addEdge(edges: Map<string, Set<string>>, from: string, to: string): void {
  edges.set(from, (edges.get(from) ?? new Set()).add(to));
}

/** One cycle for each knot of blocks that need each other. */
function cyclesIn(edges: ReadonlyMap<string, ReadonlySet<string>>): string[][] {
  const done = new Set<string>();
  const cycles: string[][] = [];
  const follow = (block: string, way: string[]): void => {
    const from = way.indexOf(block);
    if (from >= 0) cycles.push(way.slice(from));
    if (from >= 0 || done.has(block)) return;
    for (const next of edges.get(block) ?? []) follow(next, [...way, block]);
    done.add(block);
  };
  for (const block of edges.keys()) follow(block, []);
  return cycles;
}
