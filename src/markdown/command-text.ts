import {valuesIn} from './object-text.ts'
import type {Tag} from './tags.ts'

/** Code that a component prints, by what it is for. */
export interface PrintedCode {
  readonly name: string
  readonly text: string
}

/** What a component prints for its properties. */
export interface Printed {
  readonly codes: readonly PrintedCode[]
  /** Names of the properties that the code says. */
  readonly said: ReadonlySet<string>
}

/**
 * The code that a component prints, where its properties say it plainly: the commands of package managers for
 * `pkg="kettle" dev`, the request for `method="POST" path="/pots" json={{…}}`. Null for any other component.
 * @param textOf The text of a property; null without one.
 */
export function printedBy(tag: Tag, textOf: (property: string) => string | null): Printed | null {
  return commandsOf(tag, textOf) ?? requestOf(tag, textOf)
}

/** The words that run a kind of command, by package manager. */
const runners: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  npm: {
    add: 'npm i',
    create: 'npm create',
    dlx: 'npx',
    exec: 'npx',
    install: 'npm install',
    run: 'npm run',
    remove: 'npm uninstall',
  },
  yarn: {
    add: 'yarn add',
    create: 'yarn create',
    dlx: 'yarn dlx',
    exec: 'yarn',
    install: 'yarn install',
    run: 'yarn run',
    remove: 'yarn remove',
  },
  pnpm: {
    add: 'pnpm add',
    create: 'pnpm create',
    dlx: 'pnpx',
    exec: 'pnpm',
    install: 'pnpm install',
    run: 'pnpm run',
    remove: 'pnpm remove',
  },
}

/** As Cloudflare’s docs write them, without Bun, which has only some of them. */
function commandsOf(tag: Tag, textOf: (property: string) => string | null): Printed | null {
  const isNamed = tag.name.split('.').at(-1) === 'PackageManagers'
  const type = textOf('type') ?? 'add'
  const [pkg, args, comment, prefix] = ['pkg', 'args', 'comment', 'prefix'].map(textOf)
  if (!isNamed || !Object.hasOwn(runners['npm']!, type) || (!pkg && !args && type !== 'install')) return null
  const isDev = tag.attributes.some(({name, value}) => name === 'dev' && value?.trim() !== 'false')
  const codes = Object.entries(runners).map(([name, byType]) => {
    const isSeparated = name === 'npm' && !/^(?:dlx|exec|run)$/.test(type)
    const words = [
      prefix,
      byType[type],
      isDev && type === 'add' ? '-D' : null,
      name === 'yarn' && type === 'create' ? pkg?.replace(/(?!^)@[^@/]*$/, '') : pkg,
      args && isSeparated ? `-- ${args}` : args,
    ]
    const command = words.filter(Boolean).join(' ')
    return {name, text: comment ? `# ${comment.replaceAll('{PKG}', name)}\n${command}` : command}
  })
  return {codes, said: new Set(['type', 'pkg', 'args', 'dev', 'comment', 'prefix'])}
}

const methods = /^(?:GET|HEAD|POST|PUT|PATCH|DELETE)$/i

function requestOf({attributes}: Tag, textOf: (property: string) => string | null): Printed | null {
  const method = textOf('method')
  const address = textOf('path') ?? textOf('url')
  if (method === null || !methods.test(method) || address === null || !/^(?:\/|https?:)/.test(address))
    return null
  const codeOf = (wanted: string): string =>
    attributes.find(({name, isCode}) => name === wanted && isCode)?.value ?? ''
  const values = valuesIn(codeOf('parameters'))
  const filled = address.replace(/\{(\w+)\}/g, (whole, name: string) => values.get(name) ?? whole)
  const body = (codeOf('json') || codeOf('form')).replace(/^\s*\n|\s+$/g, '')
  const text = [`${method.toUpperCase()} ${filled}`, unindented(body)].filter(Boolean).join('\n')
  return {
    codes: [{name: 'code', text}],
    said: new Set(['method', 'path', 'url', 'parameters', 'json', 'form', 'headers']),
  }
}

/** Code of a property without the indent that its last line has. */
function unindented(code: string): string {
  const indent = /\n([ \t]*)\S[^\n]*$/.exec(code)?.[1] ?? ''
  return code.trimStart().replaceAll(`\n${indent}`, '\n')
}
