import {readFileSync} from 'node:fs'
import {join} from 'node:path'
import {packageRoot} from '../../../src/package/index.ts'

export interface DocumentedFile {
  readonly file: string
  readonly text: string
}

/** The files that content/widget.md tells users of a generator to write: each code block, with the file named before it. */
export function documentedFiles(heading: string): readonly DocumentedFile[] {
  const page = readFileSync(join(packageRoot, 'content/widget.md'), 'utf8')
  const part = page.split(/^## /m).find((each) => each.startsWith(`${heading}\n`))
  if (part === undefined) throw new Error(`content/widget.md has no part “${heading}”`)
  const files = [...part.matchAll(/```\w+\n(.*?)```/gs)].map(({index, 1: text}) => ({
    file: [...part.slice(0, index).matchAll(/`([\w./[\]-]+\.\w+)`/g)].at(-1)?.[1] ?? '',
    text: text!,
  }))
  if (files.length === 0) throw new Error(`“${heading}” in content/widget.md names no files`)
  return files
}
