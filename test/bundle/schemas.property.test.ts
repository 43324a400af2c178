import { isStagedoorError, parseManifest, parsePackageJson, type ErrorCode } from '@stagedoor/bundle';
import fc from 'fast-check';
import { afterEach, describe, expect, test } from 'vitest';
import { fixtureBundle } from '../support/bundles';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { tempDir } from '../support/tempDir';

/** Members that reach a prototype where an object is built carelessly. */
const TRAPS = ['__proto__', 'constructor', 'prototype', 'toString', 'hasOwnProperty'];

const anyJson = fc.jsonValue({ maxDepth: 4 });

/** JSON text with a trap somewhere: `JSON.parse` makes `__proto__` a member of its own. */
const trapped = fc
  .tuple(fc.constantFrom(...TRAPS), fc.oneof(anyJson, fc.constant({ polluted: true })))
  .map(([trap, value]) => `{${JSON.stringify(trap)}:${JSON.stringify(value)}}`);

/** What both files are made of, with one member replaced or added. */
function changed(whole: Record<string, unknown>): fc.Arbitrary<string> {
  const key = fc.oneof(fc.constantFrom(...Object.keys(whole), ...TRAPS), fc.string());
  return fc
    .tuple(
      key,
      fc.oneof(
        anyJson.map((value) => JSON.stringify(value)),
        trapped,
      ),
    )
    .map(([name, value]) => {
      const rest = Object.entries(whole).filter(([other]) => other !== name);
      const members = [...rest.map(([other, kept]) => [other, JSON.stringify(kept)]), [name, value]];
      return `{${members.map(([other, text]) => `${JSON.stringify(other)}:${text}`).join(',')}}`;
    });
}

/** Runs a parser; undefined where it took the text, else the code. Fails for any other error. */
function codeOf(parse: () => unknown): ErrorCode | undefined {
  try {
    parse();
    return undefined;
  } catch (error) {
    if (!isStagedoorError(error)) throw error;
    expect(error.message.length).toBeLessThan(20_000);
    return error.code;
  }
}

async function files(): Promise<{ packageJson: Record<string, unknown>; manifest: Record<string, unknown> }> {
  const dir = await fixtureBundle(await tempDir(), 'greeter');
  const read = async (name: string): Promise<Record<string, unknown>> =>
    JSON.parse(await readFile(join(dir, name), 'utf8')) as Record<string, unknown>;
  return { packageJson: await read('package.json'), manifest: await read('dynamic-bundle.json') };
}

afterEach(() => {
  expect(({} as { polluted?: unknown }).polluted).toBeUndefined();
  expect(Object.keys(Object.prototype)).toEqual([]);
});

describe('a manifest', () => {
  const parse = (text: string) => (): unknown => parseManifest(JSON.parse(text), 'dynamic-bundle.json');
  const codes = [undefined, 'MANIFEST_INVALID', 'FORMAT_UNSUPPORTED'];

  test('of arbitrary JSON is refused with a code', () => {
    const texts = fc.oneof(
      anyJson.map((value) => JSON.stringify(value)),
      trapped,
    );
    fc.assert(
      fc.property(texts, (text) => void expect(codes).toContain(codeOf(parse(text)))),
      { numRuns: 1000 },
    );
  });

  test('with one member changed is taken or refused, and pollutes nothing', async () => {
    const { manifest } = await files();
    const property = fc.property(changed(manifest), (text) => void expect(codes).toContain(codeOf(parse(text))));
    fc.assert(property, { numRuns: 1000 });
  });

  test('of nonsense about thousands of files is refused in a message that can be read', async () => {
    const { manifest } = await files();
    const nonsense = Array.from({ length: 50_000 }, () => ({ path: '../x'.repeat(100), size: -1 }));
    expect(codeOf(parse(JSON.stringify({ ...manifest, files: nonsense })))).toBe('MANIFEST_INVALID');
    const { length } = JSON.stringify({ ...manifest, files: nonsense });
    expect(length).toBeGreaterThan(10_000_000);
  });
});

describe('a package.json', () => {
  const parse = (text: string) => (): unknown => parsePackageJson(text, 'package.json');
  const codes = [undefined, 'PACKAGE_JSON_INVALID'];

  test('of arbitrary text or JSON is refused with a code', () => {
    const texts = fc.oneof(
      fc.string(),
      anyJson.map((value) => JSON.stringify(value)),
      trapped,
    );
    fc.assert(
      fc.property(texts, (text) => void expect(codes).toContain(codeOf(parse(text)))),
      { numRuns: 1000 },
    );
  });

  test('with one member changed is taken or refused, and pollutes nothing', async () => {
    const { packageJson } = await files();
    const property = fc.property(changed(packageJson), (text) => {
      expect(codes).toContain(codeOf(parse(text)));
      const taken = codeOf(parse(text)) === undefined ? (parse(text)() as object) : {};
      expect(Object.getPrototypeOf(taken)).toBe(Object.prototype);
      expect((taken as { polluted?: unknown }).polluted).toBeUndefined();
    });
    fc.assert(property, { numRuns: 1000 });
  });

  test('nested a hundred thousand times is no more than refused', () => {
    const deep = `${'{"a":'.repeat(100_000)}1${'}'.repeat(100_000)}`;
    expect(codes).toContain(codeOf(parse(deep)));
    expect(codes).toContain(codeOf(parse(`{"name":"x","version":"1","backstage":${deep}}`)));
    expect(codes).toContain(codeOf(parse(`{"name":"x","version":"1","exports":${deep}}`)));
  });
});
