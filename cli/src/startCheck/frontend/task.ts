/** What the parent asks of the process that loads a remote, as its one argument in JSON. All paths are absolute. */
export interface FrontendTask {
  /** Package name of the bundle, for messages. */
  name: string;
  /** Folder that browsers get their files from. */
  assetsDir: string;
  /** The global that the entry script sets. */
  container: string;
  /** The entry script, below `assetsDir`. */
  entry: string;
  /** The modules to load: `.`, `./alpha`. */
  exposes: string[];
  /** What helps where it has nothing for the new frontend system. */
  oldHint: string;
  /** What the app shares: the module and its version by import. */
  shared: Record<string, { file: string; version: string }>;
}
