export interface Config {
  __camelId__?: {
    /**
     * What `/api/__pluginId__/ping` answers. Default: `Hello from __pluginId__`.
     * @visibility backend
     */
    greeting?: string;
  };
}
