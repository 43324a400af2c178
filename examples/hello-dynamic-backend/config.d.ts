export interface Config {
  hello?: {
    /**
     * The answer of `/api/hello/ping`. Default: `Hello from a dynamic plugin`.
     * @visibility backend
     */
    greeting?: string;
  };
}
