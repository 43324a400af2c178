import { existsSync } from 'node:fs';
import { isBuiltin } from 'node:module';
import { dirname, join } from 'node:path';
import type { AnyNode, CallExpression, NewExpression } from 'acorn';
import { isPackageImport } from '../source/installedPackage';
import { FREE, calledName, literalText, propertyName, type Mention, type ParsedModule } from './parseModule';

/** What a module loads that a bundler does not see. */
export interface LateLoads {
  /** It loads code by names that only exist at run time: of its own files for sure, or whatever it is given. */
  computed?: 'own' | 'any';
  /** How the names of packages begin that it completes at run time: `dayjs/locale/`. */
  within: string[];
  /** It asks where modules lie. */
  resolves: boolean;
  /** It starts threads or processes. */
  starts: boolean;
}

const INTERNALS = new Set(['_load', '_resolveFilename', '_compile', 'dlopen']);
const STARTERS = new Set(['Worker', 'fork', 'spawn', 'Piscina', 'Tinypool', 'register']);
const MENTIONS_LOADING = /\b(import|require|mainModule)\b/;

/** Finds loading by name: of `require` under any name, `import()`, `createRequire`, and text that is run as code. */
export function lateLoads(file: string, module: ParsedModule): LateLoads {
  const within: string[] = [];
  const found = { within, own: false, any: false, given: false, resolves: false, starts: false };
  for (const mention of module.names.get(FREE.require) ?? []) ofRequire(mention, found, module);
  for (const mention of module.names.get(FREE.module) ?? []) ofModule(mention, found);
  if (module.names.has(FREE['import.meta.resolve'])) found.resolves = true;
  for (const { node } of module.nodes) {
    if (node.type === 'ImportExpression') computedName(node.source, module, found);
    if (node.type === 'CallExpression' || node.type === 'NewExpression') ofCall(node, found);
  }
  if (found.any && namesOwnFiles(file, module)) found.own = true;
  const computed = found.own ? 'own' : found.any ? 'any' : undefined;
  return { ...(computed && { computed }), within, resolves: found.resolves, starts: found.starts };
}

type Found = Record<Shape | 'resolves' | 'starts', boolean> & { within: string[] };

/** What a computed name leads to: files of the package, anything, or only what the package is given. */
type Shape = 'own' | 'any' | 'given';

function ofRequire({ node, around, pattern }: Mention, found: Found, module: ParsedModule): void {
  const parent = around.findLast((each) => each !== node);
  if (pattern || !parent || isOnlyAskedAbout(parent)) return;
  if (parent.type === 'CallExpression' && parent.callee === node) {
    const [argument] = parent.arguments;
    if (argument) computedName(argument, module, found);
    return;
  }
  if (parent.type !== 'MemberExpression' || parent.object !== node) found.any = true;
  else if (propertyName(parent) === 'resolve') found.resolves = true;
}

function isOnlyAskedAbout(parent: AnyNode): boolean {
  return ['BinaryExpression', 'UnaryExpression', 'IfStatement', 'ExpressionStatement'].includes(parent.type);
}

/** `module.exports` and the like say nothing about other modules; where the caller lies does. */
function ofModule({ node, around }: Mention, found: Found): void {
  const parent = around.findLast((each) => each !== node);
  if (parent?.type !== 'MemberExpression' || parent.object !== node) return;
  const name = propertyName(parent) ?? '';
  if (['paths', 'filename', 'path', 'constructor'].includes(name)) found.any = true;
}

function ofCall(call: CallExpression | NewExpression, found: Found): void {
  const { callee } = call;
  const name = calledName(callee) ?? '';
  if (STARTERS.has(name)) found.starts = true;
  if (name === 'createRequire') found.own = true;
  if (callee.type === 'MemberExpression' && (name === 'require' || INTERNALS.has(name))) {
    const text = literalText(call.arguments[0]);
    if (text === undefined || !isBuiltin(text)) found.any = true;
  }
  const isDirectEval = callee.type === 'Identifier' && name === FREE.eval;
  if (isDirectEval || name === FREE.Function || name === FREE.eval) {
    const texts = call.arguments.map((argument) => literalText(argument));
    if (texts.some((text) => (text === undefined ? isDirectEval : MENTIONS_LOADING.test(text)))) found.any = true;
  }
}

function computedName(node: AnyNode, module: ParsedModule, found: Found): void {
  if (literalText(node) !== undefined) return;
  const starts = initialValues(node, module).map(beginningOf);
  const within = starts.filter((start) => start !== undefined && start.includes('/') && isPackageImport(start));
  found.within.push(...(within as string[]));
  if (within.length < starts.length) found[shapeOf(node, module)] = true;
}

/**
 * What a computed name can lead to, by how it begins. A path that was joined never begins with `./`: it is absolute, and then
 * made of the place of the module, which is followed by itself, or of what the package is given.
 */
function shapeOf(node: AnyNode, module: ParsedModule): Shape {
  const values = initialValues(node, module);
  if (values.every(isJoinedPath)) return 'given';
  const starts = values.map(beginningOf);
  return starts.some((start) => start !== undefined && /^\.{1,2}\//.test(start)) ? 'own' : 'any';
}

/** `path.join(a, b)`; the `join` of a list takes one argument. */
function isJoinedPath(node: AnyNode): boolean {
  if (node.type !== 'CallExpression' || node.arguments.length < 2) return false;
  return ['join', 'resolve'].includes(calledName(node.callee) ?? '');
}

/** What a name is declared with, wherever it is; anything else as it is, also a name that is a parameter or assigned later. */
function initialValues(node: AnyNode, { names }: ParsedModule): AnyNode[] {
  if (node.type !== 'Identifier') return [node];
  const values = (names.get(node.name) ?? [])
    .filter(({ pattern }) => pattern)
    .map((declaration) => {
      const parent = declaration.around.findLast((each) => each !== declaration.node);
      return parent?.type === 'VariableDeclarator' && parent.id === declaration.node ? parent.init : undefined;
    });
  return values.length > 0 && values.every((value) => value != null) ? values : [node];
}

function beginningOf(node: AnyNode): string | undefined {
  if (node.type === 'TemplateLiteral') return node.quasis[0]!.value.cooked ?? undefined;
  if (node.type === 'BinaryExpression') return beginningOf(node.left as AnyNode);
  return literalText(node);
}

/** True where a relative path that is not one of a plain require leads to a file: it may be what is loaded by name. */
function namesOwnFiles(file: string, { nodes }: ParsedModule): boolean {
  return nodes.some(({ node, around }) => {
    const text = literalText(node);
    if (text === undefined || !/^\.{1,2}\/./.test(text) || isRequired(node, around)) return false;
    const target = join(dirname(file), text);
    return ['', '.js', '.cjs', '.mjs', '.json', '.node', '/index.js'].some((end) => existsSync(target + end));
  });
}

function isRequired(node: AnyNode, around: readonly AnyNode[]): boolean {
  const parent = around.findLast((each) => each !== node);
  if (parent?.type === 'ImportExpression' || parent?.type.endsWith('Declaration')) return true;
  return (
    parent?.type === 'CallExpression' && parent.callee.type === 'Identifier' && parent.callee.name === FREE.require
  );
}
