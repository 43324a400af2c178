/** State of a module during the search (R. Tarjan, Depth-first search and linear graph algorithms, 1972). */
interface Visited {
  index: number;
  lowest: number;
  done: boolean;
}

/**
 * Requires a file and returns the files that this loaded, in an order in which each can be required by itself. Modules that
 * require each other are loaded together, by the first of them that was required.
 */
export function loadOrder(require: NodeJS.Require, entry: string): string[] {
  require(entry);
  const order: string[] = [];
  const visited = new Map<NodeModule, Visited>();
  const open: NodeModule[] = [];
  // In the order in which they were required: Node.js lists also children that others had loaded.
  const visit = (module: NodeModule): Visited => {
    const own: Visited = { index: visited.size, lowest: visited.size, done: false };
    visited.set(module, own);
    open.push(module);
    for (const child of module.children) {
      const known = visited.get(child);
      if (!known) own.lowest = Math.min(own.lowest, visit(child).lowest);
      else if (!known.done) own.lowest = Math.min(own.lowest, known.index);
    }
    if (own.lowest === own.index) {
      for (const member of open.splice(open.indexOf(module))) visited.get(member)!.done = true;
      order.push(module.filename);
    }
    return own;
  };
  visit(require.cache[require.resolve(entry)]!);
  return order;
}
