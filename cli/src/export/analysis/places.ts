import { dirname, join, resolve } from 'node:path';
import type { AnyNode, CallExpression, MemberExpression, NewExpression } from 'acorn';
import { FREE, calledName, literalText, propertyName, type Mention, type ParsedModule } from './parseModule';

/** How a module uses the place that it lies in. */
export interface PlaceUse {
  /** Absolute paths that it makes of its place and literals. */
  paths: string[];
  /** Folders that paths which only exist at run time begin with. */
  folders: string[];
  /** It also makes paths that only exist at run time, or passes its place on. */
  anywhere: boolean;
}

/** A path while it is followed through the tree; not `derived` as long as it is the place itself. */
interface Value {
  path: string;
  derived: boolean;
}

const SAME = new Set(['fileURLToPath', 'pathToFileURL', 'String', 'realpathSync', 'toString', 'normalize']);
const JOINS = new Set(['join', 'resolve']);
/** Asked of a path as text, these read nothing. */
const ABOUT_TEXT = new Set([
  'startsWith',
  'endsWith',
  'includes',
  'indexOf',
  'length',
  'match',
  'basename',
  'extname',
  'test',
]);
const COMPARISONS = new Set(['===', '!==', '==', '!=', 'in', 'instanceof']);

/** Follows `__dirname` and its relatives, in every spelling, to what is made of them. */
export function placeUse(file: string, { names }: ParsedModule): PlaceUse {
  const use: PlaceUse = { paths: [], folders: [], anywhere: false };
  const folder = { path: dirname(file), derived: false };
  const start: Array<[name: string, value: Value]> = [
    [FREE.__dirname, folder],
    [FREE.__filename, { path: file, derived: false }],
    [FREE['import.meta.url'], { path: file, derived: false }],
  ];
  const queue = [...start];
  const known = new Map(start.map(([name, { path }]) => [name, path]));
  for (let next = queue.pop(); next; next = queue.pop()) {
    const [name, value] = next;
    for (const mention of (names.get(name) ?? []).filter(({ pattern }) => !pattern)) {
      const end = follow(mention, value);
      if (end === 'harmless') continue;
      if (end === 'anywhere' || 'below' in end) {
        use.anywhere = true;
        if (end !== 'anywhere') use.folders.push(end.below);
      } else if (end.alias === undefined) consume(end.value);
      else if (!known.has(end.alias)) {
        // A name that is declared twice may mean something else.
        if ((names.get(end.alias) ?? []).filter(({ pattern }) => pattern).length > 1) use.anywhere = true;
        known.set(end.alias, end.value.path);
        queue.push([end.alias, end.value]);
      } else if (known.get(end.alias) !== end.value.path) use.anywhere = true;
    }
  }
  return use;

  function consume({ path, derived }: Value): void {
    if (derived) use.paths.push(path);
    else use.anywhere = true;
  }
}

type End = 'harmless' | 'anywhere' | { value: Value; alias?: string } | { below: string };

/** Follows a value outwards until something other than a path is made of it. */
function follow({ node, around }: Mention, start: Value): End {
  let child = node;
  let value = start;
  for (const parent of [...around].reverse()) {
    if (parent === child) continue;
    const next = step(parent, child, value);
    if (typeof next === 'string') return next;
    if ('end' in next) return next.end;
    value = next;
    child = parent;
  }
  return 'harmless';
}

type Step = Value | 'harmless' | 'anywhere' | { end: End };
/** What becomes of a value in the node around it, by the type of that node. */
type Steps = {
  [Type in AnyNode['type']]?: (parent: Extract<AnyNode, { type: Type }>, child: AnyNode, value: Value) => Step;
};

const harmless = (): Step => 'harmless';
const same = (_parent: AnyNode, _child: AnyNode, value: Value): Step => value;

const STEPS: Steps = {
  UnaryExpression: harmless,
  ExpressionStatement: harmless,
  IfStatement: harmless,
  LogicalExpression: same,
  AwaitExpression: same,
  ChainExpression: same,
  ConditionalExpression: (parent, child, value) => (parent.test === child ? 'harmless' : value),
  SequenceExpression: (parent, child, value) => (parent.expressions.at(-1) === child ? value : 'harmless'),
  BinaryExpression: (parent, child, value) => {
    if (COMPARISONS.has(parent.operator)) return 'harmless';
    return parent.left === child ? appended(value, literalText(parent.right)) : 'anywhere';
  },
  TemplateLiteral: ({ expressions, quasis }, child, value) => {
    if (expressions[0] !== child || quasis[0]!.value.raw !== '') return 'anywhere';
    const text = quasis[1]!.value.cooked ?? '';
    if (expressions.length === 1) return appended(value, text);
    return below(resolve(value.path + text.slice(0, text.lastIndexOf('/') + 1)), value);
  },
  MemberExpression: ofMember,
  CallExpression: (call, child, value) => (call.callee === child ? value : ofCall(call, child, value)),
  NewExpression: ofCall,
  VariableDeclarator: ({ id }, _child, value) => assigned(id, value),
  AssignmentExpression: ({ left }, child, value) => (left === child ? 'harmless' : assigned(left, value)),
};

function step(parent: AnyNode, child: AnyNode, value: Value): Step {
  const known = STEPS[parent.type] as ((parent: AnyNode, child: AnyNode, value: Value) => Step) | undefined;
  return known ? known(parent, child, value) : { end: { value } };
}

function assigned(target: AnyNode, value: Value): Step {
  return { end: { value, ...(target.type === 'Identifier' && { alias: target.name }) } };
}

function ofMember(parent: MemberExpression, child: AnyNode, value: Value): Step {
  // As a key, in `require.cache[__filename]`, a path leads nowhere.
  if (parent.object !== child) return 'harmless';
  const name = propertyName(parent) ?? '';
  if (ABOUT_TEXT.has(name)) return 'harmless';
  return ['href', 'pathname', 'toString'].includes(name) ? value : 'anywhere';
}

function ofCall(call: CallExpression | NewExpression, child: AnyNode, value: Value): Step {
  const name = calledName(call.callee) ?? '';
  const [first, ...rest] = call.arguments;
  if (ABOUT_TEXT.has(name)) return 'harmless';
  if (SAME.has(name)) return value;
  if (name === 'dirname') return { path: dirname(value.path), derived: value.derived || isFolder(value) };
  if (name === 'URL') {
    if (first === child) return value;
    const text = literalText(first);
    return text === undefined ? 'anywhere' : relativeTo(value, text);
  }
  if (!JOINS.has(name)) return { end: { value } };
  if (first !== child) return 'anywhere';
  const parts = rest.map(literalText);
  const known = parts.slice(0, parts.includes(undefined) ? parts.indexOf(undefined) : parts.length) as string[];
  if (parts.length === 0) return value;
  const path = resolve(join(value.path, ...known));
  return known.length === parts.length ? { path, derived: true } : below(path, value);
}

/** A path in a folder, by a name that only exists at run time. */
function below(folder: string, { path, derived }: Value): Step {
  return folder === path && !derived ? 'anywhere' : { end: { below: folder } };
}

/** True for the folder of the module: one step up leads out of it. */
function isFolder({ path }: Value): boolean {
  return !/\.[cm]?[jt]sx?$/.test(path);
}

function relativeTo({ path }: Value, text: string): Value | 'anywhere' {
  if (/^[a-z]+:|^\//i.test(text)) return 'anywhere';
  const folder = dirname(path);
  return text === '.' || text === './' ? { path: folder, derived: false } : { path: join(folder, text), derived: true };
}

function appended({ path }: Value, text: string | undefined): Value | 'anywhere' {
  return text === undefined ? 'anywhere' : { path: resolve(path + text), derived: true };
}
