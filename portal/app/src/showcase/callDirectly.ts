import { readAnswer, type Answer } from './answer';

export const DIRECT_CODE = `await fetch('http://localhost:9000/things');`;

export const DIRECT_CONFIG = `# the portal: its pages may call the service
backend:
  csp:
    connect-src: ["'self'", 'http://localhost:9000']

# the service: pages of the portal may read its answers
access-control-allow-origin: http://localhost:7007`;

/** Calls another origin from this page, and tells what stood in the way. */
export async function callDirectly(url: string): Promise<Answer> {
  let violated: string | undefined;
  const onViolation = (event: SecurityPolicyViolationEvent) => {
    if (url.startsWith(event.blockedURI)) violated = event.effectiveDirective;
  };
  document.addEventListener('securitypolicyviolation', onViolation);
  try {
    const { json: _, ...answer } = await readAnswer(await fetch(url));
    return answer;
  } catch (error) {
    // The violation is told after the error.
    await new Promise((resolve) => setTimeout(resolve, 50));
    return { ok: false, status: String(error), notes: [explain(url, violated)] };
  } finally {
    document.removeEventListener('securitypolicyviolation', onViolation);
  }
}

function explain(url: string, violated: string | undefined): string {
  const { origin } = new URL(url);
  if (violated) {
    return `The portal's content security policy stopped the request (${violated}): nothing was sent. List ${origin} in backend.csp.connect-src.`;
  }
  return `No policy of the portal stopped it: either ${origin} does not answer, or it does, and its answer lacks access-control-allow-origin: ${location.origin}. The browser tells pages no more than this; its console does.`;
}
