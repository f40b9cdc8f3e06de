import {
  boldOf,
  codeBlock,
  codeSpanOf,
  destinationOf,
  imageOf,
  includeFolders,
  includeWhole,
  plainInfo,
  type Reading,
  readInclude,
  type Shortcode,
  splitFrontMatter,
} from '../../markdown/dialect-kit.ts'

/** An opening shortcode with its content. */
export interface OpenShortcode extends Shortcode {
  /** Its name without folders, in lower case. */
  readonly key: string
  /** Such as `shortcode:note`. */
  readonly construct: string
  /** The content up to the closing shortcode; null if there is none. */
  readonly inner: string | null
  /** Offset after the closing shortcode, or after the opening one if it is not closed. */
  readonly after: number
}

/** Reads a shortcode and returns true, or changes nothing and returns false. */
type ShortcodeReader = (reading: Reading, call: OpenShortcode) => boolean

/** Readers of the shortcodes that are more than a label and content. */
export const shortcodeReaders: ReadonlyMap<string, ShortcodeReader> = new Map<string, ShortcodeReader>([
  ...byName('mermaid highlight code-toggle code codeblock code-block plantuml math katex chart latex', code),
  ['tab', codeTab],
  ['feature-state', featureState],
  ['shared', sharedFile],
  ['ignore', ignored],
  ...byName('include include-md readfile snippet', includedFile),
  ['glossary_definition', glossaryDefinition],
  ...byName('code_sample codenew example code-sample codefile', codeSample),
  ...byName('figure img image imgproc', figure),
  ...byName('link api-reference kat-button button', link),
  ...byName('new-in deprecated-in', sinceVersion),
])

function byName(names: string, reader: ShortcodeReader): [string, ShortcodeReader][] {
  return names.split(' ').map((name) => [name, reader])
}

function code(reading: Reading, {key, construct, named, positional, inner, after}: OpenShortcode): boolean {
  const {at, write} = reading
  if (inner === null || inner.includes('```')) return false
  reading.note(construct, 'flattened')
  if (write.isOneLine || !inner.includes('\n')) {
    write.put(codeSpanOf(inner.trim().replace(/\s+/g, ' ')))
    at.advance(after)
    return true
  }
  const isNamedAlike = key === 'mermaid' || key === 'math' || key === 'katex'
  const language = isNamedAlike
    ? key
    : (positional[0] ?? named['lang'] ?? named['file'] ?? (key === 'code-toggle' ? 'yaml' : ''))
  const title = named['title'] ?? (key === 'code' ? (named['file'] ?? null) : null)
  write.break()
  const info = plainInfo(/[./]/.test(language) ? language.split('.').at(-1)! : language, title)
  codeBlock(reading, {info, lines: inner.replace(/^\n/, '').replace(/\s+$/, '').split('\n')})
  at.advance(after)
  write.blank()
  return true
}

/** A tab that says in which language its code is: its content is no Markdown. */
function codeTab(reading: Reading, call: OpenShortcode): boolean {
  const {named, positional, inner, after} = call
  const {at, write} = reading
  const language = named['codelang'] ?? named['lang'] ?? ''
  const isMarkdown = at.text.startsWith('{{%', at.p) || named['text'] === 'true' || write.isOneLine
  if (inner === null || language === '' || isMarkdown || inner.includes('```')) return false
  reading.note(call.construct, 'flattened')
  const label = named['name'] ?? named['header'] ?? named['title'] ?? positional[0] ?? ''
  write.block(label === '' ? '' : boldOf(reading.inline(label, false)))
  codeBlock(reading, {info: language, lines: inner.replace(/^\n/, '').replace(/\s+$/, '').split('\n')})
  at.advance(after)
  write.blank()
  return true
}

function featureState(reading: Reading, {construct, named, positional, end}: OpenShortcode): boolean {
  const {at, write} = reading
  at.advance(end)
  const version = named['for_k8s_version'] ?? ''
  const state = named['state'] ?? positional[0] ?? ''
  reading.note(construct, 'flattened')
  write.block(
    `**FEATURE STATE:** ${['Kubernetes', version, state && `\\[${state}\\]`].filter(Boolean).join(' ')}`,
  )
  return true
}

function includedFile(reading: Reading, {construct, named, positional, end}: OpenShortcode): boolean {
  const {at, write} = reading
  at.advance(end)
  const file = positional[0] ?? named['file'] ?? named['path'] ?? ''
  write.break()
  const path = /\.\w+$/.test(file) ? file : `${file.replace(/^\/+/, '')}.md`
  includeWhole(reading, path, construct, ['includes', '_includes', '_common', ...includeFolders])
  return true
}

/** Grafana's `docs/shared`: a file in the shared folder of a project; those of other projects are not there. */
function sharedFile(reading: Reading, {construct, named, end}: OpenShortcode): boolean {
  const {at, write} = reading
  const file = named['lookup']
  if (file === undefined) return false
  at.advance(end)
  write.break()
  includeWhole(reading, file, construct)
  return true
}

/** Grafana's `docs/ignore`: text for another platform, which its site does not show. */
function ignored(reading: Reading, {name, construct, inner, after}: OpenShortcode): boolean {
  if (name !== 'docs/ignore' || inner === null) return false
  reading.note(construct, 'dropped')
  reading.write.break()
  reading.at.advance(after)
  return true
}

function glossaryDefinition(reading: Reading, {construct, named, end}: OpenShortcode): boolean {
  const {at} = reading
  at.advance(end)
  const id = named['term_id'] ?? ''
  const folders = ['reference', 'docs/reference', 'en/docs/reference']
  const part = readInclude(reading, `/glossary/${id}.md`, construct, null, folders)
  if (!part) return true
  const text = splitFrontMatter(part.text, part.path).body
  const whole = named['length'] === 'all' ? text.replace('<!--more-->', '') : text.split('<!--more-->')[0]!
  const lead = named['prepend'] ? `${named['prepend']} ` : ''
  reading.nested(lead + whole.trim(), part.path)
  return true
}

function codeSample(reading: Reading, {construct, named, positional, inner, end}: OpenShortcode): boolean {
  const {at, write} = reading
  if (inner !== null) return false
  at.advance(end)
  const file = named['file'] ?? positional[0] ?? ''
  const folders = ['examples', 'en/examples', 'content/en/examples', 'static/examples']
  const part = readInclude(reading, file, construct, null, folders)
  write.break()
  if (part) {
    const info = plainInfo(named['language'] ?? /\.(\w+)$/.exec(file)?.[1] ?? '', file)
    codeBlock(reading, {info, lines: part.text.replace(/\n$/, '').split('\n')})
  } else if (file !== '') write.put(`\`${file}\``)
  write.break()
  return true
}

function figure(reading: Reading, {construct, named, positional, end}: OpenShortcode): boolean {
  const {at, write} = reading
  at.advance(end)
  reading.note(construct, 'flattened')
  const alt = named['alt'] ?? ''
  const texts = [named['title'], named['caption'], named['attr']].filter((text): text is string => !!text)
  if (alt !== '') write.put(imageOf(alt, named['src'] ?? positional[0] ?? ''))
  for (const text of texts) if (text !== alt) write.put(` ${reading.inline(text, false)}`)
  return true
}

function link(reading: Reading, {construct, named, positional, inner, end}: OpenShortcode): boolean {
  const {at, write} = reading
  at.advance(end)
  reading.note(construct, 'flattened')
  const fallback = inner === null ? (positional[0] ?? named['page'] ?? '') : ''
  const text = named['text'] ?? named['title'] ?? fallback
  const url = named['url'] ?? named['href'] ?? named['link'] ?? ''
  write.put(url !== '' && text !== '' ? `[${text.replace(/[[\]]/g, '\\$&')}](${destinationOf(url)})` : text)
  return true
}

function sinceVersion(reading: Reading, {key, construct, positional, end}: OpenShortcode): boolean {
  const {at, write} = reading
  at.advance(end)
  reading.note(construct, 'flattened')
  write.put(`(${key === 'new-in' ? 'New in' : 'Deprecated in'} ${positional[0] ?? ''})`)
  return true
}

/** Shortcodes whose content is a callout named after them. */
export const calloutShortcodes = new Set(
  'note caution warning tip alert info danger important hint callout notice admonition pageinfo success error attention'.split(
    ' ',
  ),
)

/** Shortcodes that show nothing from the file. */
export const silentShortcodes = new Set(
  'toc youtube vimeo gist tweet x instagram cve-feed cncf-landscape cards-feed list-children quick-reference version-check thirdparty-content dockershim-removal clear blocks/section blocks/feature render-list quick-links list-pages render-table-of-functions-in-namespace list-pages-in-section per-lang-links kubecon videos chroma-lexers imgproc module-mounts-note gomodules-info root-configuration-keys syntax-highlighting-styles hl get-page-desc'.split(
    ' ',
  ),
)
