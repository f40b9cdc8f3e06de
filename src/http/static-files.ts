import {readdirSync, readFileSync} from 'node:fs'
import {join, sep} from 'node:path'
import type {RequestHandler} from 'express'
import {compressText, sendCompressed} from './compressed-text.ts'

export interface StaticFilesOptions {
  /** Headers sent with each file; `hasVersion` where its address has one, as `?v=…`. */
  readonly headers: (hasVersion: boolean) => Readonly<Record<string, string>>
}

/**
 * Serves the text files of a folder as they are at start: read and compressed once, and kept in memory. They are few and
 * small, all belong to the same build, and no request opens a file.
 */
export function staticFiles(folder: string, {headers}: StaticFilesOptions): RequestHandler {
  const files = new Map(
    filesIn(folder).map((name) => {
      const packed = compressText(readFileSync(join(folder, name)), 'best')
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

/** All files except hidden ones. */
function filesIn(folder: string): string[] {
  return readdirSync(folder, {recursive: true, withFileTypes: true})
    .filter((entry) => entry.isFile() && !entry.name.startsWith('.'))
    .map((entry) =>
      join(entry.parentPath, entry.name)
        .slice(folder.length)
        .replace(/^[/\\]/, ''),
    )
}
