/** Whether an answer (its body, or all of it) is the page of the portal's app: every path gets it that is nobody else's. */
export function isAppPage({ status, text }: { status: number; text: string }): boolean {
  return status === 200 && text.includes('<noscript>You need to enable JavaScript to use this portal.</noscript>');
}
