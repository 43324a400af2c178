import { chmod, mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { ChildProcess } from '../support/childProcess';
import { startContainer, writableVolume, type Mount } from '../support/container';
import { tempDir } from '../support/tempDir';
import { find, type Manifest } from './helm';

/** Content of ConfigMaps and secrets that the chart does not bring, by `configMap/<name>` or `secret/<name>`. */
export type Objects = Record<string, Record<string, string>>;

/** The pod of a Deployment, on this machine: its volumes, and its containers when they are started. */
export interface Pod {
  /** Runs the init container to its end. */
  install(): Promise<{ code: number | null; stdout: string; stderr: string }>;
  /** Starts the portal; the caller ends it. */
  start(): Promise<ChildProcess>;
  /** The folder of a volume. */
  volume(name: string): string;
}

interface Source {
  configMap?: { name: string; items?: Item[] };
  secret?: { name?: string; secretName?: string; items?: Item[] };
}

interface Item {
  key: string;
  path: string;
}

interface Volume extends Source {
  name: string;
  emptyDir?: object;
  persistentVolumeClaim?: object;
  projected?: { sources: Source[] };
}

interface Container {
  command: string[];
  args: string[];
  env?: Array<{ name: string; value?: string; valueFrom?: { secretKeyRef: { name: string; key: string } } }>;
  volumeMounts: Array<{ name: string; mountPath: string; readOnly?: boolean }>;
}

/** Lays the volumes of a Deployment's pod out as the kubelet does; they are gone when the running test ends. */
export async function podOf(manifests: Manifest[], name: string, image: string, objects: Objects): Promise<Pod> {
  const known: Objects = { ...objects };
  for (const { kind, metadata, data } of manifests) {
    if (kind === 'ConfigMap') known[`configMap/${metadata.name}`] = data ?? {};
  }
  const spec = find(manifests, 'Deployment', name).spec.template.spec as {
    initContainers: Container[];
    containers: Container[];
    volumes: Volume[];
  };
  const volumes = new Map<string, string>();
  for (const volume of spec.volumes) volumes.set(volume.name, await layOut(volume, known));

  const run = async (container: Container | undefined): Promise<ChildProcess> => {
    if (!container) throw new Error(`${name} has no such container`);
    const mounts = container.volumeMounts.map(({ name: volume, mountPath, readOnly }): Mount => {
      return { source: folderOf(volumes, volume), target: mountPath, readOnly };
    });
    const env = (container.env ?? []).map((variable): [string, string] => {
      const from = variable.valueFrom?.secretKeyRef;
      const value = from ? contentOf(known, `secret/${from.name}`, from.key) : (variable.value ?? '');
      return [variable.name, value];
    });
    const command = [...container.command, ...container.args];
    return await startContainer({ image, command, env: Object.fromEntries(env), mounts });
  };
  return {
    install: async () => {
      const child = await run(spec.initContainers[0]);
      const { code } = await child.exited;
      return { code, stdout: child.stdout(), stderr: child.stderr() };
    },
    start: async () => await run(spec.containers[0]),
    volume: (volume) => folderOf(volumes, volume),
  };
}

async function layOut(volume: Volume, known: Objects): Promise<string> {
  if (volume.emptyDir || volume.persistentVolumeClaim) return await writableVolume();
  const sources = volume.projected?.sources ?? [volume];
  const dir = await tempDir();
  await chmod(dir, 0o755);
  for (const { configMap, secret } of sources) {
    const object = configMap ? `configMap/${configMap.name}` : `secret/${secret?.name ?? secret?.secretName}`;
    const all = Object.keys(known[object] ?? {}).map((key) => ({ key, path: key }));
    for (const { key, path } of configMap?.items ?? secret?.items ?? all) {
      await mkdir(join(dir, path, '..'), { recursive: true });
      await writeFile(join(dir, path), contentOf(known, object, key));
    }
  }
  return dir;
}

function contentOf(known: Objects, object: string, key: string): string {
  const content = known[object]?.[key];
  if (content === undefined) throw new Error(`There is no ${key} in ${object}`);
  return content;
}

function folderOf(volumes: Map<string, string>, name: string): string {
  const folder = volumes.get(name);
  if (!folder) throw new Error(`The pod has no volume ${name}`);
  return folder;
}
