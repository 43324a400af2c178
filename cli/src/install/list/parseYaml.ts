import type { CST, Document, LineCounter, Pair } from 'yaml';
import { MAX_MERGED, excessOfMergeKeys } from './mergeKeys';

/** Levels of nesting in a file; the parser takes longer for each the deeper it is, and its callers recurse. */
const MAX_DEPTH = 100;
/** Faults of the text after which parsing ends: a file of nonsense has one for each of its characters. */
const MAX_FAULTS = 20;
const MOST_FAULTS = 100;

/** A fault of a text, with its offset. */
interface TextFault {
  offset: number;
  message: string;
}

/** A text that was parsed. */
export interface ParsedYaml {
  document: Document;
  lines: LineCounter;
  /** Where this is not empty, the document is not to be used. */
  faults: TextFault[];
}

/**
 * Parses untrusted YAML in a time that grows with its size alone: depth is counted before anything is made of
 * what is nested, keys are compared by a set, where the parser would compare each with all others, and what merge keys bring
 * is counted before it is merged. One document, no key twice and none called `__proto__`. Merge keys merge, as in YAML 1.1.
 */
export async function parseYaml(text: string): Promise<ParsedYaml> {
  // Imported late: no other command reads YAML this way.
  const { Composer, Lexer, LineCounter, Parser, isScalar, visit } = await import('yaml');
  const lines = new LineCounter();
  const faults: TextFault[] = [];
  lines.addNewLine(0);
  const parser = new Parser(lines.addNewLine);
  const composer = new Composer({ prettyErrors: false, uniqueKeys: false, merge: true });
  let errors = 0;

  function* tokens(): Generator<CST.Token> {
    for (const lexeme of new Lexer().lex(text)) {
      for (const token of parser.next(lexeme)) {
        yield token;
        if (token.type === 'error' && ++errors >= MAX_FAULTS) return;
      }
      if (parser.stack.length <= MAX_DEPTH) continue;
      faults.push({ offset: parser.offset, message: `nested deeper than ${MAX_DEPTH} levels` });
      return;
    }
    yield* parser.end();
  }

  let document: Document.Parsed | undefined;
  for (const next of composer.compose(tokens(), true, text.length)) {
    if (document) {
      faults.push({ offset: next.range[0], message: 'Source contains multiple documents' });
      break;
    }
    document = next;
  }
  if (faults.length === 0) {
    faults.push(...document!.errors.slice(0, MOST_FAULTS).map(({ pos, message }) => ({ offset: pos[0], message })));
    const excess = await excessOfMergeKeys(document!);
    if (excess !== undefined) faults.push({ offset: excess, message: `merge keys bring more than ${MAX_MERGED} keys` });
    visit(document!, {
      Map: (_, { items }) => {
        const keys = new Set<unknown>();
        for (const { key } of items as Pair[]) {
          if (!isScalar(key)) continue;
          const message =
            key.value === '__proto__'
              ? 'the key __proto__ is not accepted'
              : keys.has(key.value) && 'Map keys must be unique';
          if (message) faults.push({ offset: key.range?.[0] ?? 0, message });
          keys.add(key.value);
        }
      },
    });
  }
  return { document: document!, lines, faults };
}
