import {
  BREAK,
  type DocumentNode,
  GraphQLError,
  type GraphQLSchema,
  Kind,
  type OperationDefinitionNode,
  parse,
  type SelectionNode,
  type SelectionSetNode,
  specifiedRules,
  validate,
  type ValidationRule,
  visit,
} from "graphql";
import { LRUCache } from "lru-cache";
import { badRequest, malformed } from "../refusal.ts";
import { boundErrors } from "./errors.ts";
import type { ResponseError } from "../model/execution.ts";
import { weigh } from "./weight.ts";
import { createWording } from "./wording.ts";

/** A document that the schema allows, and one operation of it. */
export interface Prepared {
  readonly document: DocumentNode;
  readonly operation: OperationDefinitionNode;
  /** Levels of fields, leaves included. */
  readonly depth: number;
  /** Whether the document selects `__schema` or `__type`. */
  readonly isIntrospection: boolean;
}

export interface Documents {
  /** Characters of the texts whose documents are cached. */
  readonly kept: number;
  /** Throws `Refusal` for text that is not GraphQL, and for several operations without a name. */
  prepare(
    query: string,
    operationName: string | undefined,
  ): Prepared | { readonly errors: readonly ResponseError[] };
}

interface Valid {
  readonly document: DocumentNode;
  readonly operations: readonly Prepared[];
}

type Parsed = Valid | { readonly errors: readonly ResponseError[] };

/** The defaults of graphql-java, whose nesting is 500. A level of fields is three steps of a path. */
const maxTokens = 15_000;
const maxNesting = 3 * 500;
/** Characters of all cached texts. Their syntax trees take about a hundred times as much memory. */
const cachedText = 128 * 1024;

/** Parses and validates each text once. The valid documents used last are cached, up to `keep` characters of text. */
export function createDocuments(schema: GraphQLSchema, introspection: boolean, keep = cachedText): Documents {
  const rules = introspection ? specifiedRules : [...specifiedRules, noIntrospection];
  const cache = new LRUCache<string, Valid>({
    maxSize: keep,
    maxEntrySize: Math.floor(keep / 10),
    sizeCalculation: (_, { length }) => length,
  });

  function lookUp(query: string): Parsed {
    const known = cache.get(query);
    if (known) {
      return known;
    }
    const parsed = read(schema, rules, query);
    if ("operations" in parsed) {
      cache.set(query, parsed);
    }
    return parsed;
  }

  return {
    get kept() {
      return cache.calculatedSize;
    },
    prepare(query, operationName) {
      const parsed = lookUp(query);
      return "errors" in parsed ? parsed : choose(parsed.operations, operationName);
    },
  };
}

function read(schema: GraphQLSchema, rules: readonly ValidationRule[], query: string): Parsed {
  const document = parseQuery(query);
  refuseDepth(document);
  if (weigh(document).over) {
    throw badRequest("The document selects too much.");
  }
  const errors = validate(schema, document, rules, { hideSuggestions: true });
  if (errors.length > 0) {
    return { errors: boundErrors(errors.map(createWording(document))) };
  }
  const depthOf = measure(document);
  // A name in a document cannot be escaped: without the letters no field has it.
  const isIntrospection = /__(?:schema|type)\b/.test(query) && asksForSchema(document);
  const operations = document.definitions.flatMap((operation) =>
    operation.kind === Kind.OPERATION_DEFINITION
      ? { document, operation, depth: depthOf(operation.selectionSet), isIntrospection }
      : [],
  );
  return { document, operations };
}

function parseQuery(query: string): DocumentNode {
  try {
    return parse(query, { maxTokens });
  } catch {
    throw malformed("Unable to parse GraphQL query.");
  }
}

/** Runs before validation, which would overflow the stack. */
function refuseDepth(document: DocumentNode): void {
  visit(document, {
    enter(_node, _key, _parent, path) {
      if (path.length > maxNesting) {
        throw malformed("Unable to parse GraphQL query.");
      }
    },
  });
}

function choose(operations: readonly Prepared[], name: string | undefined): ReturnType<Documents["prepare"]> {
  const [first, ...others] = operations;
  if (!first) {
    throw malformed("Unable to parse GraphQL query.");
  }
  if (!name && others.length > 0) {
    throw badRequest("Missing operation name.");
  }
  const chosen = name ? operations.find(({ operation }) => operation.name?.value === name) : first;
  if (chosen) {
    return chosen;
  }
  const message = `Unknown operation named '${name ?? ""}'.`;
  return { errors: boundErrors([{ path: null, locations: null, message }]) };
}

/** Measures each fragment once. Validation has refused cycles of fragments. */
function measure(document: DocumentNode): (selectionSet: SelectionSetNode) => number {
  const fragments = new Map(
    document.definitions.flatMap((one) =>
      one.kind === Kind.FRAGMENT_DEFINITION ? [[one.name.value, one]] : [],
    ),
  );
  const measured = new Map<string, number>();
  const depthOfFragment = (name: string): number => {
    const depth = measured.get(name) ?? depthOf(fragments.get(name)?.selectionSet);
    measured.set(name, depth);
    return depth;
  };
  const depthOf = (set: SelectionSetNode | undefined): number =>
    (set?.selections ?? []).reduce((deepest, selection) => Math.max(deepest, depthAt(selection)), 0);
  const depthAt = (selection: SelectionNode): number => {
    if (selection.kind === Kind.FIELD) {
      return 1 + depthOf(selection.selectionSet);
    }
    if (selection.kind === Kind.INLINE_FRAGMENT) {
      return depthOf(selection.selectionSet);
    }
    return depthOfFragment(selection.name.value);
  };
  return depthOf;
}

function asksForSchema(document: DocumentNode): boolean {
  let isFound = false;
  visit(document, {
    Field({ name }) {
      if (!isSchemaField(name.value)) {
        return undefined;
      }
      isFound = true;
      return BREAK;
    },
  });
  return isFound;
}

const isSchemaField = (name: string): boolean => name === "__schema" || name === "__type";

/** AppSync reports the meta fields as unknown fields. `__typename` stays. */
const noIntrospection: ValidationRule = (context) => ({
  Field(node) {
    const name = node.name.value;
    if (isSchemaField(name)) {
      context.reportError(
        new GraphQLError(`Cannot query field "${name}" on type "${context.getParentType()?.name ?? ""}".`, {
          nodes: node,
        }),
      );
    }
  },
});
