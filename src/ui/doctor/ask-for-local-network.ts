/**
 * Makes the browser ask for its local-network permission where it still may: a worker's request never brings up the question, a
 * page's does after a click. Only the address is called, without a key, and the answer is not read.
 */
export async function askForLocalNetwork(address: string, loopbackOrPrivate: boolean): Promise<void> {
  if (!loopbackOrPrivate || !URL.canParse(address)) return;
  const init: RequestInit & { targetAddressSpace?: string } = {
    mode: 'no-cors',
    credentials: 'omit',
    signal: AbortSignal.timeout(30_000),
    targetAddressSpace: /^https?:\/\/(localhost|127\.|\[::1\])/iu.test(address) ? 'loopback' : 'local',
  };
  // Whether it was allowed shows in the check that follows.
  await fetch(new URL('/', address).href, init).then(
    () => undefined,
    () => undefined,
  );
}
