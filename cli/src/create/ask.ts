import { stderr, stdin } from 'node:process';
import { faultOfId, faultOfName } from './names';
import { KINDS, type CreateOptions, type Kind } from './options';
import { findPlaces } from './places';

const LABELS: Record<Kind, string> = {
  'backend-plugin': 'A backend plugin: routes, config, background work',
  'backend-module': 'A module that extends a backend plugin',
  'frontend-plugin': 'A frontend plugin: a page',
  pair: 'A pair: a frontend plugin and the backend plugin that it calls',
};

/** Answers from the command line; the rest is prompted for. */
export type Answers = Omit<CreateOptions, 'kind' | 'id'> & Partial<Pick<CreateOptions, 'kind' | 'id'>>;

/**
 * Asks on the terminal for what is not said yet; each question has a default, and what is made follows from the
 * answers. Throws an AbortError on Ctrl-C, Escape or `signal`.
 */
export async function ask(said: Answers, signal: AbortSignal): Promise<CreateOptions> {
  const { isCancel, select, text } = await import('@clack/prompts');
  const terminal = { input: stdin, output: stderr, signal };
  const answered = <T>(answer: T): Exclude<T, symbol> => {
    if (isCancel(answer)) throw new DOMException('The prompts were cancelled.', 'AbortError');
    return answer as Exclude<T, symbol>;
  };
  // The default is shown, but not typed: what people type would be appended to it.
  const line = async (message: string, defaultValue: string, fault: (value: string) => string | undefined) => {
    const validate = (value: string | undefined): string | undefined => (value ? fault(value) : undefined);
    return answered(await text({ ...terminal, message, placeholder: defaultValue, defaultValue, validate }));
  };

  const kind =
    said.kind ??
    answered(
      await select<Kind>({
        ...terminal,
        message: 'What do you want to create?',
        options: KINDS.map((value) => ({ value, label: LABELS[value] })),
      }),
    );
  const isModule = kind === 'backend-module';
  const id = said.id ?? (await line(isModule ? 'Id of the plugin it extends' : 'Id of the plugin', 'hello', faultOfId));
  const module = said.module ?? (isModule ? await line('Id of the module', 'extra', faultOfId) : undefined);
  const options = { ...said, kind, id, module };
  if (kind !== 'pair' && options.name === undefined) {
    const { packages } = await findPlaces(options);
    options.name = await line('Name of the package', packages[0]!.home.name, faultOfName);
  }
  if (options.folder !== undefined) return options;
  const { dir } = await findPlaces(options);
  const folder = await line('Folder', dir, (value) => (value.trim() === '' ? 'Enter a folder.' : undefined));
  return { ...options, folder };
}
