import type { AnyNode } from "acorn";

import type { Report } from "./nodes.ts";

/** What APPSYNC_JS 1.0.0 takes: https://docs.aws.amazon.com/appsync/latest/devguide/supported-features.html */
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

/** How the refused are called in a sentence. */
const NAMES: Readonly<Record<string, string>> = {
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

/** Reports `node` if its syntax is not in the language; what a refused node is made of needs no further word. */
export function checkSyntax(node: AnyNode, parent: AnyNode | undefined, report: Report): void {
  const known =
    NODES.has(node.type) || (parent !== undefined && !NODES.has(parent.type) && !(node.type in NAMES));
  if (!known) {
    report(node, NAMES[node.type] ?? `${node.type} is not supported`);
  }
  switch (node.type) {
    case "FunctionDeclaration":
    case "FunctionExpression":
    case "ArrowFunctionExpression":
      if (node.async) {
        report(node, "async functions are not supported");
      }
      if (node.generator) {
        report(node, "generators are not supported");
      }
      break;
    case "ForOfStatement":
      if (node.await) {
        report(node, "for await is not supported");
      }
      break;
    case "UnaryExpression":
      if (node.operator === "~") {
        report(node, "the operator ~ is not supported");
      }
      break;
    case "AssignmentExpression":
      // https://github.com/aws/aws-appsync-community/issues/353
      if (["??=", "||=", "&&="].includes(node.operator)) {
        report(node, `the operator ${node.operator} is not supported`);
      }
      break;
    case "BinaryExpression":
      if (node.operator === "in") {
        report(node, "the operator in is not supported; use Object.hasOwn");
      }
      if (node.operator === "instanceof") {
        report(node, "the operator instanceof is not supported");
      }
      break;
    case "Property":
      if (node.kind !== "init") {
        report(node, "getters and setters are not supported");
      }
      break;
    case "Literal":
      if (node.regex) {
        report(node, "regular expression literals are not supported; pass a Java pattern as a string");
      }
      if (node.bigint != null) {
        report(node, "BigInt is not supported");
      }
      break;
    case "VariableDeclaration":
      if (!["const", "let", "var"].includes(node.kind)) {
        report(node, `${node.kind} declarations are not supported`);
      }
      break;
  }
}
