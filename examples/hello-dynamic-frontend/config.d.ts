export interface Config {
  hello?: {
    /**
     * The heading of the page at `/hello`. Default: `Hello`.
     * @visibility frontend
     */
    heading?: string;
  };
}
