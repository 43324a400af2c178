import { realpathSync } from 'node:fs';
import { resolve } from 'node:path';

/**
 * Built-ins for guards, taken before plugin code runs: a plugin may replace every method of every prototype later. Guards
 * therefore call no methods, and neither iterate nor spread; they index, compare, and use what is here.
 */
export const { apply, construct, defineProperty, getPrototypeOf, setPrototypeOf, ownKeys } = Reflect;
export const keysOf = Object.keys;
export const toText = String;
export const toNumber = Number;
export const stringify = JSON.stringify;
export const resolvePath = resolve;
export const realPath = realpathSync.native;

const { charCodeAt: charCodeAtMethod, slice: sliceMethod } = String.prototype;

export function charCodeAt(text: string, index: number): number {
  return apply(charCodeAtMethod, text, [index]) as number;
}

export function slice(text: string, from: number, to: number): string {
  return apply(sliceMethod, text, [from, to]) as string;
}

/** An object without a prototype, as a set of strings: what a plugin adds to Object.prototype is not in it. */
export type TextSet = Record<string, true>;

export function textSet(items: readonly string[] = []): TextSet {
  const set = Object.create(null) as TextSet;
  for (const item of items) set[item] = true;
  return set;
}
