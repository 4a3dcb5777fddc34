const key = "darkroom:reloaded";

/** An open page may miss a part that a deployment has replaced: it loads the new page, once in a minute. */
export function reloadOnce(): void {
  addEventListener("unhandledrejection", ({ reason }) => {
    const isMissing =
      reason instanceof TypeError && /dynamically imported module|module script/i.test(reason.message);
    const last = Number(sessionStorage.getItem(key) ?? 0);
    if (isMissing && Date.now() - last > 60_000) {
      sessionStorage.setItem(key, String(Date.now()));
      location.reload();
    }
  });
}
