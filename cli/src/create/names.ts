import { namesInvalid } from './errors';
import type { CreateOptions } from './options';

const ID = /^[a-z][a-z0-9]*(-[a-z0-9]+)*$/;
const NAME = /^(@[a-z0-9][a-z0-9._-]*\/)?[a-z0-9][a-z0-9._-]*$/;

/** Why `value` is not a valid id of a plugin or module; undefined if it is. */
export function faultOfId(value: string): string | undefined {
  return ID.test(value) ? undefined : 'Lower-case letters, digits and single dashes, beginning with a letter.';
}

/** Why `value` is not a valid name of an npm package; undefined if it is. */
export function faultOfName(value: string): string | undefined {
  return NAME.test(value) ? undefined : 'A package name such as todo-backend or @acme/plugin-todo-backend.';
}

/** Throws USAGE with all errors in the ids and the name. */
export function checkNames({ kind, id, module, name }: CreateOptions): void {
  const faults: string[] = [];
  const check = (option: string, value: string | undefined, fault: typeof faultOfId): void => {
    const found = value === undefined ? undefined : fault(value);
    if (found) faults.push(`--${option} ${JSON.stringify(value)} is invalid: ${found}`);
  };
  check('id', id, faultOfId);
  check('module', module, faultOfId);
  check('name', name, faultOfName);
  if (kind === 'pair' && name !== undefined)
    faults.push('--name cannot be used for a pair, whose packages are named by the id.');
  if (kind === 'backend-module' && module === undefined) faults.push('A module requires its own id: --module.');
  if (kind !== 'backend-module' && module !== undefined) faults.push(`--module cannot be used for a ${kind}.`);
  if (faults.length > 0) throw namesInvalid(faults);
}

/**
 * The package name without scope that the field uses: `todo-backend`, `todo-backend-module-mail`, and of a frontend `todo`
 * among the plugins of a workspace. By itself that would say too little.
 */
export function baseName({ kind, id, module }: Pick<CreateOptions, 'kind' | 'id' | 'module'>, member: boolean): string {
  if (kind === 'frontend-plugin') return member ? id : `${id}-frontend`;
  return module === undefined ? `${id}-backend` : `${id}-backend-module-${module}`;
}

/** `my-todo` → `My todo`, for people. */
export function titleOf(id: string): string {
  const words = id.replaceAll('-', ' ');
  return words[0]!.toUpperCase() + words.slice(1);
}

/** `my-todo` → `myTodo`: an identifier in code and a key in app-config. */
export function camelCase(...ids: string[]): string {
  return ids.join('-').replace(/-(.)/g, (_, letter: string) => letter.toUpperCase());
}
