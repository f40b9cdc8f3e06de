import {contrastOf, hexColour, minContrast, readableOn} from '../lib/colours.ts'
import {isHttp, urlOf} from './setting-values.ts'

/** Parsers for what visitors see of the assistant. They throw as those in setting-values.ts do. */

const maxSuggestions = 8
const maxRadius = 32
const lightGround = '#ffffff'
const darkGround = '#1e2026'

/** One line of plain text, at most `maxLength` UTF-16 units; null for the empty text. */
export const line =
  (maxLength: number) =>
  (value: string): string | null => {
    if (/[\p{Cc}\u2028\u2029]/u.test(value)) throw new Error('must be one line of plain text')
    if (value.length > maxLength)
      throw new Error(`has ${value.length} characters; write at most ${maxLength}`)
    return value === '' ? null : value
  }

/** An http or https URL, or a path on this server; null for the empty text. */
export const logoAddress = (value: string): string | null => {
  if (value === '') return null
  if (/[\s\\]/.test(value)) throw new Error('must not contain a blank or a backslash; write %20 for a blank')
  if (/^\/(?!\/)/.test(value)) return value
  const url = urlOf(value)
  if (url === null || !isHttp(url) || !/^https?:\/\//i.test(value)) {
    throw new Error('must be a URL such as https://www.example.com/logo.svg, or a path such as /icon.svg')
  }
  checkNoUser(url)
  return url.href
}

/**
 * One hex colour, or two for the light and the dark look. Returns two in the form `#rrggbb #rrggbb`: one that is given
 * alone is made lighter for the dark look, as far as needed to be read there. Null for the empty text.
 */
export const accentColours = (value: string): string | null => {
  if (value === '') return null
  const colours = value.split(/\s+/).map(checkedColour)
  const [light, dark] = colours
  if (light === undefined || colours.length > 2) {
    throw new Error('must be one colour, or two separated by a space for light and dark')
  }
  checkContrast(light, lightGround, 'white, the light background; write a darker one')
  if (dark === undefined) return `${light} ${readableOn(darkGround, light)}`
  checkContrast(dark, darkGround, `${darkGround}, the dark background; write a lighter one`)
  return `${light} ${dark}`
}

/** Corner radius in CSS pixels; null for the empty text. */
export const cornerRadius = (value: string): number | null => {
  if (value === '') return null
  const number = Number(value.replace(/px$/, ''))
  if (!/^\d+(?:px)?$/.test(value) || number > maxRadius) {
    throw new Error(`must be a whole number of pixels from 0 to ${maxRadius}`)
  }
  return number
}

/** Plain text with at most one link as `[words](https://…)`; null for the empty text. */
export const footerText = (value: string): string | null => {
  const text = line(300)(value)
  if (text === null) return null
  const links = [...text.matchAll(/\[([^[\]]*)\]\(([^()\s]*)\)/g)]
  const rest = links.reduce((left, [link]) => left.replace(link, () => ''), text)
  if (links.length > 1) throw new Error('has several links; write one at most')
  if (rest.includes('](')) throw new Error('has a link that cannot be read; write [words](https://…)')
  for (const [, words = '', address = ''] of links) {
    const url = urlOf(address)
    if (words.trim() === '') throw new Error('has a link without words; write [words](https://…)')
    if (url === null || !isHttp(url)) {
      throw new Error(`has a link to ${address}; its address must begin with http:// or https://`)
    }
    checkNoUser(url)
  }
  return text
}

/** Questions separated by `|`. */
export const suggestedQuestions = (value: string): readonly string[] => {
  const questions = value
    .split('|')
    .map((item) => line(200)(item.trim()))
    .filter((item) => item !== null)
  if (questions.length > maxSuggestions) {
    throw new Error(`has ${questions.length} questions; write at most ${maxSuggestions}, separated by |`)
  }
  return [...new Set(questions)]
}

const placeholders: readonly string[] = ['{question}', '{url}', '{ref}']

/** An http, https or mailto address in which a client fills in placeholders; null for the empty text. */
export const handOverUrl = (value: string): string | null => {
  if (value === '') return null
  const unknown = (value.match(/\{[^{}]*\}?|\}/g) ?? []).find((one) => !placeholders.includes(one))
  if (unknown !== undefined) {
    throw new Error(`has ${unknown}, which is no placeholder; write ${placeholders.join(', ')} or none`)
  }
  if (/\s/.test(value)) throw new Error('must not contain a blank; write %20')
  const filled = 'placeholder'
  const url = urlOf(value.replace(/\{\w+\}/g, filled))
  if (url?.protocol === 'mailto:') {
    if (!/^[^@,]+@[^@,]+(?:,[^@,]+@[^@,]+)*$/.test(url.pathname)) {
      throw new Error('has no mail address; write one such as mailto:help@example.com?body={question}')
    }
    if (url.pathname.includes(filled)) throw new Error('has a placeholder in the mail address')
    return value
  }
  if (url === null || !isHttp(url) || !/^https?:\/\//i.test(value)) {
    throw new Error('must begin with https://, http:// or mailto:')
  }
  checkNoUser(url)
  if (url.host.includes(filled)) throw new Error('has a placeholder in the name of the host')
  return value
}

function checkNoUser({username, password}: URL): void {
  if (username !== '' || password !== '') {
    throw new Error('must not contain a user name or password: every visitor can read it')
  }
}

/** @returns the colour as `#rrggbb`, in lower case. */
function checkedColour(text: string): string {
  const colour = hexColour(text)
  if (colour === null) throw new Error(`has ${text}, which is not a colour; write one such as #0b5fff`)
  return colour
}

function checkContrast(colour: string, ground: string, advice: string): void {
  const contrast = contrastOf(colour, ground)
  if (contrast >= minContrast) return
  // Rounded down: 4.49 must not be shown as 4.5.
  const shown = Math.floor(contrast * 10) / 10
  throw new Error(`has ${colour}, whose contrast of ${shown}:1 is below ${minContrast}:1 against ${advice}`)
}
