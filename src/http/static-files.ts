import {readdirSync, readFileSync} from 'node:fs'
import {join, sep} from 'node:path'
import type {RequestHandler} from 'express'
import {pack, sendPacked} from './packed.ts'

export interface StaticFilesOptions {
  /** Sent with each file. */
  readonly headers: Readonly<Record<string, string>>
}

/**
 * Serves the text files of a folder as they are now: read at once, compressed once, kept in memory. They are few and
 * small, all from one state of the folder, and no request opens a file.
 */
export function staticFiles(folder: string, {headers}: StaticFilesOptions): RequestHandler {
  const files = new Map(
    filesIn(folder).map((name) => {
      const packed = pack(readFileSync(join(folder, name)), 'best')
      // Who asks for it gets the failure.
      packed.catch(() => undefined)
      return [`/${name.replaceAll(sep, '/')}`, packed]
    }),
  )
  return async (request, response, next) => {
    const packed = files.get(request.path)
    if (packed === undefined || (request.method !== 'GET' && request.method !== 'HEAD')) return next()
    const {path} = request
    response.set(headers)
    await sendPacked(response, await packed, path.slice(path.lastIndexOf('.')))
  }
}

/** But for the hidden ones. */
function filesIn(folder: string): string[] {
  return readdirSync(folder, {recursive: true, withFileTypes: true})
    .filter((entry) => entry.isFile() && !entry.name.startsWith('.'))
    .map((entry) =>
      join(entry.parentPath, entry.name)
        .slice(folder.length)
        .replace(/^[/\\]/, ''),
    )
}
