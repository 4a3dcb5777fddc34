import type { AnyNode } from "acorn";

import type { Report } from "./nodes.ts";

/** The syntax of APPSYNC_JS 1.0.0: https://docs.aws.amazon.com/appsync/latest/devguide/supported-features.html */
const NODES = new Set([
  "Program",
  "ExpressionStatement",
  "BlockStatement",
  "EmptyStatement",
  "ReturnStatement",
  "BreakStatement",
  "IfStatement",
  "SwitchStatement",
  "SwitchCase",
  "ForInStatement",
  "ForOfStatement",
  "FunctionDeclaration",
  "VariableDeclaration",
  "VariableDeclarator",
  "ArrayExpression",
  "ObjectExpression",
  "Property",
  "FunctionExpression",
  "ArrowFunctionExpression",
  "UnaryExpression",
  "BinaryExpression",
  "AssignmentExpression",
  "LogicalExpression",
  "MemberExpression",
  "ConditionalExpression",
  "CallExpression",
  "SpreadElement",
  "TemplateLiteral",
  "TemplateElement",
  "TaggedTemplateExpression",
  "ChainExpression",
  "Identifier",
  "Literal",
  "ObjectPattern",
  "ArrayPattern",
  "RestElement",
  "AssignmentPattern",
  "ImportDeclaration",
  "ImportSpecifier",
  "ImportNamespaceSpecifier",
  "ExportNamedDeclaration",
  "ExportSpecifier",
]);

/** Why other syntax is refused, where there is more to say than its name. */
const REASONS: Readonly<Record<string, string>> = {
  ThrowStatement: "throw is not supported; use util.error",
  TryStatement: "try, catch and finally are not supported",
  WhileStatement: "while is not supported; use for-of",
  DoWhileStatement: "do-while is not supported; use for-of",
  ForStatement: "for(;;) is not supported; use for-of or for-in",
  ContinueStatement: "continue is not supported",
  LabeledStatement: "labels are not supported",
  DebuggerStatement: "debugger is not supported",
  ClassDeclaration: "classes are not supported",
  ClassExpression: "classes are not supported",
  ThisExpression: "this is not supported",
  Super: "super is not supported",
  NewExpression: "new is not supported",
  AwaitExpression: "await is not supported",
  YieldExpression: "yield is not supported",
  SequenceExpression: "the comma operator is not supported",
  UpdateExpression: "++ and -- are not supported; use += 1 or -= 1",
  ImportExpression: "import() is not supported",
  MetaProperty: "import.meta and new.target are not supported",
  ImportDefaultSpecifier: "a default import is not supported; import by name",
  ExportDefaultDeclaration: "export default is not supported; export request and response",
  ExportAllDeclaration: "export * is not supported; export request and response",
};

/** Reports `node` if its syntax is not in the language. Parts of a refused node are reported only where `REASONS` has them. */
export function checkSyntax(node: AnyNode, parent: AnyNode | undefined, report: Report): void {
  const inRefused = parent !== undefined && !NODES.has(parent.type);
  if (!NODES.has(node.type) && !(inRefused && !(node.type in REASONS))) {
    report(node, REASONS[node.type] ?? `${node.type} is not supported`);
  }
  for (const reason of refusedForms(node)) {
    report(node, reason);
  }
}

/** What is refused of a kind of node that the language has. */
function refusedForms(node: AnyNode): string[] {
  switch (node.type) {
    case "FunctionDeclaration":
    case "FunctionExpression":
    case "ArrowFunctionExpression":
      return [
        ...(node.async ? ["async functions are not supported"] : []),
        ...(node.generator ? ["generators are not supported"] : []),
      ];
    case "ForOfStatement":
      return node.await ? ["for await is not supported"] : [];
    case "UnaryExpression":
    case "AssignmentExpression":
    case "BinaryExpression":
      return refusedOperator(node.operator);
    case "Property":
      return node.kind === "init" ? [] : ["getters and setters are not supported"];
    case "Literal":
      return [
        ...(node.regex
          ? ["regular expression literals are not supported; pass a Java pattern as a string"]
          : []),
        ...(node.bigint != null ? ["BigInt is not supported"] : []),
      ];
    case "VariableDeclaration":
      return ["const", "let", "var"].includes(node.kind)
        ? []
        : [`${node.kind} declarations are not supported`];
    default:
      return [];
  }
}

function refusedOperator(operator: string): string[] {
  switch (operator) {
    case "~":
    // https://github.com/aws/aws-appsync-community/issues/353
    case "??=":
    case "||=":
    case "&&=":
    case "instanceof":
      return [`the operator ${operator} is not supported`];
    case "in":
      return ["the operator in is not supported; use Object.hasOwn"];
    default:
      return [];
  }
}
