export interface Config {
  hello?: {
    /**
     * What `/api/hello/ping` answers. Default: `Hello from a dynamic plugin`.
     * @visibility backend
     */
    greeting?: string;
  };
}
