export interface Config {
  __camelId__?: {
    /**
     * What `/api/__pluginId__/__moduleId__/greeting` answers. Default: `Hello from __moduleId__`.
     * @visibility backend
     */
    greeting?: string;
  };
}
