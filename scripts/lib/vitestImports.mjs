// Preloaded in the processes of Vitest where vitestPlace.mjs needs it. Vitest imports what it does not transform by a path, or by
// a URL of which only the part before a # or ? was made from a path; Node.js takes both for URLs.
import { register } from 'node:module';
import { pathToFileURL } from 'node:url';
import { repository } from './repository.mjs';

const [, before, after] = /^([^?#]*)(.*)$/s.exec(repository);
const written = [`${repository}/`, `${pathToFileURL(before).href}${after}/`];

register(
  `data:text/javascript,${encodeURIComponent(`
    import { pathToFileURL } from 'node:url';
    export async function resolve(specifier, context, next) {
      const prefix = ${JSON.stringify(written)}.find((each) => specifier.startsWith(each));
      if (prefix === undefined) return await next(specifier, context);
      const file = ${JSON.stringify(`${repository}/`)} + specifier.slice(prefix.length);
      return await next(pathToFileURL(file).href, context);
    }
  `)}`,
);
