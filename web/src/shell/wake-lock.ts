import { useEffect } from "react";

/** Keeps the screen on. A hidden page loses the lock, and asks for it again when it is seen. */
export function useWakeLock(wanted: boolean): void {
  useEffect(() => {
    if (!wanted || !("wakeLock" in navigator)) {
      return undefined;
    }
    let lock: WakeLockSentinel | undefined;
    let over = false;
    const ask = async () => {
      if (document.visibilityState === "visible") {
        // A low battery may refuse it.
        lock = await navigator.wakeLock.request("screen").catch(() => undefined);
        if (over) {
          await lock?.release();
        }
      }
    };
    const listener = () => void ask();
    void ask();
    document.addEventListener("visibilitychange", listener);
    return () => {
      over = true;
      document.removeEventListener("visibilitychange", listener);
      void lock?.release();
    };
  }, [wanted]);
}
