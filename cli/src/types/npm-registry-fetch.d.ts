declare module 'npm-registry-fetch/lib/auth.js' {
  /** Credentials for a URL, of npm's settings. */
  export default function getAuth(
    url: string,
    settings: Record<string, unknown>,
  ): { token: string | null; auth: string | null };
}
