import {createRequire} from 'node:module'
import {posix} from 'node:path'
import {type Program, parse} from 'acorn'
import type {ConfigFile, ProjectFolder} from './project-folder.ts'

const require = createRequire(import.meta.url)

interface Node {
  readonly type: string
  readonly [key: string]: unknown
}

/** Modules that one configuration may take values from, itself included. */
const maxModules = 12
const maxDepth = 40
/** Expressions worked out for one configuration; a constant counts each time that it is used. A large one has a tenth. */
const maxExpressions = 500_000

/**
 * The value that a configuration in JavaScript or TypeScript exports, by default or under a name, as far as it can be known without running
 * it: literals, objects, lists, constants, what a function returns, the argument of a call such as `defineConfig({…})`,
 * values of files of the project that it imports. Everything else is undefined. Null if the file does not parse.
 */
export function scriptConfigOf(file: ConfigFile, folder: ProjectFolder, name = 'default'): unknown {
  const modules = new Modules(folder)
  return modules.exportOf(file.path, file.text, name) ?? null
}

class Modules {
  readonly #folder: ProjectFolder
  readonly #loaded = new Map<string, Module | null>()
  #expressions = 0

  constructor(folder: ProjectFolder) {
    this.#folder = folder
  }

  /** Whether one more expression may be worked out. */
  mayGoOn(): boolean {
    return this.#expressions++ < maxExpressions
  }

  exportOf(path: string, text: string, name: string): unknown {
    if (/\.json5?$/.test(path)) return jsonOf(text)
    let module = this.#loaded.get(path)
    if (module === undefined) {
      if (this.#loaded.size >= maxModules) return undefined
      const program = programOf(text, path)
      module = program && new Module(program, path, this)
      this.#loaded.set(path, module)
    }
    return module?.exported(name)
  }

  /** The value of an import from a file of the project; undefined for packages. */
  imported(from: string, specifier: string, name: string): unknown {
    if (!/^\.{1,2}\//.test(specifier)) return undefined
    const base = posix.join(posix.dirname(from), specifier)
    if (base.startsWith('../')) return undefined
    for (const ending of ['', '.ts', '.js', '.mjs', '.mts', '.json', '/index.ts', '/index.js']) {
      if (ending === '' && !/\.(?:[cm]?[jt]s|json5?)$/.test(base)) continue
      const path = ending === '' ? base : base.replace(/\.js$/, '') + ending
      const text = this.#folder.read(path)
      if (text !== null) return this.exportOf(path, text, name)
    }
    return undefined
  }
}

class Module {
  readonly #path: string
  readonly #modules: Modules
  readonly #constants = new Map<string, Node>()
  readonly #imports = new Map<string, {readonly from: string; readonly name: string}>()
  readonly #exports = new Map<string, Node>()
  /** Constants being worked out: a value that contains itself has no end. */
  readonly #open = new Set<Node>()

  constructor(program: Program, path: string, modules: Modules) {
    this.#path = path
    this.#modules = modules
    for (const statement of program.body as unknown as Node[]) this.#declare(statement)
  }

  exported(name: string): unknown {
    const node = this.#exports.get(name)
    return node === undefined ? undefined : this.#valueOf(node, 0)
  }

  #declare(statement: Node): void {
    if (statement.type === 'ImportDeclaration') this.#declareImports(statement)
    else if (statement.type === 'ExportDefaultDeclaration')
      this.#exports.set('default', statement['declaration'] as Node)
    else if (statement.type === 'ExportNamedDeclaration') {
      const declaration = statement['declaration'] as Node | null
      if (declaration)
        for (const [name, node] of this.#declareConstants(declaration)) this.#exports.set(name, node)
      for (const specifier of statement['specifiers'] as Node[])
        this.#exports.set(nameOf(specifier['exported']), specifier['local'] as Node)
    } else if (statement.type === 'ExpressionStatement')
      this.#declareCommonJs(statement['expression'] as Node)
    else this.#declareConstants(statement)
  }

  #declareImports(statement: Node): void {
    const from = String((statement['source'] as Node)['value'])
    for (const specifier of statement['specifiers'] as Node[]) {
      const name =
        specifier.type === 'ImportSpecifier'
          ? nameOf(specifier['imported'])
          : specifier.type === 'ImportDefaultSpecifier'
            ? 'default'
            : null
      if (name !== null) this.#imports.set(nameOf(specifier['local']), {from, name})
    }
  }

  #declareConstants(declaration: Node): [string, Node][] {
    const declared: [string, Node][] = []
    if (declaration.type === 'VariableDeclaration')
      for (const {id, init} of declaration['declarations'] as {id: Node; init: Node | null}[])
        if (id.type === 'Identifier' && init) declared.push([nameOf(id), init])
    if (declaration.type === 'FunctionDeclaration' && declaration['id'])
      declared.push([nameOf(declaration['id']), declaration])
    for (const [name, node] of declared) this.#constants.set(name, node)
    return declared
  }

  /** `module.exports = …` */
  #declareCommonJs(expression: Node): void {
    if (expression.type !== 'AssignmentExpression') return
    const target = expression['left'] as Node
    if (target.type !== 'MemberExpression') return
    const isModule = nameOf(target['object']) === 'module' && nameOf(target['property']) === 'exports'
    if (isModule) this.#exports.set('default', expression['right'] as Node)
  }

  #valueOf(node: Node | null | undefined, depth: number): unknown {
    if (!node || !this.#modules.mayGoOn() || depth > maxDepth || this.#open.has(node)) return undefined
    this.#open.add(node)
    try {
      return this.#evaluate(node, depth + 1)
    } finally {
      this.#open.delete(node)
    }
  }

  #evaluate(node: Node, depth: number): unknown {
    const evaluated = (part: unknown): unknown => this.#valueOf(part as Node, depth)
    switch (node.type) {
      case 'Literal':
        return node['regex'] === undefined ? node['value'] : undefined
      case 'TemplateLiteral':
        return this.#template(node, depth)
      case 'ObjectExpression':
        return this.#object(node, depth)
      case 'ArrayExpression':
        return (node['elements'] as (Node | null)[]).flatMap((element) =>
          element?.type === 'SpreadElement' ? this.#spreadList(element, depth) : [evaluated(element)],
        )
      case 'Identifier': {
        const constant = this.#constants.get(nameOf(node))
        if (constant) return evaluated(constant)
        const from = this.#imports.get(nameOf(node))
        return from && this.#modules.imported(this.#path, from.from, from.name)
      }
      case 'MemberExpression': {
        const object = evaluated(node['object'])
        const key = node['computed'] ? evaluated(node['property']) : nameOf(node['property'])
        const isKnown = typeof object === 'object' && object !== null && Object.hasOwn(object, String(key))
        return isKnown ? (object as Record<string, unknown>)[String(key)] : undefined
      }
      case 'CallExpression':
        return this.#called(node, evaluated)
      case 'ArrowFunctionExpression':
      case 'FunctionExpression':
      case 'FunctionDeclaration':
        return this.#returned(node, depth)
      case 'LogicalExpression':
        return evaluated(node['left']) ?? evaluated(node['right'])
      case 'ConditionalExpression':
        return evaluated(node['alternate']) ?? evaluated(node['consequent'])
      case 'UnaryExpression':
        return node['operator'] === '!' ? !evaluated(node['argument']) : undefined
      case 'AwaitExpression':
      case 'ChainExpression':
        return evaluated(node['argument'] ?? node['expression'])
      default:
        return undefined
    }
  }

  /** `defineConfig({…})`, `withPlugins({…})(…)`: what matters is the first object. `require.resolve('…')` names a module. */
  #called(node: Node, evaluated: (part: unknown) => unknown): unknown {
    const values = (node['arguments'] as Node[]).map(evaluated)
    const callee = node['callee'] as Node
    const isResolve = callee.type === 'MemberExpression' && nameOf(callee['property']) === 'resolve'
    if (isResolve && typeof values.at(-1) === 'string') return values.at(-1)
    return values.find((value) => typeof value === 'object' && value !== null)
  }

  #template(node: Node, depth: number): string | undefined {
    const texts = (node['quasis'] as {value: {cooked: string}}[]).map(({value}) => value.cooked)
    const values = (node['expressions'] as Node[]).map((part) => this.#valueOf(part, depth))
    if (values.some((value) => typeof value !== 'string' && typeof value !== 'number')) return undefined
    return texts.map((text, n) => text + (n < values.length ? String(values[n]) : '')).join('')
  }

  #object(node: Node, depth: number): Record<string, unknown> {
    const object: Record<string, unknown> = {}
    for (const property of node['properties'] as Node[]) {
      if (property.type === 'SpreadElement') {
        const spread = this.#valueOf(property['argument'] as Node, depth)
        if (typeof spread === 'object' && spread !== null) Object.assign(object, spread)
        continue
      }
      const key = property['key'] as Node
      const name = property['computed']
        ? this.#valueOf(key, depth)
        : key.type === 'Literal'
          ? key['value']
          : nameOf(key)
      if (name !== '__proto__') object[String(name)] = this.#valueOf(property['value'] as Node, depth)
    }
    return object
  }

  #spreadList(element: Node, depth: number): unknown[] {
    const spread = this.#valueOf(element['argument'] as Node, depth)
    return Array.isArray(spread) ? spread : []
  }

  #returned(node: Node, depth: number): unknown {
    const body = node['body'] as Node
    if (body.type !== 'BlockStatement') return this.#valueOf(body, depth)
    for (const statement of body['body'] as Node[]) {
      this.#declareConstants(statement)
      if (statement.type === 'ReturnStatement') return this.#valueOf(statement['argument'] as Node, depth)
    }
    return undefined
  }
}

function programOf(text: string, path: string): Program | null {
  const options = {ecmaVersion: 'latest', sourceType: 'module', allowHashBang: true} as const
  try {
    return parse(text, options)
  } catch {
    // TypeScript, or JSX in a configuration.
  }
  // Loaded where it is needed: it takes 50 ms, and processes that only read pages never need it.
  const {transformSync} = require('esbuild') as typeof import('esbuild')
  try {
    const loader = /\.[cm]?ts$/.test(path) ? 'ts' : 'tsx'
    return parse(transformSync(text, {loader, logLevel: 'silent'}).code, options)
  } catch {
    return null
  }
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

function nameOf(node: unknown): string {
  const {name, value} = node as {name?: string; value?: unknown}
  return name ?? String(value)
}
