import {type Node, type Program, parse} from 'acorn'
import {transformSync} from 'esbuild'

/** A test in the source of a file. */
export interface WrittenTest {
  /** Including the titles of the enclosing blocks. */
  readonly title: string
  /** Whether it or an enclosing block has `.skip` or `.todo`. Conditions such as `.skipIf` do not count. */
  readonly isSkipped: boolean
  /** Whether it calls `expect`, directly or in a function of the same file. */
  readonly asserts: boolean
}

type Tree = Node & Readonly<Record<string, unknown>>

/** Finds the tests in the TypeScript of a file without running it. */
export function testsIn(typescript: string): WrittenTest[] {
  const {code} = transformSync(typescript, {loader: 'ts', format: 'esm', target: 'esnext'})
  const program = parse(code, {ecmaVersion: 'latest', sourceType: 'module', allowAwaitOutsideFunction: true})
  const asserting = assertingFunctions(program)
  const tests: WrittenTest[] = []

  function visit(node: Tree, path: readonly string[], isSkipped: boolean): void {
    const block = blockOf(node)
    if (block === null) {
      for (const child of childrenOf(node)) visit(child, path, isSkipped)
      return
    }
    const titles = [...path, block.title]
    const skips = isSkipped || block.modifiers.some((name) => name === 'skip' || name === 'todo')
    if (block.kind === 'describe') {
      for (const child of childrenOf(node)) visit(child, titles, skips)
    } else tests.push({title: titles.join(' > '), isSkipped: skips, asserts: calls(node, asserting)})
  }

  visit(program as unknown as Tree, [], false)
  return tests
}

/** Names of the functions in the file that call `expect`, directly or indirectly. */
function assertingFunctions(program: Program): ReadonlySet<string> {
  const functions = new Map<string, Tree>()
  for (const node of nodesIn(program as unknown as Tree)) {
    const name = nameOf(node['id'])
    if (node.type === 'FunctionDeclaration' && name) functions.set(name, node)
    if (node.type === 'VariableDeclarator' && name && isFunction(node['init']))
      functions.set(name, node['init'] as Tree)
  }
  const asserting = new Set(['expect'])
  let before = 0
  while (before < asserting.size) {
    before = asserting.size
    for (const [name, body] of functions) if (calls(body, asserting)) asserting.add(name)
  }
  return asserting
}

function calls(node: Tree, names: ReadonlySet<string>): boolean {
  return nodesIn(node).some(
    (inner) => inner.type === 'CallExpression' && names.has(nameOf(rootOf(inner['callee'] as Tree)) ?? ''),
  )
}

/** `expect` of `expect.poll`. */
function rootOf(callee: Tree): Tree {
  return callee.type === 'MemberExpression' ? rootOf(callee['object'] as Tree) : callee
}

/** `test(title, …)`, `describe.skipIf(…)(title, …)`, `test.each(…)(title, …)` and the like. */
function blockOf(node: Tree): {kind: string; modifiers: readonly string[]; title: string} | null {
  if (node.type !== 'CallExpression') return null
  const title = textOf((node['arguments'] as Tree[])[0])
  if (title === null) return null
  const modifiers: string[] = []
  let callee = node['callee'] as Tree
  while (callee.type === 'MemberExpression' || callee.type === 'CallExpression') {
    if (callee.type === 'MemberExpression') modifiers.push(nameOf(callee['property']) ?? '')
    callee = (callee['object'] ?? callee['callee']) as Tree
  }
  const kind = nameOf(callee)
  return kind === 'test' || kind === 'describe' ? {kind, modifiers, title} : null
}

/** The value of a string literal, or the fixed parts of a template literal. */
function textOf(node: Tree | undefined): string | null {
  if (node?.type === 'Literal') return typeof node['value'] === 'string' ? node['value'] : null
  if (node?.type !== 'TemplateLiteral') return null
  return (node['quasis'] as {value: {cooked: string}}[]).map(({value}) => value.cooked).join('…')
}

function nameOf(node: unknown): string | null {
  const {type, name} = (node ?? {}) as {type?: string; name?: string}
  return type === 'Identifier' ? (name ?? null) : null
}

function isFunction(node: unknown): boolean {
  return /Function/.test((node as Tree | null)?.type ?? '')
}

function nodesIn(node: Tree): Tree[] {
  return [node, ...childrenOf(node).flatMap(nodesIn)]
}

function childrenOf(node: Tree): Tree[] {
  return Object.values(node)
    .flat()
    .filter((value): value is Tree => typeof (value as Tree | null)?.type === 'string')
}
