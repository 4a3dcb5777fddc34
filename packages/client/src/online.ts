/** Calls each time that a page's machine is back on the network. Returns a function that ends it. */
export function onOnline(listener: () => void): () => void {
  // Node.js has no such event.
  const page = globalThis as Partial<Pick<EventTarget, "addEventListener" | "removeEventListener">>;
  page.addEventListener?.("online", listener);
  return () => page.removeEventListener?.("online", listener);
}
