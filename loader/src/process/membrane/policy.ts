/** The permissions of a confined process in addition to Node's permission model; plain data, written into its preload. */
export interface MembranePolicy {
  /** The setting that lists further places. */
  connectSetting: string;
  /** Addresses of this machine that may be connected to. */
  addresses: Array<{ address: string; port: number }>;
  /** Unix sockets that may be connected to, absolute. */
  sockets: string[];
  /** The Unix socket that the process itself listens on. */
  ownSocket: string;
  /** The folder for its temporary files: it may listen and connect there. */
  temporary: string;
  /** The folder of the host's SQLite driver, by real path; undefined if none is needed. */
  driverDir?: string;
  /** SQLite file of the plugin, absolute. */
  database?: string;
  /** Folders, by real path, whose native code may be loaded: those of bundles that carry some. */
  nativeCode: string[];
}
