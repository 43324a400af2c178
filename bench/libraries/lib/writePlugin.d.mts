import type { Exercise } from './exercises.mjs';

/** See writePlugin.mjs. */
export function writePlugin(exercise: Exercise, dir: string, modules: string): Promise<string>;
export function pluginIdOf(name: string): string;
