const key = "darkroom:reloaded";

/** Milliseconds in which the page reloads itself at most once. */
const patience = 60_000;

/**
 * Loads a part of the gallery. An open page may miss a part that a deployment has replaced: then it reloads itself, and
 * the promise does not settle.
 */
export async function part<Module>(load: () => Promise<Module>): Promise<Module> {
  try {
    return await load();
  } catch (error) {
    if (Date.now() - Number(sessionStorage.getItem(key) ?? 0) < patience) {
      throw error;
    }
    sessionStorage.setItem(key, String(Date.now()));
    location.reload();
    return new Promise(() => undefined);
  }
}
