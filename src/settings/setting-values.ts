import {statSync} from 'node:fs'
import {isIP, isIPv4} from 'node:net'

/**
 * How the text of a setting becomes its value. Each reader throws an Error whose message completes "NAME=value …" and
 * says what to write instead. What could only fail later, or never work, is refused here.
 */

export const maxMs = 24 * 60 * 60 * 1000

export const asWritten = (value: string): string => value

export const optional = (value: string): string | null => (value === '' ? null : value)

export const whole = (min: number, max: number) => (value: string) => {
  const number = Number(value)
  if (!/^\d+$/.test(value) || number < min || number > max) {
    throw new Error(`must be a whole number from ${min} to ${max}`)
  }
  return number
}

/** Null where nothing is written. */
export const unlessEmpty =
  <T>(parse: (value: string) => T) =>
  (value: string): T | null =>
    value === '' ? null : parse(value)

export const oneOf =
  <const T extends string>(...choices: readonly T[]) =>
  (value: string): T => {
    const found = choices.find((choice) => choice === value)
    if (found === undefined) throw new Error(`must be one of ${choices.join(', ')}`)
    return found
  }

export const yesNo = (value: string): boolean => {
  if (['1', 'true', 'yes', 'on'].includes(value.toLowerCase())) return true
  if (['0', 'false', 'no', 'off', ''].includes(value.toLowerCase())) return false
  throw new Error('must be on or off')
}

/** A folder that is there, or may be made. */
export const folder = (value: string): string => {
  const isFile = statOf(value)?.isDirectory() === false
  if (isFile) throw new Error('is a file; name a folder')
  return value
}

function statOf(path: string): ReturnType<typeof statSync> {
  try {
    return statSync(path, {throwIfNoEntry: false})
  } catch {
    // Not readable, or no path at all: whoever opens it says so with more to tell.
    return undefined
  }
}

/** An address or a name to listen on. */
export const host = (value: string): string => {
  if (isIP(value) !== 0 || /^(?!-)[\p{L}\p{N}._-]{1,253}$/u.test(value)) return value
  if (value === '*') throw new Error('is no address; write 0.0.0.0 to listen on all')
  const url = urlOf(/^\w+:\/\//.test(value) ? value : `http://${value}`)
  const name = url?.hostname.replace(/^\[(.*)\]$/, '$1')
  const instead = name && name !== value ? `write ${name}` : 'write one such as 127.0.0.1'
  throw new Error(`must be an address or a host name alone, without scheme, port or brackets; ${instead}`)
}

/** Without slashes at its end. */
export const httpUrl = (value: string): string | null => {
  if (value === '') return null
  const url = urlOf(value)
  if (url === null) throw new Error('must be a URL such as https://docs.example.com')
  if (!isWeb(url)) throw new Error('must begin with http:// or https://')
  return value.replace(/\/+$/, '')
}

/** Sources link to it, and no link with a name or a password in it is followed. */
export const siteUrl = (value: string): string | null => {
  const read = httpUrl(value)
  const url = read === null ? null : urlOf(read)
  if (url !== null && (url.username !== '' || url.password !== '')) {
    throw new Error('must not hold a name or a password: visitors follow links to it')
  }
  return read
}

/** Origins as browsers send them: any other spelling would match no request. */
export const origins = (value: string): string[] => eachOf(value, origin)

function origin(item: string): string {
  if (item === '*') return item
  if (item.toLowerCase() === 'null') {
    throw new Error(`has ${item}, which is no site; list sites such as https://docs.example.com`)
  }
  if (item.includes('*')) {
    throw new Error(`has ${item}, which matches no site; list each one, or write * alone for all`)
  }
  const isWithScheme = /^[a-z][a-z0-9+.-]*:\/\//i.test(item)
  const url = urlOf(isWithScheme ? item : `https://${item}`)
  if (url !== null && !isWeb(url)) {
    throw new Error(`has ${item}; pages are at http:// or https://, so write one of these`)
  }
  // The parser takes marks in a name that no browser is ever sent to.
  if (url === null || !/^(?:[\w-]+(?:\.[\w-]+)*\.?|\[[\da-f:.]+\])$/.test(url.hostname)) {
    throw new Error(
      `has ${item}, which is no origin; write origins such as https://docs.example.com, with commas between them`,
    )
  }
  if (!isWithScheme && url.origin === `https://${item}`) {
    throw new Error(`has ${item}, without http:// or https://; write it with the one that its pages have`)
  }
  if (url.origin !== item) throw new Error(`has ${item}, but browsers send ${url.origin}; write that`)
  return item
}

/**
 * Hosts as the URL parser writes them, so that the policy of our pages, the pages and the widget compare the same.
 * A part of a host, as `*.example.com`, is something only the policy knows.
 */
export const imageHosts = (value: string): string[] => eachOf(value, hostAlone('images.example.com'))

/** Hosts as browsers write them, IPv6 addresses in brackets. One without a port is meant with any. */
export const hosts = (value: string): string[] => {
  const named = hostAlone('docs.example.com')
  return eachOf(value, (item) => {
    const [, address = item, port = ''] = /^\[(.*)\](:\d{1,5})?$/.exec(item) ?? []
    return (isIP(address) === 6 && urlOf(`http://[${address}]${port}`)?.host) || named(item)
  })
}

const hostAlone =
  (example: string) =>
  (item: string): string => {
    if (item === '*') return item
    if (item.includes('*')) {
      throw new Error(`has ${item}, which matches no host; list each one, or write * alone for any`)
    }
    if (/^[\p{L}\p{N}_-]+(?:\.[\p{L}\p{N}_-]+)*(?::\d{1,5})?$/u.test(item)) {
      // The port of a scheme is in no image's host.
      const url = urlOf(`https://${item.replace(/:0*(?:80|443)$/, '')}`)
      if (url !== null) return url.host
    }
    const url = urlOf(`https://${item.replace(/^[a-z]*:?\/\//i, '')}`)
    const instead =
      url !== null && url.host !== item && /^[\w.-]+(?::\d+)?$/.test(url.host) && !/[\s;'"]|:$/.test(item)
        ? `write ${url.host}`
        : `write hosts such as ${example}, with commas between them`
    throw new Error(`has ${item}, which is no host alone; ${instead}`)
  }

const proxyNames: readonly string[] = ['loopback', 'linklocal', 'uniquelocal']

/** A number of hops, or addresses, in the spelling that Express takes; everything that it would not is refused. */
export const trustedProxies = (value: string): string | null => {
  return /^\d+$/.test(value) ? value : optional(eachOf(value, proxy).join(','))
}

function proxy(item: string): string {
  if (proxyNames.includes(item)) return item
  const [, address = '', range = null] = /^([^/]*)(?:\/(.*))?$/s.exec(item) ?? []
  const family = isIP(address)
  // Express knows fewer spellings of an address than Node.
  const isKnown =
    !/%.*[^\da-z]/i.test(address) &&
    (family !== 6 || !address.includes('.') || /^::ffff:[\d.]+$/i.test(address))
  if (family === 0 || !isKnown) {
    throw new Error(
      `has ${item}, which is no proxy; write how many stand before Docent, such as 1, or their addresses, such as 10.0.0.0/8, ${proxyNames.join(', ')}`,
    )
  }
  const bits = family === 4 ? 32 : 128
  const isPrefix = range === null || (/^\d{1,3}$/.test(range) && Number(range) >= 1 && Number(range) <= bits)
  if (!isPrefix && !(family === 4 && isNetmask(range))) {
    throw new Error(`has ${item}; what follows the / must be a number from 1 to ${bits}`)
  }
  return item
}

/** As 255.255.0.0: ones, then zeros. */
function isNetmask(text: string): boolean {
  if (!isIPv4(text)) return false
  const bits = text.split('.').map((part) => Number(part).toString(2).padStart(8, '0'))
  return /^1+0*$/.test(bits.join(''))
}

export const token = (value: string): string | null => {
  if (value === '') return null
  if (value.length < 16) throw new Error('must have at least 16 characters')
  if (/\p{Cc}/u.test(value))
    throw new Error('must hold no control character, such as a tab: no Authorization header can carry it')
  return value
}

/** Whether it can be sent as a header. */
export function isHeaderText(value: string): boolean {
  return !/[^\x20-\x7e\x80-\xff]/.test(value)
}

export const modelName = (value: string): string => {
  if (/\p{Cc}/u.test(value)) throw new Error('must be the name of one model, on one line')
  return value
}

/** For a message or a log: what may be a name and a password, however it is written, is left out up to the last @. */
export function withoutPassword(text: string): string {
  return text.replace(/^([a-z][a-z0-9+.-]*:[\\/]*)?[\s\S]*@/i, '$1…@')
}

/** Commas or blanks stand between the items. @throws Error that tells what is wrong with each. */
function eachOf<T>(value: string, read: (item: string) => T): T[] {
  // A part of a password is not to be shown as an item.
  if (value.includes('@')) throw new Error('must not hold a name or a password')
  const problems: string[] = []
  const items = value
    .split(/[,\s]+/)
    .filter(Boolean)
    .flatMap((item) => {
      try {
        return [read(item)]
      } catch (error) {
        problems.push((error as Error).message)
        return []
      }
    })
  if (problems.length > 0) throw new Error(problems.join('; '))
  return items
}

function urlOf(text: string): URL | null {
  try {
    return new URL(text)
  } catch {
    return null
  }
}

function isWeb({protocol}: URL): boolean {
  return protocol === 'http:' || protocol === 'https:'
}
