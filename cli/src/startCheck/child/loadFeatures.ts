import { createRequire } from 'node:module';
import { relative } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { Failure } from '../messages';
import type { BundleEntry, StartTask } from '../task';
import { explain } from './explain';
import { Fault } from './fault';
import { featuresIn, type OpenFeature } from './features';
import type { Reporter } from './reporter';

/**
 * The features of the first entry that has any, as hosts take them. Throws Fault: LOAD_FAILED, MODULE_NOT_FOUND,
 * LEGACY_BACKEND, NOT_A_FEATURE.
 */
export async function loadFeatures(task: StartTask, reporter: Reporter): Promise<OpenFeature[]> {
  let exported: unknown;
  for (const entry of task.entries) {
    const path = relative(task.bundleDir, entry.file);
    try {
      exported = await reporter.during(`loading ${path}`, () => load(entry));
      const features = featuresIn(exported);
      if (features.length > 0) return features;
    } catch (error) {
      const what = `${task.name} could not be loaded from ${path}`;
      throw new Fault(explain(error, { ...task, otherwise: 'LOAD_FAILED', what }));
    }
  }
  throw new Fault(noFeature(task.name, exported));
}

async function load({ file, esm }: BundleEntry): Promise<unknown> {
  return esm ? await import(pathToFileURL(file).href) : createRequire(file)(file);
}

function noFeature(name: string, exported: unknown): Failure {
  const outer = Object(exported) as Record<string, unknown>;
  const names = [...new Set([outer, Object(outer.default) as object].flatMap((level) => Object.keys(level)))];
  if (names.includes('createRouter')) {
    return {
      code: 'LEGACY_BACKEND',
      message: `${name} is of the old backend system: it exports createRouter, and no feature as default.`,
    };
  }
  const found = names.slice(0, 10).join(', ') || 'nothing';
  return { code: 'NOT_A_FEATURE', message: `${name} exports no backend feature as default (it exports ${found}).` };
}
