import {createHash} from 'node:crypto'
import {promisify} from 'node:util'
import {brotliCompress, constants, gunzip, gzip} from 'node:zlib'
import type {Response} from 'express'

/** A text that is compressed once. For clients that accept no compression it is decompressed from `gzip`. */
export interface CompressedText {
  /** A weak entity tag, the same for all encodings. */
  readonly tag: string
  readonly br: Buffer
  readonly gzip: Buffer
}

const [compressBrotli, compressGzip, decompress] = [
  promisify(brotliCompress),
  promisify(gzip),
  promisify(gunzip),
]

/** Effort of Brotli: `quick` while a client waits, `best` for what is compressed once and sent often. */
export type Effort = 'quick' | 'best'
const brotliQuality = {quick: 5, best: 11}

/** Compresses a text in the thread pool. */
export async function compressText(text: string | Buffer, effort: Effort): Promise<CompressedText> {
  const bytes = Buffer.from(text)
  const params = {
    [constants.BROTLI_PARAM_QUALITY]: brotliQuality[effort],
    [constants.BROTLI_PARAM_SIZE_HINT]: bytes.length,
  }
  const [br, zipped] = await Promise.all([compressBrotli(bytes, {params}), compressGzip(bytes)])
  return {tag: tagOf(bytes), br, gzip: zipped}
}

/** The entity tag of a text. */
export function tagOf(bytes: Buffer): string {
  return `W/"${createHash('sha256').update(bytes).digest('base64url').slice(0, 22)}"`
}

/** Sends a text in an encoding that the client accepts, or 304 if it is fresh. Ranges are not supported. */
export async function sendCompressed(
  response: Response,
  packed: CompressedText,
  type: string,
): Promise<void> {
  const {req: request} = response
  response.vary('Accept-Encoding').setHeader('etag', packed.tag)
  if (request.fresh) {
    response.status(304).end()
    return
  }
  response.type(type).setHeader('accept-ranges', 'none')
  if (request.acceptsEncodings('br')) {
    response.set('content-encoding', 'br').send(packed.br)
  } else if (request.acceptsEncodings('gzip')) {
    response.set('content-encoding', 'gzip').send(packed.gzip)
  } else {
    response.send(await decompress(packed.gzip))
  }
}
