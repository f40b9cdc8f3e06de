import {existsSync, readdirSync, readFileSync} from 'node:fs'
import {join, sep} from 'node:path'
import type {RequestHandler} from 'express'
import {type CompressedText, compressText, sendCompressed, tagOf} from './compressed-text.ts'

export interface StaticFilesOptions {
  /** Headers sent with each file; `hasVersion` where its address has one, as `?v=…`. */
  readonly headers: (hasVersion: boolean) => Readonly<Record<string, string>>
}

/**
 * Serves the text files of a folder as they are at start: read once, with the copies that the build compressed
 * (`widget.js.br` and `widget.js.gz` for `widget.js`), and kept in memory. They are few and small, all belong to the same
 * build, and no request opens a file. A file without copies is compressed now.
 */
export function staticFiles(folder: string, {headers}: StaticFilesOptions): RequestHandler {
  const files = new Map(
    filesIn(folder).map((name) => {
      const packed = packedFile(join(folder, name))
      // The request for the file reports the failure.
      packed.catch(() => undefined)
      return [`/${name.replaceAll(sep, '/')}`, packed]
    }),
  )
  return async (request, response, next) => {
    const packed = files.get(request.path)
    if (packed === undefined || (request.method !== 'GET' && request.method !== 'HEAD')) return next()
    const {path} = request
    response.set(headers(request.query['v'] !== undefined))
    await sendCompressed(response, await packed, path.slice(path.lastIndexOf('.')))
  }
}

async function packedFile(file: string): Promise<CompressedText> {
  const bytes = readFileSync(file)
  if (!copiesOf(file).every((copy) => existsSync(copy))) return compressText(bytes, 'best')
  const [br, gzip] = copiesOf(file).map((copy) => readFileSync(copy)) as [Buffer, Buffer]
  return {tag: tagOf(bytes), br, gzip}
}

const copiesOf = (file: string): string[] => [`${file}.br`, `${file}.gz`]

/** All files except hidden ones and compressed copies. */
function filesIn(folder: string): string[] {
  const names = readdirSync(folder, {recursive: true, withFileTypes: true})
    .filter((entry) => entry.isFile() && !entry.name.startsWith('.'))
    .map((entry) =>
      join(entry.parentPath, entry.name)
        .slice(folder.length)
        .replace(/^[/\\]/, ''),
    )
  const copies = new Set(names.flatMap(copiesOf))
  return names.filter((name) => !copies.has(name))
}
