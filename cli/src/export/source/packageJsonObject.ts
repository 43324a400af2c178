import { StagedoorError } from '@stagedoor/bundle';

/** The object that the text of a package.json holds. Throws PACKAGE_JSON_INVALID: an install that was cut off leaves half files. */
export function packageJsonObject(text: string, file: string): Record<string, unknown> {
  let value: unknown;
  try {
    value = JSON.parse(text.replace(/^\uFEFF/, ''));
  } catch (cause) {
    throw new StagedoorError('PACKAGE_JSON_INVALID', `${file} is not JSON: ${(cause as Error).message}`, {
      hint: 'Install the dependencies again, or correct the file.',
      cause,
    });
  }
  return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {};
}
