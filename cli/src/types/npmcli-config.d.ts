declare module '@npmcli/config' {
  /** The part of npm's settings that is read. */
  export default class Config {
    constructor(options: Record<string, unknown>);
    load(): Promise<void>;
    /** In the form that npm's other packages take as options. */
    readonly flat: Record<string, unknown>;
  }
}

declare module '@npmcli/config/lib/definitions/index.js' {
  const known: {
    definitions: Record<string, unknown>;
    shorthands: Record<string, unknown>;
    flatten: unknown;
    nerfDarts: string[];
  };
  export default known;
}
