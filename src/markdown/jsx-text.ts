import {bracketedCodeEnd} from './code-end.ts'
import {type PrintedCode, printedBy} from './command-text.ts'
import {type DescribedEntry, describedEntriesOf} from './object-text.ts'
import type {Attribute, Tag} from './tags.ts'

/** An attribute's text, written as text or as code that is a single string; null for other code and missing attributes. */
export function attributeOf(tag: Tag, name: string): string | null {
  const found = tag.attributes.find((attribute) => attribute.name.toLowerCase() === name)
  if (!found || found.value === null) return null
  return found.isCode ? wholeString(found.value) : found.value
}

/** Default titles of callouts. */
export const calloutNames: Readonly<Record<string, string>> = {
  note: 'Note',
  tip: 'Tip',
  info: 'Info',
  warning: 'Warning',
  warn: 'Warning',
  caution: 'Caution',
  danger: 'Danger',
  error: 'Error',
  important: 'Important',
  success: 'Success',
  check: 'Check',
  question: 'Question',
  failure: 'Failure',
  bug: 'Bug',
  example: 'Example',
  quote: 'Quote',
  abstract: 'Abstract',
  summary: 'Summary',
  todo: 'Todo',
  hint: 'Hint',
  attention: 'Attention',
  seealso: 'See also',
  deprecated: 'Deprecated',
  pitfall: 'Pitfall',
  admonition: '',
  callout: '',
  aside: '',
  alert: '',
  hintbox: '',
}

/** Properties whose value readers see. */
const shown =
  /^(?:title|label|heading|header|caption|description|desc|text|summary|question|answer|subtitle|message|content|placeholder|tagline|kicker|quote|author|tab|tooltip|tip|headline|eyebrow|body|note|details|intro|button(?:Text|Label)?|cta|linkText|term|definition)$/i
/** Properties that are never text, whatever they hold. */
const machine =
  /^(?:class(?:Name)?|style|src|href|to|url|id|key|ref|icon|img|image|width|height|lang|language|type|variant|color|size|path|file|query|slot|rel|target|align|layout|as|is|on[A-Z].*|data-.*|aria-.*|client:.*|set:.*|v-.*|[:@#].*|default(?:Value)?|groupId|queryString|from|import|metastring|code|sizes|srcset|loading|frameborder|allow|sandbox|d|viewBox|points|transform|xmlns.*|fill|stroke.*)$/

/** Whether readers see the text of a property. */
export function isShownProperty(name: string, text: string): boolean {
  return shown.test(name) || (!machine.test(name) && readsAsProse(text))
}

/** Whether a property is never text, whatever it holds. */
export function isMachineProperty(name: string): boolean {
  return machine.test(name)
}

const maxAttribute = 20_000

/** The texts in a component's properties. */
export interface ComponentText {
  /** The name of the component's content, such as a tab's label. */
  readonly label: string | null
  /** Other texts that it shows. */
  readonly texts: readonly string[]
  /** Code in strings of several lines, by the name of its property, and what the properties say in other words. */
  readonly codes: readonly PrintedCode[]
  /** What objects in properties describe by name. */
  readonly entries: readonly DescribedEntry[]
  readonly href: string | null
  /** Prose in code that is not understood; it may be shown on the site and is lost. */
  readonly unread: string
}

/** The texts that a component's properties show: those with known names, and values that read as prose. */
export function componentText(tag: Tag): ComponentText {
  const texts: string[] = []
  const codes: PrintedCode[] = []
  const entries: DescribedEntry[] = []
  const unread: string[] = []
  let label: string | null = null
  let href: string | null = null
  const name = tag.name.split('.').at(-1)!
  const propertyOf = (property: string): string | null => {
    const attribute = tag.attributes.find((candidate) => candidate.name.toLowerCase() === property)
    return attribute ? attributeTexts(attribute).join(' ') || null : null
  }
  const isTab = /^(?:TabItem|Tab|TabPanel|TabsTab|CodeTab|VersionTab|PlatformTab|Fragment|Pane)$/.test(name)
  const isGroup = /Tabs$|TabGroup$/.test(name) && tag.kind === 'open'
  if (isTab) {
    label =
      propertyOf('label') ??
      propertyOf('title') ??
      propertyOf('name') ??
      propertyOf('value') ??
      propertyOf('slot')
  } else {
    label =
      propertyOf('title') ??
      propertyOf('label') ??
      propertyOf('heading') ??
      propertyOf('header') ??
      propertyOf('summary') ??
      propertyOf('question')
    if (/^(?:ParamField|ResponseField|Param|Property|Field|Parameter|ApiParam|Option)$/.test(name)) {
      label =
        ['path', 'query', 'body', 'header', 'name'].map(propertyOf).find((value) => value !== null) ?? label
      const type = propertyOf('type')
      if (type) texts.push(type)
      if (tag.attributes.some((attribute) => attribute.name === 'required')) texts.push('required')
      const fallback = propertyOf('default')
      if (fallback) texts.push(`default: ${fallback}`)
    } else if (/^(?:Update|Version|Since|\w*Badge)$/.test(name)) {
      label ??=
        propertyOf('text') ??
        propertyOf('v') ??
        propertyOf('version') ??
        propertyOf('name') ??
        propertyOf('preset')?.replaceAll('-', ' ') ??
        null
    }
  }
  const printed = printedBy(tag, propertyOf)
  codes.push(...(printed?.codes ?? []))
  for (const attribute of tag.attributes) {
    const {name: attributeName, value} = attribute
    if (value === null || printed?.said.has(attributeName)) continue
    if (attribute.isCode && !isReadable(value) && !machine.test(attributeName))
      unread.push(bracketedCodeEnd(`{${value}}`, 0).end < 0 ? value : proseIn(value))
    if (/^(?:href|to|url)$/.test(attributeName) && !attribute.isCode) href = value
    const code = codeIn(attribute)
    const described = attribute.isCode && value.length <= maxAttribute ? describedEntriesOf(value) : []
    if (code !== null) codes.push({name: attributeName, text: code})
    entries.push(...described)
    if (code !== null || described.length > 0) continue
    const isData = attribute.isCode && /^\s*[[{]/.test(value)
    if (isTab && /^(?:label|title|name|value|slot)$/.test(attributeName)) continue
    // Its tabs show them.
    if (isGroup && attribute.isCode && labelsName.test(attributeName)) continue
    for (const text of attributeTexts(attribute)) {
      if (text === label || texts.includes(text)) continue
      // What data shows was chosen by the names in it.
      if ((isData && !machine.test(attributeName)) || isShownProperty(attributeName, text)) texts.push(text)
    }
  }
  return {label, texts, codes, entries, href, unread: unread.filter(Boolean).join(' ')}
}

const labelsName = /^(?:items|labels|tabs|values)$/

/** The labels that a group of tabs defines for its members: `items={['npm', 'yarn']}`. */
export function groupLabels(tag: Tag): readonly string[] {
  const items = tag.attributes.find((attribute) => labelsName.test(attribute.name))
  if (!items?.isCode || !items.value) return []
  const labelled = [...items.value.matchAll(/\blabel\s*:\s*(["'`])((?:(?!\1)[^\\]|\\.)*)\1/g)].map(
    (match) => match[2]!,
  )
  return labelled.length > 0 ? labelled : stringsOf(items.value)
}

/** The names of properties that hold code to show. */
const codeName = /^(?:code|command|commands|snippet)$/i

/** Code of several lines that a property holds; null if it holds prose, as its name or its punctuation shows, or anything else. */
function codeIn({name, value, isCode}: Attribute): string | null {
  const text = value !== null && isCode ? wholeString(value) : value
  if (text === null || !/\S[^\n]*\n\s*\S/.test(text)) return null
  if (codeName.test(name)) return text
  return shown.test(name) || machine.test(name) || /\p{Ll}[.!?](?:\s|$)/u.test(text) ? null : text
}

function attributeTexts({name, value, isCode}: Attribute): readonly string[] {
  if (value === null || value.length > maxAttribute) return []
  if (!isCode) return [clean(value)].filter(Boolean)
  const code = value.trim()
  const whole = wholeString(code)
  if (whole !== null) return [clean(whole)].filter(Boolean)
  if (/^(?:true|false|null|undefined|-?[\d.]+)$/.test(code)) return []
  // Text between tags; else the strings in data whose names or contents show that readers see them.
  const found: string[] = []
  if (/^\s*\(?\s*<[A-Za-z>]/.test(code)) {
    found.push(clean(code.replace(/<[^>]*>/g, ' ').replace(/\{[^{}]*\}/g, ' ')))
    return found.filter(Boolean)
  }
  if (/^\s*[[{]/.test(code) && !machine.test(name)) {
    for (const match of code.matchAll(/(?:([\w$]+)\s*:\s*)?(["'`])((?:(?!\2)[^\\]|\\.)*)\2/g)) {
      const [, member, , text] = match
      const tidy = clean(unescaped(text!))
      if (tidy === '') continue
      if (member === undefined ? readsAsProse(tidy) : isShownProperty(member, tidy)) found.push(tidy)
    }
  }
  return found
}

/** Whether code is a string, a plain value, an element or data. */
function isReadable(code: string): boolean {
  return (
    code.length <= maxAttribute &&
    (wholeString(code) !== null ||
      /^\s*(?:[[{]|\(?\s*<|(?:true|false|null|undefined|-?[\d.]+)\s*$)/.test(code))
  )
}

/** The strings in a piece of code that read as prose: several words, not a path, class list or number. */
export function proseIn(code: string): string {
  return stringsOf(code).filter(readsAsProse).join(' ')
}

/** Every string in a piece of code. */
export function stringsOf(code: string): string[] {
  return [...code.matchAll(/(["'`])((?:(?!\1)[^\\]|\\.)*)\1/g)]
    .map((match) => clean(unescaped(match[2]!)))
    .filter(Boolean)
}

/** The value of code that is a single string; null for other code. */
export function wholeString(code: string): string | null {
  const match = /^(["'`])((?:(?!\1)[^\\]|\\[\s\S])*)\1$/.exec(code.trim())
  if (!match || (match[1] === '`' && match[2]!.includes('${'))) return null
  return unescaped(match[2]!)
}

function unescaped(text: string): string {
  return text.replace(/\\(?:u\{([\da-fA-F]{1,6})\}|u([\da-fA-F]{4})|([\s\S]))/g, (_, braces, plain, char) => {
    if (char === undefined) {
      const code = Number.parseInt((braces ?? plain) as string, 16)
      return code <= 0x10ffff && !(code >= 0xd800 && code <= 0xdfff) ? String.fromCodePoint(code) : ''
    }
    return char === 'n' ? '\n' : char === 't' ? '\t' : (char as string)
  })
}

function clean(text: string): string {
  return text.replace(/\s+/g, ' ').trim()
}

/** Whether a text reads as prose: several words or non-ASCII letters, not a path, class list or number. */
export function readsAsProse(text: string): boolean {
  if (/^[./#]|^[a-z]+:\/\/|[{};=]/.test(text)) return false
  return /\p{L}\s+\S*\p{L}/u.test(text) || /[^\u0000-\u007f]/.test(text)
}
