/** See service.mjs. */
export function startService(options: {
  port: number;
  allowOrigin: string;
}): Promise<{ url: string; stop(): Promise<void> }>;
