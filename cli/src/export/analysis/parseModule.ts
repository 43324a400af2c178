import { extname } from 'node:path';
import { parse, type AnyNode, type Program } from 'acorn';
import { fullAncestor } from 'acorn-walk';
import type { Loader } from 'esbuild';

/** What names that the module does not declare itself are called in a parsed module: esbuild resolves scopes, the tree does not. */
export const FREE = {
  require: '__free_require',
  module: '__free_module',
  eval: '__free_eval',
  Function: '__free_Function',
  __dirname: '__free_dirname',
  __filename: '__free_filename',
  'import.meta.url': '__free_url',
  'import.meta.dirname': '__free_dirname',
  'import.meta.filename': '__free_filename',
  'import.meta.resolve': '__free_resolve',
} as const;

/** A node with the nodes around it, the nearest last; `pattern` where it is declared or assigned. */
export interface Mention {
  node: AnyNode;
  around: readonly AnyNode[];
  pattern: boolean;
}

/** A module as a syntax tree. */
export interface ParsedModule {
  /** Every identifier, by name. */
  names: ReadonlyMap<string, readonly Mention[]>;
  /** Every node of other kinds that the analysis starts from. */
  nodes: readonly Mention[];
}

const LOADERS: Record<string, Loader> = { '.ts': 'ts', '.mts': 'ts', '.cts': 'ts', '.tsx': 'tsx', '.jsx': 'jsx' };
const STARTING_POINTS = new Set(['CallExpression', 'NewExpression', 'ImportExpression', 'Literal', 'TemplateLiteral']);

/** Parses the source text of a module, with types removed and free names as {@link FREE} calls them; undefined where it is not JavaScript. */
export async function parseModule(file: string, source: string): Promise<ParsedModule | undefined> {
  const { transform } = await import('esbuild');
  let program: Program;
  try {
    const { code } = await transform(source, {
      loader: loaderOf(file),
      define: FREE,
      charset: 'utf8',
      target: 'esnext',
      logLevel: 'silent',
    });
    program = tree(code);
  } catch {
    // What esbuild does not parse is an error of the build, not of this analysis.
    return undefined;
  }
  const names = new Map<string, Mention[]>();
  const nodes: Mention[] = [];
  fullAncestor(program, (node, _state, ancestors, type) => {
    const mention = { node, around: ancestors.slice(0, -1), pattern: type === 'VariablePattern' } as Mention;
    if (mention.node.type === 'Identifier') {
      const { name } = mention.node;
      names.set(name, [...(names.get(name) ?? []), mention]);
    } else if (STARTING_POINTS.has(node.type)) nodes.push(mention);
  });
  return { names, nodes };
}

/** How esbuild reads the file. */
export function loaderOf(file: string): Loader {
  return LOADERS[extname(file)] ?? 'js';
}

function tree(code: string): Program {
  const options = { ecmaVersion: 'latest', allowHashBang: true } as const;
  try {
    return parse(code, { ...options, sourceType: 'module' });
  } catch {
    return parse(code, { ...options, sourceType: 'script', allowReturnOutsideFunction: true });
  }
}

/** The text of a string that the tree holds as it is; undefined for anything computed. */
export function literalText(node: AnyNode | undefined): string | undefined {
  if (node?.type === 'Literal') return typeof node.value === 'string' ? node.value : undefined;
  if (node?.type === 'TemplateLiteral' && node.expressions.length === 0)
    return node.quasis[0]!.value.cooked ?? undefined;
  return undefined;
}

/** The last name of what is called: `join` for `path.join(…)`, `(0, path.join)(…)` and `join(…)`. */
export function calledName(callee: AnyNode): string | undefined {
  if (callee.type === 'Identifier') return callee.name;
  if (callee.type === 'SequenceExpression') return calledName(callee.expressions.at(-1)!);
  if (callee.type === 'ChainExpression') return calledName(callee.expression);
  return callee.type === 'MemberExpression' ? propertyName(callee) : undefined;
}

/** The name of a property access, `a.b` or `a['b']`; undefined for a computed one. */
export function propertyName(node: AnyNode): string | undefined {
  if (node.type !== 'MemberExpression') return undefined;
  if (!node.computed) return node.property.type === 'Identifier' ? node.property.name : undefined;
  return literalText(node.property);
}
