/** An entry file of a bundle: absolute real path, and whether Node takes it as an ES module. */
export interface BundleEntry {
  file: string;
  esm: boolean;
}

/** What the parent asks of the clean child, as its one argument in JSON. All paths are absolute and real. */
export interface StartTask {
  /** Package name of the bundle, for messages. */
  name: string;
  bundleDir: string;
  /** The temporary folder that holds all of it: nothing that the bundle requires is looked for outside. */
  dir: string;
  /** A folder from which every shared package resolves; the bundle itself sees only the peers it declares. */
  hostDir: string;
  /** In the order in which a host tries them. */
  entries: BundleEntry[];
}
