/** What is read of a thrown error and its causes. */
interface ThrownFacts {
  name?: string;
  code?: string;
  message?: string;
  cause?: unknown;
}

/** What an error says, and what to do about it: the first that matches counts. */
const KNOWN: ReadonlyArray<{ says: RegExp; hint: (found: RegExpExecArray) => string }> = [
  { says: /Missing required config value at '([^']+)'/, hint: ([, key]) => `Set ${key} in app-config.` },
  {
    says: /dependencies of .* are missing for the following ref\(s\): (.+)/,
    hint: () =>
      'Nothing provides them here: install what does, or use a release of the plugin that fits the Backstage release.',
  },
  {
    says: /\b(?:ECONNREFUSED|ECONNRESET|ENETUNREACH|EHOSTUNREACH|ENOTFOUND|EAI_AGAIN|ETIMEDOUT)\b/,
    hint: () => 'Check that the service runs, and that it can be reached from here.',
  },
  { says: /\b(?:EACCES|EPERM|EROFS)\b/, hint: () => 'Give the process the right to that file.' },
  { says: /\bENOENT\b/, hint: () => 'Check that the file exists where the plugin looks for it.' },
  {
    says: /^(?:TypeError|ReferenceError|RangeError)\b/,
    hint: () =>
      'The code of the plugin threw it. Use a release of the plugin that fits the Backstage release, or correct the code.',
  },
  {
    says: /^SyntaxError\b/,
    hint: () => 'Node.js cannot read that text: JavaScript or JSON that it understands is expected.',
  },
];

/**
 * What to do about an error that the code of a plugin threw, by what Node.js and Backstage say in it and in its causes; undefined
 * for any other, whose message is all that is known.
 */
export function thrownHint(thrown: unknown): string | undefined {
  for (let error = thrown, depth = 0; isObject(error) && depth < 8; error = error.cause, depth++) {
    const { name = 'Error', code = '', message = '' } = error;
    const text = `${name} ${code} ${message}`;
    for (const { says, hint } of KNOWN) {
      const found = says.exec(text);
      if (found) return hint(found);
    }
  }
  return undefined;
}

function isObject(value: unknown): value is ThrownFacts {
  return typeof value === 'object' && value !== null;
}
