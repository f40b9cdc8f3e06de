import {wellFormed} from './well-formed.ts'

/**
 * Percent-encodes a path of plain characters, such as one of a file, for use in a URL: everything that RFC 3986 does not
 * allow in a path, and the percent sign. Slashes stay.
 */
export function encodedPath(path: string): string {
  return wellFormed(path).replace(notOfPath, encodeURIComponent)
}

/**
 * An address that an author wrote, or that is encoded already: the same, but what is percent-encoded stays, and so does
 * the query of an absolute one.
 */
export function encodedAddress(address: string): string {
  const isAbsolute = /^[a-z][a-z0-9+.-]*:/i.test(address)
  return wellFormed(address).replace(notOfAddress, (character) =>
    isAbsolute && /[?[\]]/.test(character) ? character : encodeURIComponent(character),
  )
}

const notOfPath = /[^\w\-.~!$&'()*+,;=:@/]/gu
const notOfAddress = /%(?![\da-f]{2})|[^%\w\-.~!$&'()*+,;=:@/]/giu

/** Decodes what is percent-encoded UTF-8 and leaves everything else as it is, such as the sign in `50%`. */
export function decodedPath(path: string): string {
  if (!path.includes('%')) return path
  return path.replace(/(?:%[\da-f]{2})+/gi, (run) => {
    try {
      return decodeURIComponent(run)
    } catch {
      // Bytes of another encoding.
      return run
    }
  })
}

/** A form in which two paths are equal where they differ only in their encoding, or in the Unicode form of a letter. */
export function pathKey(path: string): string {
  return decodedPath(path).normalize('NFC')
}
