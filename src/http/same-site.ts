const LOOPBACK = /^(?:localhost|::1|\[::1\]|127\.\d+\.\d+\.\d+)$/;

/** Whether a host, as a config or a URL names it, is this machine alone. */
export function isLoopback(host: string): boolean {
  return LOOPBACK.test(host);
}

/** The name in a `Host` header, without its port; undefined when it is none. */
export function hostName(host: string): string | undefined {
  try {
    return new URL(`http://${host}`).hostname;
  } catch {
    return undefined;
  }
}

/**
 * Whether a request comes from a page of ours, or from no page at all: a page of another site must neither read the desk's
 * orders nor halt it through its visitor's browser.
 */
export function isSameSite({ origin, host }: { readonly origin: string; readonly host: string }): boolean {
  if (origin === '') return true;
  const to = hostName(host);
  try {
    const from = new URL(origin).hostname;
    return to !== undefined && (from === to || (isLoopback(from) && isLoopback(to)));
  } catch {
    return false;
  }
}
