/** Small settings that this browser keeps. A browser that keeps nothing is fine too. */
export function readStored(key: string): string | null {
  try {
    return localStorage.getItem(`darkroom:${key}`);
  } catch {
    return null;
  }
}

export function store(key: string, value: string): void {
  try {
    localStorage.setItem(`darkroom:${key}`, value);
  } catch {
    // It holds for this visit.
  }
}
