import { AwsError } from "../../base/service.ts";
import type { EngineNames } from "./provision.ts";
import type { Table } from "./tables.ts";

/** The tables that exist: those of the program without deleted ones, and those that were restored since the start. */
export class Registry {
  readonly #tables = new Map<string, { readonly table: Table; readonly names: EngineNames }>();

  add(table: Table, names: EngineNames): void {
    this.#tables.set(table.name, { table, names });
  }

  remove(table: Table): void {
    this.#tables.delete(table.name);
  }

  find(name: string): Table | undefined {
    return this.#tables.get(name)?.table;
  }

  has(table: Table): boolean {
    return this.find(table.name) === table;
  }

  /** @throws AwsError ResourceNotFoundException. */
  get(name: string): Table {
    const table = this.find(name);
    if (table === undefined) {
      throw new AwsError(
        "ResourceNotFoundException",
        `Requested resource not found: Table: ${name} not found`,
      );
    }
    return table;
  }

  namesOf(table: Table): EngineNames | undefined {
    return this.#tables.get(table.name)?.names;
  }

  tables(): Table[] {
    return this.all().map(({ table }) => table);
  }

  all(): { readonly table: Table; readonly names: EngineNames }[] {
    return [...this.#tables.values()];
  }
}
