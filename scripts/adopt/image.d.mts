/** See image.mjs. */
export function layImage(options: {
  app: string;
  image: string;
  dockerfile: string;
  run: (script: string, env: Record<string, string>) => Promise<void>;
}): Promise<{ command: string[]; env: Record<string, string> }>;
