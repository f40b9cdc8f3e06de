import {closeSync, constants, openSync, readSync} from 'node:fs'
import {normaliseText, splitFrontMatter} from '../markdown/index.ts'

/** Longer than any front matter. */
const headBytes = 64 * 1024

/**
 * Whether the front matter of a page that cannot be parsed says that it is not for readers: then its old text is not for
 * readers either.
 */
export function isWithdrawn(text: string, path: string): boolean {
  const {draft, noindex} = splitFrontMatter(normaliseText(text.slice(0, headBytes)), path).frontMatter
  return draft || noindex
}

/** `isWithdrawn` for a file that is not text or too large. False if it cannot be opened. */
export function isFileWithdrawn(absolute: string, path: string): boolean {
  let file: number
  try {
    file = openSync(absolute, constants.O_RDONLY | constants.O_NONBLOCK)
  } catch {
    return false
  }
  try {
    const head = Buffer.alloc(headBytes)
    const bytes = head.subarray(0, readSync(file, head, 0, headBytes, 0))
    const isBigEndian = bytes[0] === 0xfe && bytes[1] === 0xff
    const isUtf16 = isBigEndian || (bytes[0] === 0xff && bytes[1] === 0xfe)
    const even = bytes.subarray(0, bytes.length & ~1)
    return isWithdrawn(
      isUtf16 ? (isBigEndian ? even.swap16() : even).toString('utf16le') : bytes.toString('utf8'),
      path,
    )
  } catch {
    return false
  } finally {
    closeSync(file)
  }
}
