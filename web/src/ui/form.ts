/** The texts of a form's fields, by their names. */
export function valuesOf(form: HTMLFormElement): Readonly<Record<string, string>> {
  return Object.fromEntries(
    Array.from(new FormData(form)).filter((entry): entry is [string, string] => typeof entry[1] === "string"),
  );
}
