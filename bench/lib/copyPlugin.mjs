import { cp, readFile, writeFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { repository } from '../../scripts/lib/repository.mjs';

const example = join(repository, 'examples/hello-dynamic-backend');

/** Copies the source of the hello example to the folder `to`, as a plugin with another id; returns the folder. */
export async function copyPlugin(to, id) {
  await cp(example, to, {
    recursive: true,
    filter: (path) => path === example || !/^(\.?dist|node_modules)|\.tgz$/.test(basename(path)),
  });
  await edit(join(to, 'package.json'), (text) =>
    text.replace('@stagedoor/hello-dynamic-backend', `@bench/${id}-backend`).replace('"hello"', `"${id}"`),
  );
  await edit(join(to, 'src/plugin.ts'), (text) => text.replace("pluginId: 'hello'", `pluginId: '${id}'`));
  return to;
}

/** Writes what `change` makes of the text of a file. */
export async function edit(file, change) {
  await writeFile(file, change(await readFile(file, 'utf8')));
}
