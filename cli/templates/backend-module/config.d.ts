export interface Config {
  __camelId__?: {
    /**
     * The answer of `/api/__pluginId__/__moduleId__/greeting`. Default: `Hello from __moduleId__`.
     * @visibility backend
     */
    greeting?: string;
  };
}
