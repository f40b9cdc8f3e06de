import {statSync} from 'node:fs'
import {isIP, isIPv4} from 'node:net'
import type {ModelPrices, TokenPrices} from '../domain/index.ts'

/**
 * Parsers for the values of settings. Each throws an Error with a message that completes "NAME=value …" and says what to
 * write instead. A value that would fail later, or could never work, is refused here.
 */

export const maxMs = 24 * 60 * 60 * 1000

export const optional = (value: string): string | null => (value === '' ? null : value)

export const wholeNumber = (min: number, max: number) => (value: string) => {
  const number = Number(value)
  if (!/^\d+$/.test(value) || number < min || number > max) {
    throw new Error(`must be a whole number from ${min} to ${max}`)
  }
  return number
}

/** Null for the empty text. */
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

export const onOff = (value: string): boolean => {
  if (['1', 'true', 'yes', 'on'].includes(value.toLowerCase())) return true
  if (['0', 'false', 'no', 'off', ''].includes(value.toLowerCase())) return false
  throw new Error('must be on or off')
}

/** `MODEL=INPUT/OUTPUT[/CACHE READ/CACHE WRITE]`, comma-separated. Without prices of the cache, those are Anthropic's shares of the input's. */
export const modelPrices = (value: string): ModelPrices => {
  const prices = new Map<string, TokenPrices>()
  for (const entry of value.split(',').map((part) => part.trim())) {
    if (entry === '') continue
    const [, model, list = ''] = /^([^\s=]{1,200})\s*=\s*(.*)$/.exec(entry) ?? []
    const numbers = list.split('/').map((number) => number.trim())
    const isWhole = numbers.length === 2 || numbers.length === 4
    if (
      model === undefined ||
      !isWhole ||
      !numbers.every((number) => /^\d{1,6}(?:\.\d{1,6})?$/.test(number))
    ) {
      throw new Error(
        `has ${entry}; write prices per million tokens as claude-haiku-5-5=1/5, for input and output, or with those of the cache as claude-haiku-5-5=1/5/0.1/1.25, for reading and writing`,
      )
    }
    const [input, output, cacheRead = input! / 10, cacheWrite = input! * 1.25] = numbers.map(Number)
    prices.set(model, {input: input!, output: output!, cacheRead, cacheWrite})
  }
  return prices
}

/** A folder that exists or can be created. */
export const folder = (value: string): string => {
  const isFile = statOf(value)?.isDirectory() === false
  if (isFile) throw new Error('is a file; write the path of a folder')
  return value
}

function statOf(path: string): ReturnType<typeof statSync> {
  try {
    return statSync(path, {throwIfNoEntry: false})
  } catch {
    // Not readable, or not a path: whoever opens it reports that with more detail.
    return undefined
  }
}

/** An address or host name to listen on. */
export const host = (value: string): string => {
  if (isIP(value) !== 0 || /^(?!-)[\p{L}\p{N}._-]{1,253}$/u.test(value)) return value
  if (value === '*') throw new Error('is not an address; write 0.0.0.0 to listen on all')
  const url = urlOf(/^\w+:\/\//.test(value) ? value : `http://${value}`)
  const name = url?.hostname.replace(/^\[(.*)\]$/, '$1')
  const instead = name && name !== value ? `write ${name}` : 'write one such as 127.0.0.1'
  throw new Error(`must be an address or a host name, without scheme, port or brackets; ${instead}`)
}

/** An http or https URL, without trailing slashes. */
export const httpUrl = (value: string): string | null => {
  if (value === '') return null
  const url = urlOf(value)
  if (url === null) throw new Error('must be a URL such as https://docs.example.com')
  if (!isHttp(url)) throw new Error('must begin with http:// or https://')
  return value.replace(/\/+$/, '')
}

/** The address of a PostgreSQL database, with its password. */
export const databaseUrl = (value: string): string | null => {
  if (value === '') return null
  const url = urlOf(value)
  if (url === null || !/^postgres(?:ql)?:$/.test(url.protocol))
    throw new Error('must be an address such as postgres://user:password@host:5432/docent')
  if (url.pathname.length < 2)
    throw new Error('must name a database, as postgres://user:password@host:5432/docent')
  return value
}

/** The URL of the site. Sources link to it, and browsers do not follow links with a user name or password. */
export const siteUrl = (value: string): string | null => {
  const read = httpUrl(value)
  const url = read === null ? null : urlOf(read)
  if (url !== null && (url.username !== '' || url.password !== '')) {
    throw new Error('must not contain a user name or password: people follow links to it')
  }
  return read
}

/** Where this server is reached. Its pages have addresses from the root, so there is no path. */
export const publicUrl = (value: string): string | null => {
  const read = siteUrl(value)
  const url = read === null ? null : urlOf(read)
  if (read !== null && url !== null && url.origin !== read.toLowerCase())
    throw new Error(`must be an address without a path, query or default port; write ${url.origin}`)
  return url === null ? null : url.origin
}

/** Origins in the form that browsers send: any other spelling would match no request. */
export const origins = (value: string): string[] => listOf(value, origin)

function origin(item: string): string {
  if (item === '*') return item
  if (item.toLowerCase() === 'null') {
    throw new Error(`has ${item}, which is not an origin; list origins such as https://docs.example.com`)
  }
  if (item.includes('*')) {
    throw new Error(`has ${item}, which matches no origin; list each one, or write only * for all`)
  }
  const isWithScheme = /^[a-z][a-z0-9+.-]*:\/\//i.test(item)
  const url = urlOf(isWithScheme ? item : `https://${item}`)
  if (url !== null && !isHttp(url)) {
    throw new Error(`has ${item}; it must begin with http:// or https://, as pages do`)
  }
  // The URL parser accepts characters in host names that no real host has.
  if (url === null || !/^(?:[\w-]+(?:\.[\w-]+)*\.?|\[[\da-f:.]+\])$/.test(url.hostname)) {
    throw new Error(
      `has ${item}, which is not an origin; write origins such as https://docs.example.com, separated by commas`,
    )
  }
  if (!isWithScheme && url.origin === `https://${item}`) {
    throw new Error(`has ${item}, without http:// or https://; add the one that its pages use`)
  }
  if (url.origin !== item) throw new Error(`has ${item}, but browsers send ${url.origin}; write that`)
  return item
}

/**
 * Hosts in the form of the URL parser, so that the content security policy, the pages and the widget compare them in the
 * same way. A wildcard such as `*.example.com` is refused, because only the policy supports it.
 */
export const imageHosts = (value: string): string[] => listOf(value, hostOnly('images.example.com'))

/** Hosts in the form that browsers send, IPv6 addresses in brackets. One without a port matches any port. */
export const hosts = (value: string): string[] => {
  const named = hostOnly('docs.example.com')
  return listOf(value, (item) => {
    const [, address = item, port = ''] = /^\[(.*)\](:\d{1,5})?$/.exec(item) ?? []
    return (isIP(address) === 6 && urlOf(`http://[${address}]${port}`)?.host) || named(item)
  })
}

const hostOnly =
  (example: string) =>
  (item: string): string => {
    if (item === '*') return item
    if (item.includes('*')) {
      throw new Error(`has ${item}, which matches no host; list each one, or write only * for any`)
    }
    if (/^[\p{L}\p{N}_-]+(?:\.[\p{L}\p{N}_-]+)*(?::\d{1,5})?$/u.test(item)) {
      // Browsers leave out the default port of a scheme.
      const url = urlOf(`https://${item.replace(/:0*(?:80|443)$/, '')}`)
      if (url !== null) return url.host
    }
    const url = urlOf(`https://${item.replace(/^[a-z]*:?\/\//i, '')}`)
    const instead =
      url !== null && url.host !== item && /^[\w.-]+(?::\d+)?$/.test(url.host) && !/[\s;'"]|:$/.test(item)
        ? `write ${url.host}`
        : `write hosts such as ${example}, separated by commas`
    throw new Error(`has ${item}, which is not only a host; ${instead}`)
  }

const proxyNames: readonly string[] = ['loopback', 'linklocal', 'uniquelocal']

/** A number of hops, or addresses, in the syntax of Express; anything that Express would not accept is refused. */
export const trustedProxies = (value: string): string | null => {
  return /^\d+$/.test(value) ? value : optional(listOf(value, proxy).join(','))
}

function proxy(item: string): string {
  if (proxyNames.includes(item)) return item
  const [, address = '', range = null] = /^([^/]*)(?:\/(.*))?$/s.exec(item) ?? []
  const family = isIP(address)
  // Express accepts fewer spellings of an address than Node.
  const isKnown =
    !/%.*[^\da-z]/i.test(address) &&
    (family !== 6 || !address.includes('.') || /^::ffff:[\d.]+$/i.test(address))
  if (family === 0 || !isKnown) {
    throw new Error(
      `has ${item}, which is not a proxy; write how many there are in front of Docent, such as 1, or their addresses, such as 10.0.0.0/8, ${proxyNames.join(', ')}`,
    )
  }
  const bits = family === 4 ? 32 : 128
  const isPrefix = range === null || (/^\d{1,3}$/.test(range) && Number(range) >= 1 && Number(range) <= bits)
  if (!isPrefix && !(family === 4 && isNetmask(range))) {
    throw new Error(`has ${item}; the part after the / must be a number from 1 to ${bits}`)
  }
  return item
}

/** Whether an address is a netmask such as 255.255.0.0: in binary, ones and then zeros. */
function isNetmask(text: string): boolean {
  if (!isIPv4(text)) return false
  const bits = text.split('.').map((part) => Number(part).toString(2).padStart(8, '0'))
  return /^1+0*$/.test(bits.join(''))
}

export const token = (value: string): string | null => {
  if (value === '') return null
  if (value.length < 16) throw new Error('must have at least 16 characters')
  if (/\p{Cc}/u.test(value))
    throw new Error(
      'must not contain control characters such as a tab, which an Authorization header cannot contain',
    )
  return value
}

/** Whether the text can be sent in an HTTP header. */
export function isHeaderText(value: string): boolean {
  return !/[^\x20-\x7e\x80-\xff]/.test(value)
}

export const modelName = (value: string): string => {
  if (/\p{Cc}/u.test(value)) throw new Error('must be the name of one model, on one line')
  return value
}

/**
 * For messages and logs: everything up to the last @ may be a user name and password, and the query of an address a
 * token; they are left out.
 */
export function withoutPassword(text: string): string {
  return text
    .replace(/^([a-z][a-z0-9+.-]*:[\\/]*)?[\s\S]*@/i, '$1…@')
    .replace(/(:\/\/[^?#,]*\?)[^#,]+/g, '$1…')
}

/** Parses items separated by commas or spaces. @throws Error that says what is wrong with each. */
function listOf<T>(value: string, read: (item: string) => T): T[] {
  // Otherwise part of a password could be shown as an item.
  if (value.includes('@')) throw new Error('must not contain a user name or password')
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

/** Null for what is no URL. */
export function urlOf(text: string): URL | null {
  try {
    return new URL(text)
  } catch {
    return null
  }
}

export function isHttp({protocol}: URL): boolean {
  return protocol === 'http:' || protocol === 'https:'
}

/** Language tags without region, or `all`; null where nothing is set. */
export const modelLanguages = (value: string): readonly string[] | 'all' | null => {
  if (value === '' || value === 'all') return value || null
  return listOf(value, (tag) => {
    if (!/^[a-z]{2,3}$/.test(tag)) throw new Error('must be language codes such as en, de; or all')
    return tag
  })
}

const lackable = ['cache', 'tools', 'thinking'] as const

/** What a server of the Messages API does not take. */
export const upstreamLacks = (value: string): readonly (typeof lackable)[number][] =>
  value === ''
    ? []
    : listOf(value, (item) => {
        const lack = lackable.find((name) => name === item)
        if (lack === undefined) throw new Error(`must be of ${lackable.join(', ')}`)
        return lack
      })
