import { useInsertionEffect } from 'react';

/**
 * Puts a stylesheet into the page, once however many components use it, and leaves it there. `name` tells it from others.
 * The package has no CSS files of its own that an app would have to import, and nothing in it happens at import.
 */
export function useStyles(name: string, text: string): void {
  useInsertionEffect(() => {
    const id = `stagedoor-${name}`;
    if (document.getElementById(id)) return;
    const style = document.createElement('style');
    style.id = id;
    style.textContent = text;
    document.head.append(style);
  }, [name, text]);
}
