import { join } from 'node:path';
import * as z from 'zod';
import { SIGNATURE_FILE } from '../names';
import { describeIssues } from '../packageJson';
import { parseJson } from '../parseJson';
import { readBounded } from '../readBounded';
import { signatureFileInvalid } from './errors';

const MAX_BYTES = 64 * 1024;

const signatureSchema = z.strictObject({
  keyId: z.string().regex(/^[0-9a-f]{64}$/, 'must be a lower-case hex sha256'),
  algorithm: z.literal('ed25519'),
  // 64 bytes in canonical base64.
  signature: z.string().regex(/^[A-Za-z0-9+/]{85}[AQgw]==$/, 'must be an Ed25519 signature in base64'),
});

const schema = z.strictObject({
  format: z.literal(1),
  signatures: z
    .array(signatureSchema)
    .min(1)
    .max(64)
    .refine((list) => new Set(list.map(({ keyId }) => keyId)).size === list.length, 'holds one key id twice'),
});

/** One signature: its key, algorithm, and 64 bytes in base64. */
export type BundleSignature = z.infer<typeof signatureSchema>;

/**
 * Reads the signatures in `<dir>/dynamic-bundle.sig` without checking them; empty if there is no such file.
 * Throws SIGNATURE_INVALID for a file of another shape.
 */
export async function readSignatures(dir: string): Promise<BundleSignature[]> {
  const file = join(dir, SIGNATURE_FILE);
  const content = await readBounded(file, MAX_BYTES);
  if (content === 'absent') return [];
  if (typeof content === 'string') {
    throw signatureFileInvalid(file, ` is not a file of at most ${MAX_BYTES} bytes.`);
  }
  let value: unknown;
  try {
    value = parseJson(content.toString('utf8'));
  } catch (cause) {
    throw signatureFileInvalid(file, ` ${(cause as Error).message}`, cause);
  }
  const parsed = schema.safeParse(value);
  if (!parsed.success) throw signatureFileInvalid(file, `: ${describeIssues(parsed.error)}`);
  return parsed.data.signatures;
}

/** The signature file as written to disk, sorted by key id. */
export function formatSignatures(signatures: readonly BundleSignature[]): string {
  const sorted = [...signatures].sort((a, b) => (a.keyId < b.keyId ? -1 : 1));
  return `${JSON.stringify({ format: 1, signatures: sorted }, null, 2)}\n`;
}
