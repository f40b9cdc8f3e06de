import type {Program} from 'acorn'
import {isMarkdownName} from '../lib/markdown-name.ts'
import {isShownProperty, readsAsProse} from './jsx-text.ts'

/** Something that a page exports by name and may show where it is used. */
export interface Exported {
  /** The elements that it renders; null for data, and for components that compute what they show. */
  readonly markup: Markup | null
  /** Its code if it is data: a string, or strings in lists and objects. */
  readonly data: string | null
  /** All text that it may show. */
  readonly text: string
  readonly code: string
}

/** Elements as written, with a hole for each property that they show. */
export type Markup = readonly (string | Hole)[]

export interface Hole {
  /** The property's name, `children`, or `...` for all properties without a hole of their own. */
  readonly property: string
  /** Code of the default value. */
  readonly fallback: string
}

/** What module code defines. */
export interface ModuleExports {
  readonly exported: ReadonlyMap<string, Exported>
  /** Markdown files by the component names that they are imported as. */
  readonly files: ReadonlyMap<string, string>
  /** Text that the default export shows around the page. */
  readonly layoutText: string
}

interface Syntax {
  readonly type: string
  readonly start: number
  readonly end: number
  readonly [key: string]: unknown
}

export function exportsOf(program: Program, code: string): ModuleExports {
  const exported = new Map<string, Exported>()
  const files = new Map<string, string>()
  let layoutText = ''
  for (const statement of program.body as unknown as Syntax[]) {
    if (statement.type === 'ImportDeclaration') addFile(statement, files)
    if (statement.type === 'ExportDefaultDeclaration') layoutText = elementTextIn(statement)
    const declaration = nodeOf(statement['declaration'])
    if (!declaration) continue
    for (const declared of declaration.type === 'VariableDeclaration'
      ? nodesOf(declaration['declarations'])
      : [declaration]) {
      const name = nameOf(nodeOf(declared['id']))
      const value = declared.type === 'VariableDeclarator' ? nodeOf(declared['init']) : declared
      if (name !== null && value) addExport(name, value, code, exported)
    }
  }
  return {exported, files, layoutText}
}

function addFile(statement: Syntax, files: Map<string, string>): void {
  const file = nodeOf(statement['source'])?.['value'] as string
  if (!isMarkdownName(file)) return
  for (const specifier of nodesOf(statement['specifiers'])) {
    const name = nameOf(nodeOf(specifier['local']))
    if (specifier.type === 'ImportDefaultSpecifier' && name !== null) files.set(name, file)
  }
}

function addExport(name: string, value: Syntax, code: string, exported: Map<string, Exported>): void {
  exported.set(name, {
    markup: markupOf(value, code),
    data: isData(value) ? sourceOf(value, code) : null,
    text: textIn(value),
    code: sourceOf(value, code),
  })
  if (value.type !== 'ObjectExpression') return
  for (const property of nodesOf(value['properties'])) {
    const member = nodeOf(property['value'])
    const key = nameOf(nodeOf(property['key']))
    if (key !== null && member && (isString(member) || returnedBy(member)))
      addExport(`${name}.${key}`, member, code, exported)
  }
}

/** The elements of a component that renders a single tree and computes nothing in it. */
function markupOf(value: Syntax, code: string): Markup | null {
  const elements = /^JSX/.test(value.type) ? value : returnedBy(value)
  if (!elements) return null
  const properties = new Properties(nodesOf(value['params'])[0], code)
  const holes: {readonly start: number; readonly end: number; readonly hole: Hole}[] = []
  let isSimple = true
  walk(elements, (node, parent) => {
    const isSpread = node.type === 'JSXSpreadAttribute'
    if (!isSpread && node.type !== 'JSXExpressionContainer') return true
    const shown = nodeOf(node['expression']) ?? nodeOf(node['argument'])!
    const isAttribute = isSpread || parent?.type === 'JSXAttribute'
    const hole = properties.holeOf(shown, isSpread)
    if (hole) holes.push({start: node.start, end: node.end, hole})
    if (isAttribute ? hole?.property === 'children' : !hole && !isPlain(shown)) isSimple = false
    return false
  })
  if (!isSimple || holes.filter(({hole}) => hole.property === 'children').length > 1) return null
  const markup: (string | Hole)[] = []
  let at = elements.start
  for (const {start, end, hole} of holes) {
    markup.push(code.slice(at, start), hole)
    at = end
  }
  return [...markup, code.slice(at, elements.end)]
}

/** The elements that a function returns, if it contains no others. */
function returnedBy(value: Syntax): Syntax | null {
  if (!/Function/.test(value.type)) return null
  const body = nodeOf(value['body'])!
  if (/^JSX/.test(body.type)) return body
  const statements = body.type === 'BlockStatement' ? nodesOf(body['body']) : []
  const last = statements.at(-1)
  const returned = last?.type === 'ReturnStatement' ? nodeOf(last['argument']) : null
  const isOnly = !statements.slice(0, -1).some((statement) => has(statement, /^(?:JSX|ReturnStatement)/))
  return returned && isOnly && /^JSX/.test(returned.type) ? returned : null
}

/** The names that a component uses for its properties. */
class Properties {
  readonly #whole: string | null
  readonly #holes = new Map<string, Hole>()

  constructor(parameter: Syntax | undefined, code: string) {
    this.#whole = parameter?.type === 'Identifier' ? nameOf(parameter) : null
    for (const property of parameter?.type === 'ObjectPattern' ? nodesOf(parameter['properties']) : []) {
      const key = nameOf(nodeOf(property['key']))
      const value = nodeOf(property['value']) ?? nodeOf(property['argument'])!
      const fallback = nodeOf(value['right'])
      const local = nameOf(nodeOf(value['left']) ?? value)
      if (local === null) continue
      if (property.type === 'RestElement') this.#holes.set(local, {property: '...', fallback: ''})
      else if (key !== null)
        this.#holes.set(local, {property: key, fallback: fallback ? sourceOf(fallback, code) : '""'})
    }
  }

  holeOf(shown: Syntax, isSpread: boolean): Hole | null {
    const name = nameOf(shown)
    const object = shown.type === 'MemberExpression' ? nameOf(nodeOf(shown['object'])) : null
    const member = nameOf(nodeOf(shown['property']))
    if (isSpread && name !== null && name === this.#whole) return {property: '...', fallback: ''}
    if (object !== null && object === this.#whole && member !== null && shown['computed'] === false)
      return {property: member, fallback: '""'}
    const hole = name === null ? undefined : this.#holes.get(name)
    return hole && (hole.property === '...') === isSpread ? hole : null
  }
}

/** Whether an expression can stay in the elements as it is. */
function isPlain(node: Syntax): boolean {
  return /^(?:JSXEmptyExpression|Literal|Identifier|MemberExpression|CallExpression)$/.test(node.type) &&
    !has(node, /^JSX(?!Empty)|Function/)
    ? true
    : isString(node)
}

function isString(node: Syntax): boolean {
  return node.type === 'TemplateLiteral'
    ? nodesOf(node['expressions']).length === 0
    : node.type === 'Literal' && typeof node['value'] === 'string'
}

/** Whether code is a string, or a list or object of plain values. */
function isData(node: Syntax): boolean {
  return (
    isString(node) ||
    (/^(?:Array|Object)Expression$/.test(node.type) &&
      !has(
        node,
        /^(?!ArrayExpression|ObjectExpression|Property|Literal|TemplateLiteral|TemplateElement|Identifier|UnaryExpression)/,
      ))
  )
}

/** The texts that a piece of code may show: between tags, in shown properties, and in strings that read as prose. */
function textIn(root: Syntax): string {
  const texts: string[] = []
  walk(root, (node, parent) => {
    const text = stringOf(node)
    if (text !== null && isTextOf(parent, text)) texts.push(text.replace(/\s+/g, ' ').trim())
    return text === null
  })
  return texts.join(' ')
}

/** The texts of the elements in a piece of code. */
function elementTextIn(root: Syntax): string {
  const texts: string[] = []
  walk(root, (node) => {
    const isElement = /^JSX(?:Element|Fragment)$/.test(node.type)
    if (isElement) texts.push(textIn(node))
    return !isElement
  })
  return texts.filter(Boolean).join(' ')
}

function isTextOf(parent: Syntax | null, text: string): boolean {
  if (!/\p{L}/u.test(text)) return false
  const key = nameOf(nodeOf(parent?.['key'])) ?? nameOf(nodeOf(parent?.['name']))
  if (key !== null) return isShownProperty(key, text)
  if (/^JSX(?:Element|Fragment|ExpressionContainer)$/.test(parent?.type ?? '')) return true
  const shows =
    /^(?:ArrayExpression|ReturnStatement|ConditionalExpression|LogicalExpression|ArrowFunctionExpression)$/
  return (parent === null || shows.test(parent.type)) && readsAsProse(text)
}

function stringOf(node: Syntax): string | null {
  if (node.type === 'JSXText') return node['value'] as string
  if (!isString(node)) return null
  if (node.type === 'Literal') return node['value'] as string
  return (nodesOf(node['quasis'])[0]!['value'] as {cooked?: string}).cooked ?? ''
}

function has(root: Syntax, type: RegExp): boolean {
  let isFound = false
  walk(root, (node) => {
    isFound ||= type.test(node.type)
    return !isFound
  })
  return isFound
}

/** Visits nodes in source order, and a node's children if `visit` returns true. Without recursion, because code can be deeply nested. */
function walk(root: Syntax, visit: (node: Syntax, parent: Syntax | null) => boolean): void {
  const pending: [node: Syntax, parent: Syntax | null][] = [[root, null]]
  for (let next = pending.pop(); next; next = pending.pop()) {
    const [node, parent] = next
    if (visit(node, parent)) for (const child of childrenOf(node).reverse()) pending.push([child, node])
  }
}

function nameOf(node: Syntax | null): string | null {
  if (node?.type === 'Identifier' || node?.type === 'JSXIdentifier') return node['name'] as string
  return null
}

function sourceOf({start, end}: Syntax, code: string): string {
  return code.slice(start, end)
}

function nodeOf(value: unknown): Syntax | null {
  return typeof value === 'object' && value !== null && 'type' in value ? (value as Syntax) : null
}

function nodesOf(value: unknown): readonly Syntax[] {
  return Array.isArray(value) ? value.filter((item) => nodeOf(item) !== null) : []
}

function childrenOf(node: Syntax): Syntax[] {
  return Object.values(node).flatMap((value) =>
    Array.isArray(value) ? nodesOf(value) : (nodeOf(value) ?? []),
  )
}
