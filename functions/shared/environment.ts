/** A variable that the program declares for the function; without it the function must not start. */
export function required(name: string): string {
  const value = process.env[name];
  if (!value) {
    throw new Error(`The environment variable ${name} is not set`);
  }
  return value;
}
