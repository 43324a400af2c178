export interface Config {
  __camelId__?: {
    /**
     * The answer of `/api/__pluginId__/ping`. Default: `Hello from __pluginId__`.
     * @visibility backend
     */
    greeting?: string;
  };
}
