/** What the program asks for and AWS would run, but this machine does not. Boot fails with it. */
export class UnsupportedDeclaration extends Error {
  readonly code = "UnsupportedDeclaration";
  override readonly name = "UnsupportedDeclaration";
}

/** Throws `UnsupportedDeclaration`, naming the resource and what of it is refused, if that is there. */
export function refuse(resource: { type: string; name: string }, present: unknown, what: string): void {
  if (present)
    throw new UnsupportedDeclaration(`${resource.type} ${resource.name}: ${what} does not run here`);
}
