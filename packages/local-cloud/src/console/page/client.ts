/** The settings that the page was served with. */
export interface Settings {
  readonly title: string;
  readonly token: string;
}

export const settings = JSON.parse(document.getElementById("settings")?.textContent ?? "{}") as Settings;

/** Throws with the console's own words. */
export async function ask<Answer>(
  name: string,
  parameters: Readonly<Record<string, string>> = {},
  method = "GET",
): Promise<Answer> {
  const response = await fetch(`/_console/api/${name}?${new URLSearchParams(parameters).toString()}`, {
    method,
    headers: { "x-console-token": settings.token },
  });
  if (!response.ok) {
    throw new Error(await response.text());
  }
  return (await response.json()) as Answer;
}

/** Opens a view by its address behind `#`. */
export type Open = (hash: string) => void;
