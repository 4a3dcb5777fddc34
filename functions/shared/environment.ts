/** An environment variable of the function. Throws if it is not set, so that the function does not start. */
export function required(name: string): string {
  const value = process.env[name];
  if (!value) {
    throw new Error(`The environment variable ${name} is not set`);
  }
  return value;
}
