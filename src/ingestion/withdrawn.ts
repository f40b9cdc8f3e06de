import {closeSync, constants, openSync, readSync} from 'node:fs'
import {normaliseText, splitFrontMatter} from '../markdown/index.ts'
import type {PlaceRules} from './content-home.ts'

/** Longer than any front matter. */
const headBytes = 64 * 1024

/**
 * Whether a page that cannot be parsed is not for readers, by its front matter or its path: then its old text is not for
 * readers either.
 */
export function isWithdrawn(text: string, path: string, rules: PlaceRules): boolean {
  const {frontMatter} = splitFrontMatter(normaliseText(text.slice(0, headBytes)), path)
  return rules.placeOf(path, frontMatter).setAside !== null
}

/** `isWithdrawn` for a file that is not text or too large. False if it cannot be opened. */
export function isFileWithdrawn(absolute: string | null, path: string, rules: PlaceRules): boolean {
  if (absolute === null) return false
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
      rules,
    )
  } catch {
    return false
  } finally {
    closeSync(file)
  }
}
