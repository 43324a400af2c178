import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { Page } from 'playwright-core';
import { expect } from 'vitest';
import { repository } from './repository';

/**
 * Takes the picture `docs/pictures/<name>.png` of a page as it is shown now. With PICTURES=write the docs get it; other
 * runs hold that they have one of that size.
 */
export async function takePicture(page: Page, name: string): Promise<void> {
  const taken = await page.screenshot({ animations: 'disabled' });
  const file = join(repository, 'docs/pictures', `${name}.png`);
  if (process.env.PICTURES === 'write') {
    await mkdir(dirname(file), { recursive: true });
    await writeFile(file, taken);
  }
  expect(sizeOf(await readFile(file)), `${file}; PICTURES=write takes it anew`).toEqual(sizeOf(taken));
}

/** Width and height in pixels, from the header of a PNG file (w3.org/TR/png, 11.2.1). */
function sizeOf(png: Buffer): [number, number] {
  return [png.readUInt32BE(16), png.readUInt32BE(20)];
}
