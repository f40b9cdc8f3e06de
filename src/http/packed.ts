import {createHash} from 'node:crypto'
import {promisify} from 'node:util'
import {brotliCompress, constants, gunzip, gzip} from 'node:zlib'
import type {Response} from 'express'

/** A text as it is sent, compressed once. Who takes no compression gets it unpacked from `gzip`. */
export interface Packed {
  /** An entity tag, weak: one for all encodings. */
  readonly tag: string
  readonly br: Buffer
  readonly gzip: Buffer
}

const [compressBrotli, compressGzip, unpack] = [promisify(brotliCompress), promisify(gzip), promisify(gunzip)]

/** Brotli's effort: what is made while somebody waits, and what is made once and sent often. */
export type Effort = 'quick' | 'best'
const brotliQuality = {quick: 5, best: 11}

/** Compresses a text, not on the calling thread. */
export async function pack(text: string | Buffer, effort: Effort): Promise<Packed> {
  const bytes = Buffer.from(text)
  const params = {
    [constants.BROTLI_PARAM_QUALITY]: brotliQuality[effort],
    [constants.BROTLI_PARAM_SIZE_HINT]: bytes.length,
  }
  const [br, zipped] = await Promise.all([compressBrotli(bytes, {params}), compressGzip(bytes)])
  const tag = `W/"${createHash('sha256').update(bytes).digest('base64url').slice(0, 22)}"`
  return {tag, br, gzip: zipped}
}

/** Sends it as the client takes it: nothing to one that has it, and no body for HEAD. Ranges are not served. */
export async function sendPacked(response: Response, packed: Packed, type: string): Promise<void> {
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
    response.send(await unpack(packed.gzip))
  }
}
