/** A declaration that does not run here: AWS refuses it, or this machine does not do it. Boot fails with it. */
export class UnsupportedDeclaration extends Error {
  readonly code = "UnsupportedDeclaration";
  override readonly name = "UnsupportedDeclaration";
}

/** Takes what a developer should know of a program that runs. */
export type Warn = (text: string) => void;

interface Named {
  readonly type: string;
  readonly name: string;
}

/** For what AWS runs and this machine does not: throws `UnsupportedDeclaration` if it is there. */
export function refuse(resource: Named, present: unknown, what: string): void {
  if (present) {
    throw new UnsupportedDeclaration(`${resource.type} ${resource.name}: ${what} does not run here`);
  }
}

/** For what AWS refuses too: throws `UnsupportedDeclaration` if it is there. */
export function refuseAsAws(resource: Named, present: unknown, what: string): void {
  if (present) {
    throw new UnsupportedDeclaration(`${resource.type} ${resource.name}: AWS refuses ${what}`);
  }
}
