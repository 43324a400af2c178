export interface Config {
  __camelId__?: {
    /**
     * The heading of the page at `/__pluginId__`. Default: `__title__`.
     * @visibility frontend
     */
    heading?: string;
  };
}
