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
  export const definitions: Record<string, unknown>;
  export const shorthands: Record<string, unknown>;
  export const flatten: unknown;
  export const nerfDarts: string[];
}
